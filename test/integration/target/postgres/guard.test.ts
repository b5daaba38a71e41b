import { writeFileSync } from 'node:fs';
import { pipeline as stream } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { expect, test } from 'vitest';
import { changesOf } from '../../../support/refresh-directly.ts';
import { retryDirectly } from '../../../support/retry-directly.ts';
import { queryTarget } from '../../../support/target-content.ts';
import {
  atText,
  guardedItems,
  item,
  itemId,
  itemKey,
  itemsUpTo,
  useGuard,
} from '../../../support/use-guard.ts';

const guarded = useGuard();
const { load, change, refresh, query, values, mappings, install, runId, report, records } = guarded;
const refusing = `foreignWrites: refuse\n${guardedItems}`;

test('records each kind of write, with what the row is afterwards', async () => {
  await load({ items: guardedItems }, { items: itemsUpTo(3) });
  expect(await install()).toEqual([]);
  const [{ user }] = (await query('select session_user as user')) as [{ user: string }];

  await guarded.other.query(`set timezone = 'America/New_York'; set datestyle = 'German'`);
  await guarded.other.query('update items set n = 20 where n = 2');
  await guarded.other.query(
    `insert into items values ('x', now(), 4, '{"a": "\\u0000"}') on conflict do nothing`,
  );
  await guarded.other.query('delete from tags where tag = $1', ['t3']);
  await guarded.other.query('delete from items where n = 3');
  await guarded.other.query('delete from items where n = 333');
  await guarded.other.query('truncate tags');

  expect(await records()).toEqual([
    {
      table_name: 'items',
      operation: 'update',
      place: 1,
      statement_rows: 1,
      key: itemKey(2),
      content: expect.objectContaining({ id: itemId(2), n: 20 }),
      writer: user,
      application: 'an application',
    },
    expect.objectContaining({
      operation: 'insert',
      key: { id: 'x', at: expect.stringMatching(/^\d{4}-.*\+00$/) },
      content: expect.objectContaining({ n: 4, j: { a: '\0' } }),
    }),
    expect.objectContaining({
      table_name: 'tags',
      operation: 'delete',
      key: { item_id: itemId(3), item_at: atText, position: '0' },
      content: null,
    }),
    expect.objectContaining({ table_name: 'items', operation: 'delete', key: itemKey(3), content: null }),
    expect.objectContaining({ table_name: 'tags', operation: 'truncate', key: null, statement_rows: null }),
  ]);
  const found = await report();
  const none = { inserted: 0, updated: 0, deleted: 0, truncated: 0, unknown: 0 };
  expect(found.counts).toEqual([
    { collection: 'items', table: 'items', ...none, inserted: 1, updated: 1, deleted: 1 },
    { collection: 'items', table: 'tags', ...none, deleted: 1, truncated: 1 },
  ]);
  expect(found.first[0]).toMatchObject({ operation: 'update', key: itemKey(2), writer: user });
  expect(found.first).toHaveLength(5);
  expect((await report(found.position)).counts).toEqual([]);
});

test('what commits after a report is in the next one, though it was written before', async () => {
  await load({ items: guardedItems }, { items: itemsUpTo(3) });
  await install();
  await guarded.other.query('begin; update items set n = 20 where n = 2');
  await query('update items set n = 30 where n = 3');
  const { counts, position } = await report();
  expect(counts).toMatchObject([{ updated: 1 }]);
  await guarded.other.query('commit');
  const next = await report(position);
  expect(next.counts).toMatchObject([{ updated: 1 }]);
  expect(next.first).toMatchObject([{ key: itemKey(2) }]);
});

test('records the key that a row had before an update gave it another one', async () => {
  await load({ items: guardedItems }, { items: itemsUpTo(3) });
  await install();
  await guarded.other.query(`delete from tags; update items set id = 'moved' where n >= 2 and n < 3`);
  const rows = (await records()).filter(({ operation }) => operation === 'update');
  expect(rows).toMatchObject([
    { place: 1, statement_rows: 1, key: { id: 'moved' }, content: { id: 'moved' } },
    { place: null, statement_rows: null, key: itemKey(2), content: null },
  ]);
  expect((await report()).counts).toMatchObject([{ table: 'items', updated: 1 }, { deleted: 3 }]);
});

test('of a large statement the first thousand rows are recorded, and their number', async () => {
  await load({ items: guardedItems }, { items: itemsUpTo(5_000) });
  await install();
  await guarded.other.query('update items set n = n + 1');
  expect((await report()).counts).toMatchObject([{ updated: 5_000 }]);
  expect(await records()).toHaveLength(1_000);
});

test('the content of large rows is recorded up to a limit', async () => {
  await load({ items: guardedItems }, { items: itemsUpTo(3) });
  await install();
  await guarded.other.query(`update items set j = to_json(repeat('x', 7000000))`);
  expect((await records()).map(({ key, content }) => [key, content !== null])).toEqual([
    [expect.anything(), true],
    [expect.anything(), true],
    [expect.anything(), false],
  ]);
});

test('what cannot be recorded of a row does not make the write fail', async () => {
  await load({ items: guardedItems }, { items: itemsUpTo(3) });
  await install();
  await query('alter table items rename column at to renamed');
  await guarded.other.query('update items set n = 10 where n = 1');
  expect(await records()).toMatchObject([
    { operation: 'update', place: 1, statement_rows: 1, key: null, content: null },
  ]);
});

test('records COPY, and what is rolled back is not recorded', async () => {
  await load({ items: guardedItems }, { items: itemsUpTo(3) });
  await install();
  const copy = guarded.other.query(copyFrom('copy items (id, at, n) from stdin'));
  await stream([`a\t2024-01-01 00:00:00+00\t1\nb\t2024-01-01 00:00:00+00\t2\n`], copy);
  await guarded.other.query('begin; delete from tags; rollback');
  expect(await records()).toMatchObject([
    { operation: 'insert', place: 1, statement_rows: 2, key: { id: 'a' } },
    { operation: 'insert', place: 2, statement_rows: 2, key: { id: 'b' } },
  ]);
});

test('a session that replays, and a role without rights on schema docrow, are recorded as well', async () => {
  await load({ items: guardedItems }, { items: itemsUpTo(3) });
  await install();
  await guarded.other.query('set session_replication_role = replica; update items set n = 20 where n = 2');
  const role = `docrow_guard_${process.pid}`;
  await query(
    `create role ${role} login; grant usage on schema public to ${role}; grant update, select on items to ${role}`,
  );
  try {
    const uri = new URL(guarded.uri);
    uri.username = role;
    await query(`grant create, temporary on database ${uri.pathname.slice(1)} to ${role}`);
    // Types and tables of its own must not get in the way of what runs with other rights.
    await queryTarget(
      uri.href,
      `create temporary table docrow_new_rows (n integer); create type pg_temp.text as enum ('x');
      update public.items set n = 30 where n = 3`,
    );
    await expect(queryTarget(uri.href, 'select * from docrow.foreign_write')).rejects.toThrow(/denied/);
    expect(await records()).toMatchObject([
      { key: itemKey(2) },
      { key: itemKey(3), content: { n: 30 }, writer: role },
    ]);
  } finally {
    await query(`drop owned by ${role}; drop role ${role}`);
  }
});

test('refuses each kind of write, and says what to do', async () => {
  await load({ items: refusing }, { items: itemsUpTo(3) });
  await install();
  for (const sql of [
    'update items set n = 0',
    'delete from tags',
    `insert into items values ('x', now())`,
    'truncate items, tags',
  ]) {
    await expect(guarded.other.query(sql)).rejects.toMatchObject({
      code: '55000',
      schema: 'public',
      message: expect.stringMatching(/^table public\.(items|tags) is kept in step with MongoDB by docrow/),
      hint: expect.stringContaining('docrow cutover'),
    });
  }
  expect(await records()).toEqual([]);
  expect(await values('select count(*)::integer from items')).toEqual([3]);
});

test.each([
  ['records', guardedItems],
  ['refuses', refusing],
])('lets docrow pass where it %s the writes of others', async (_title, mapping) => {
  const text = mapping.replace('type: integer }', 'type: integer, check: [1, 2, 3, 30] }');
  await load({ items: text }, { items: [...itemsUpTo(3), { ...item(4), n: 5_000_000_000 }] }, 6);
  await install();
  change('items', [item(1), { ...item(3), n: 30, tags: ['a', 'b'] }, { ...item(5), n: 1 }]);
  const changed = await refresh('items', [1, 2, 3, 5]);
  expect(changesOf(changed).map((each) => each.split(' ')[1])).toEqual([
    'unchanged',
    'deleted',
    'updated',
    'inserted',
  ]);
  expect(await guarded.rejections()).toHaveLength(1);
  const { dir } = guarded.project;
  const wider = text.replace('type: integer, check: [1, 2, 3, 30] }', 'type: bigint }');
  await query('alter table items drop constraint items_n_check, alter column n type bigint');
  writeFileSync(`${dir}/mappings/items.yaml`, wider);
  expect(await retryDirectly({ target: guarded.uri, dir })).toMatchObject({ exitCode: 0 });
  expect(await values('select count(*)::integer from items')).toEqual([4]);
  expect(await records()).toEqual([]);
  expect(await guarded.guard.isInstalled(await runId(), await mappings())).toBe(true);
});
