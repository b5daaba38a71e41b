import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { readTarget } from '../../support/target-content.ts';
import { idColumn as id, numberColumn as n, useRetry } from '../../support/use-retry.ts';

const pipeline = useRetry();
const { createItems, edit, expectFinished, migrate, query: sql, retry, values } = pipeline;

describe('changes of the mapping', () => {
  test.each([
    ['another key column', ['id: { from: other, type: text, convert: ejson }', n()], [], '`from` of a key'],
    ['another path', [id, 'n: { from: m, type: integer }'], [], '`from` may get further paths'],
    ['a narrower type', [id, 'n: { from: n, type: smallint }'], [], 'not a wider one'],
    ['a column less', [id], [], 'column items.n is not in it any more'],
    ['a required column', [id, n(', required: true')], [], '`required` cannot come'],
  ])('%s is refused, and nothing is changed', async (_name, columns, more, message) => {
    createItems([id, n()]);
    await migrate();
    const before = await readTarget(pipeline.uri, ['items']);
    edit(columns, more);
    await expect(retry()).rejects.toMatchObject({
      code: 'mapping-changed',
      message: expect.stringContaining(message),
    });
    expect(await readTarget(pipeline.uri, ['items'])).toEqual(before);
    edit([id, n()]);
    expect(await migrate()).toMatchObject({ nothingToDo: true, exitCode: 6 });
  });

  test('another `where` and another table are refused', async () => {
    createItems([id, n()]);
    await migrate();
    const yaml = mappingYaml({ collection: 'items', columns: [id, n()] });
    const file = join(pipeline.project.dir, 'mappings', 'items.yaml');
    writeFileSync(file, `${yaml}where: { n: { $gt: 3 } }\n`);
    await expect(retry()).rejects.toMatchObject({
      message: expect.stringContaining('`where` is another one'),
    });
    writeFileSync(file, mappingYaml({ collection: 'items', table: 'things', columns: [id, n()] }));
    await expect(retry()).rejects.toMatchObject({
      code: 'mapping-changed',
      message: expect.stringContaining('table items is not in it any more'),
    });
  });

  test('a wider type, a new column and a rest column: the statements are named, then it goes on', async () => {
    createItems(
      [id, n()],
      [
        { _id: 1, n: 1 },
        { _id: 2, n: 3_000_000_000 },
        { _id: 3, n: 3, color: 'red', more: [1] },
      ],
    );
    expect(await migrate()).toMatchObject({ totals: { loaded: 1, rejected: 2 } });
    edit(
      [id, 'n: { from: n, type: bigint, unique: true }', 'color: { from: color, type: text }'],
      ['rest: extra'],
    );
    const error = await retry().then(
      () => undefined,
      (reason: unknown) => reason as Error & { code: string },
    );
    expect(error).toMatchObject({ code: 'target-table-differs' });
    const statements = error!.message.slice(error!.message.indexOf('alter table'));
    expect(statements).toContain('alter table "public"."items" alter column "n" type bigint;');
    expect(statements).toContain('alter table "public"."items" add column "color" text;');
    expect(statements).toContain('alter table "public"."items" add column "extra" jsonb;');
    expect(statements).toContain('create unique index "items_n_key"');
    await sql(statements);
    expect(await retry()).toMatchObject({ exitCode: 0, totals: { retried: 2, loaded: 2 } });
    expect(await sql('select id, n::text, color, extra from items order by n')).toEqual([
      { id: '{"$numberLong":"1"}', n: '1', color: null, extra: null },
      { id: '{"$numberLong":"3"}', n: '3', color: 'red', extra: { more: [{ $numberInt: '1' }] } },
      { id: '{"$numberLong":"2"}', n: '3000000000', color: null, extra: null },
    ]);
    await expectFinished({ read: 3, loaded: 3, rejected: 0 });
  });

  test('constraints that go, and a check with another value', async () => {
    const email = (more: string) => `email: { from: email, type: text${more} }`;
    createItems(
      [id, email(', unique: true'), 'kind: { from: kind, type: text, check: [a, b] }'],
      [
        { _id: 1, email: 'x', kind: 'a' },
        { _id: 2, email: 'x', kind: 'a' },
        { _id: 3, email: 'y', kind: 'c' },
      ],
    );
    expect(await migrate()).toMatchObject({ totals: { loaded: 1, rejected: 2 } });
    edit([id, email(''), 'kind: { from: kind, type: text, check: [a, b, c] }']);
    const error = await retry().then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error?.message).toContain('drop constraint "items_email_key";');
    expect(error?.message).toContain('drop constraint "items_kind_check";');
    await sql(error!.message.slice(error!.message.indexOf('alter table')));
    expect(await retry()).toMatchObject({ exitCode: 0, totals: { retried: 2, loaded: 2 } });
    const { constraints } = await readTarget(pipeline.uri, ['items']);
    expect(constraints.filter((line) => line.includes('kind_check'))).toHaveLength(1);
    await expectFinished({ read: 3, loaded: 3 });
  });

  test('without any, what was kept from its row by another one loads when that is gone', async () => {
    createItems(
      [id, 'email: { from: email, type: text, unique: true }'],
      [
        { _id: 1, email: 'x' },
        { _id: 2, email: 'x' },
        { _id: 3, email: 'x' },
      ],
    );
    expect(await migrate()).toMatchObject({ totals: { loaded: 1, rejected: 2 } });
    await sql('update items set email = $$z$$');
    expect(await retry()).toMatchObject({
      totals: { retried: 2, loaded: 1, rejected: 1 },
      rejections: [
        { code: 'duplicate-value', path: 'email', reason: 'Another row of table items has the same email' },
      ],
    });
    expect(await values('select id from items order by 1')).toEqual([
      '{"$numberLong":"1"}',
      '{"$numberLong":"2"}',
    ]);
    await expectFinished({ read: 3, loaded: 2, rejected: 1 }, 6);
  });
});

describe('child tables', () => {
  const mapping = (mismatch: string) => `collection: items
tables:
  items:
    key: [id]
    columns:
      ${id}
  parts:
    each: parts
    key: [item_id, position]
    columns:
      item_id: { from: ^id }
      position: { from: $index }
      size: { from: size, type: integer, mismatch: ${mismatch} }
`;

  test('rows of all tables come together, and are counted', async () => {
    pipeline.project = createProject(
      { 'mappings/items.yaml': mapping('reject') },
      {
        items: [
          { _id: 1, parts: [{ size: 1 }, { size: 2 }] },
          { _id: 2, parts: [{ size: 1 }, { size: 'x' }, { size: 3 }] },
          { _id: 3 },
        ],
      },
    );
    expect(await migrate()).toMatchObject({ totals: { loaded: 2, rejected: 1, rows: 4 } });
    writeFileSync(join(pipeline.project.dir, 'mappings/items.yaml'), mapping('"null"'));
    expect(await retry()).toMatchObject({ exitCode: 0, totals: { retried: 1, loaded: 1 } });
    expect(await values('select size from parts order by item_id, position')).toEqual([1, 2, 1, null, 3]);
    await expectFinished({ read: 3, loaded: 3, rejected: 0, rows: 8 });
    const report = await migrate();
    expect(report.collections[0]?.rows).toEqual({ items: 3, parts: 5 });
  });

  test('another array is another table', async () => {
    pipeline.project = createProject(
      { 'mappings/items.yaml': mapping('reject') },
      { items: [{ _id: 1, parts: [{ size: 'x' }] }] },
    );
    await migrate();
    writeFileSync(
      join(pipeline.project.dir, 'mappings/items.yaml'),
      mapping('"null"').replace('each: parts', 'each: bits'),
    );
    await expect(retry()).rejects.toMatchObject({
      code: 'mapping-changed',
      message: expect.stringContaining('the rows of parts come from another array'),
    });
  });
});
