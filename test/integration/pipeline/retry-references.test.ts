import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { idColumn as id, useRetry } from '../../support/use-retry.ts';

const pipeline = useRetry();
const { expectFinished, migrate, query: sql, retry } = pipeline;

describe('references', () => {
  const node = (collection: string, reference: string | undefined, orphans: string, type = 'integer') =>
    mappingYaml({
      collection,
      columns: [
        id,
        'no: { from: no, type: integer, unique: true }',
        `n: { from: n, type: ${type}, mismatch: ${type === 'integer' ? 'reject' : '"null"'} }`,
        ...(reference === undefined
          ? []
          : [`parent: { from: parent, type: integer, references: ${reference}, orphans: ${orphans} }`]),
      ],
    });

  test('a chain over three collections and one within itself comes in one call', async () => {
    const files = (mismatch: string) => ({
      'mappings/a.yaml': node('a', 'b.no', 'reject'),
      'mappings/b.yaml': node('b', 'c.no', 'reject'),
      'mappings/c.yaml': node('c', 'c.no', 'reject').replace('mismatch: reject', `mismatch: ${mismatch}`),
    });
    pipeline.project = createProject(files('reject'), {
      // 3 and 1 do not fit, 3 leads to 2 and 2 to 1; and then 4 leads to nothing. They are set aside in the order 3, 1, 2.
      c: [
        { _id: 3, no: 3, n: 'x', parent: 2 },
        { _id: 2, no: 2, n: 1, parent: 1 },
        { _id: 1, no: 1, n: 'x' },
        { _id: 4, no: 4, n: 1, parent: 99 },
      ],
      b: [{ _id: 1, no: 1, n: 1, parent: 3 }],
      a: [
        { _id: 1, no: 1, n: 1, parent: 1 },
        { _id: 2, no: 2, n: 1, parent: 98 },
      ],
    });
    expect(await migrate()).toMatchObject({ totals: { read: 7, loaded: 0, rejected: 7 } });
    writeFileSync(join(pipeline.project.dir, 'mappings/c.yaml'), files('"null"')['mappings/c.yaml']);
    expect(await retry()).toMatchObject({
      exitCode: 6,
      totals: { retried: 7, loaded: 5, rejected: 2 },
      rejections: [
        { collection: 'a', code: 'reference-missing', path: 'parent', documents: 1 },
        { collection: 'c', code: 'reference-missing', path: 'parent', documents: 1 },
      ],
    });
    await expectFinished({ read: 7, loaded: 5, rejected: 2 }, 6);
  });

  test('documents that refer to each other come together', async () => {
    const c = (mismatch: string) =>
      node('c', 'c.no', 'reject').replace('mismatch: reject', `mismatch: ${mismatch}`);
    pipeline.project = createProject(
      { 'mappings/c.yaml': c('reject') },
      {
        c: [
          { _id: 1, no: 1, n: 'x', parent: 2 },
          { _id: 2, no: 2, n: 1, parent: 3 },
          { _id: 3, no: 3, n: 1, parent: 1 },
          { _id: 4, no: 4, n: 1, parent: 99 },
        ],
      },
    );
    expect(await migrate()).toMatchObject({ totals: { loaded: 0, rejected: 4 } });
    writeFileSync(join(pipeline.project.dir, 'mappings/c.yaml'), c('"null"'));
    expect(await retry()).toMatchObject({
      totals: { retried: 4, loaded: 3, rejected: 1 },
      rejections: [{ collection: 'c', code: 'reference-missing', path: 'parent', documents: 1 }],
    });
    expect(await sql('select no, parent from c order by no')).toEqual([
      { no: 1, parent: 2 },
      { no: 2, parent: 3 },
      { no: 3, parent: 1 },
    ]);
    await expectFinished({ read: 4, loaded: 3, rejected: 1 }, 6);
  });

  test('collections that refer to each other are gone through until nothing changes', async () => {
    const a = (mismatch: string) =>
      node('a', 'b.no', 'reject').replace('mismatch: reject', `mismatch: ${mismatch}`);
    pipeline.project = createProject(
      { 'mappings/a.yaml': a('reject'), 'mappings/b.yaml': node('b', 'a.no', 'reject') },
      {
        a: [
          { _id: 1, no: 1, n: 'x' },
          { _id: 2, no: 2, n: 1, parent: 1 },
        ],
        b: [
          { _id: 1, no: 1, n: 1, parent: 1 },
          { _id: 2, no: 2, n: 1, parent: 2 },
        ],
      },
    );
    expect(await migrate()).toMatchObject({ totals: { loaded: 0, rejected: 4 } });
    writeFileSync(join(pipeline.project.dir, 'mappings/a.yaml'), a('"null"'));
    expect(await retry()).toMatchObject({ exitCode: 0, totals: { retried: 4, loaded: 4 }, remaining: 0 });
    await expectFinished({ read: 4, loaded: 4, rejected: 0 });
  });

  test('orphans: null becomes NULL when nothing else helps, and not before', async () => {
    const files = (orphans: string) => ({
      'mappings/p.yaml': node('p', undefined, ''),
      'mappings/c.yaml': node('c', 'p.no', orphans),
    });
    pipeline.project = createProject(files('reject'), {
      p: [
        { _id: 1, no: 1, n: 1 },
        { _id: 2, no: 2, n: 'x' },
      ],
      c: [
        { _id: 1, no: 1, n: 1, parent: 1 },
        { _id: 2, no: 2, n: 1, parent: 2 },
        { _id: 3, no: 3, n: 1, parent: 99 },
        { _id: 4, no: 1, n: 1, parent: 99 },
      ],
    });
    expect(await migrate()).toMatchObject({ totals: { loaded: 2, rejected: 4 } });
    writeFileSync(join(pipeline.project.dir, 'mappings/c.yaml'), files('"null"')['mappings/c.yaml']);
    writeFileSync(
      join(pipeline.project.dir, 'mappings/p.yaml'),
      files('')['mappings/p.yaml'].replace('mismatch: reject', 'mismatch: "null"'),
    );
    expect(await retry()).toMatchObject({
      totals: { retried: 4, loaded: 3, rejected: 1, clearedReferences: 1 },
      rejections: [{ collection: 'c', code: 'duplicate-value', path: 'no', documents: 1 }],
    });
    expect(await sql('select no, parent from c order by no')).toEqual([
      { no: 1, parent: 1 },
      { no: 2, parent: 2 },
      { no: 3, parent: null },
    ]);
    const { adjustments } = await migrate();
    expect(adjustments).toContainEqual(
      expect.objectContaining({ collection: 'c', kind: 'orphan-null', documents: 1 }),
    );
  });
});
