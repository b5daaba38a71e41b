import { describe, expect, test } from 'vitest';
import { createProject } from '../../../support/bson-dump.ts';
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
const {
  load,
  change,
  refresh,
  query,
  values,
  mappings,
  beginWriting,
  install,
  runId,
  report,
  records,
  triggers,
} = guarded;

describe('installed twice, changed and removed', () => {
  test('the second time nothing is done, and the user’s own triggers stay', async () => {
    await load({ items: guardedItems }, { items: itemsUpTo(3) });
    await query(
      `create function public.mine() returns trigger language plpgsql as 'begin return null; end';
      create trigger docrow_guard_mine after insert on items execute function public.mine()`,
    );
    expect(await guarded.guard.isInstalled(await runId(), await mappings())).toBe(false);
    await install();
    const made = await query(
      'select oid, tgname from pg_trigger where tgname ~ $$^docrow_guard$$ order by oid',
    );
    expect(made).toHaveLength(9);
    await install();
    expect(await guarded.guard.isInstalled(await runId(), await mappings())).toBe(true);
    expect(
      await query('select oid, tgname from pg_trigger where tgname ~ $$^docrow_guard$$ order by oid'),
    ).toEqual(made);
    for (let n = 0; n < 3; n++) await install();
    // When docrow wrote is kept as one period and the one of now.
    expect(await values('select count(*)::integer from docrow.write_period')).toEqual([2]);
    await guarded.guard.remove();
    await guarded.guard.remove();
    expect(await triggers()).toEqual(['items docrow_guard_mine']);
    expect(await values(`select proname from pg_proc where pronamespace = 'docrow'::regnamespace`)).toEqual(
      [],
    );
    await guarded.other.query('update items set n = 0');
    expect(await records()).toEqual([]);
    await query('drop function public.mine cascade');
  });

  test('another mode replaces the triggers', async () => {
    await load({ items: guardedItems }, { items: itemsUpTo(3) });
    await install();
    const [mapping] = await mappings();
    await guarded.other.query('update items set n = 20 where n = 2');
    expect(await install([{ ...mapping!, foreignWrites: 'refuse' }])).toEqual([]);
    expect(await triggers()).toEqual(['items docrow_guard_refuse', 'tags docrow_guard_refuse']);
    await expect(guarded.other.query('delete from tags')).rejects.toThrow(/docrow/);
    expect(await install()).toEqual([]);
    expect(await triggers()).toHaveLength(8);
    expect(await records()).toHaveLength(1);
  });

  test('a table that is locked for long stops it with nothing done', async () => {
    await load({ items: guardedItems }, { items: itemsUpTo(3) });
    await guarded.other.query('begin; update tags set tag = $$x$$');
    await expect(install()).rejects.toMatchObject({
      code: 'target-busy',
      message: expect.stringContaining('table public.tags'),
    });
    expect(await triggers()).toEqual([]);
    await guarded.other.query('rollback');
    expect(await install()).toEqual([]);
  });
});

describe('writes before the guard was there', () => {
  const found = (counts: readonly { table: string; unknown: number }[]) =>
    Object.fromEntries(counts.map(({ table, unknown }) => [table, unknown]));

  test('are found, whatever came between; rows that were only locked are not', async () => {
    await load({ items: guardedItems }, { items: itemsUpTo(10) });
    await guarded.other.query('begin; savepoint a; update items set n = 20 where n = 2; release a; commit');
    await guarded.other.query('begin; update items set n = 30 where n = 3; rollback');
    await guarded.other.query('select * from items where n = 4 for update');
    await guarded.other.query('select * from items where n = 4 for key share');
    change('items', [...itemsUpTo(8), { ...item(9), n: 90 }, item(10)]);
    await refresh('items', [9]);
    // A command that writes: what is written while it works counts as its own.
    await beginWriting();
    await guarded.other.query(`insert into tags values ('${itemId(1)}', '${atText}', 1, 'new')`);
    await guarded.other.query('vacuum (freeze) items, tags');
    expect(found(await install())).toEqual({ items: 1, tags: 1 });
    expect(await records()).toMatchObject([
      { operation: 'unknown', key: itemKey(2), content: { n: 20 }, writer: null, application: null },
      { operation: 'unknown', key: { item_id: itemId(1), position: '1' }, content: { tag: 'new' } },
    ]);
    expect((await report()).counts).toMatchObject([{ unknown: 1 }, { unknown: 1 }]);
    expect(await install()).toEqual([]);
  });

  test('are found where their transaction had begun before docrow ended', async () => {
    await load({ items: guardedItems }, { items: itemsUpTo(10) });
    await guarded.other.query('begin; select pg_current_xact_id()');
    await beginWriting();
    await guarded.other.query('update items set n = 20 where n = 2; commit');
    expect(found(await install())).toEqual({ items: 1 });
  });

  test('are found after the guard was removed or broken', async () => {
    await load({ items: guardedItems }, { items: itemsUpTo(10) });
    await install();
    await guarded.other.query('update items set n = 20 where n = 2');
    await guarded.guard.remove();
    await guarded.other.query('update items set n = 30 where n = 3');
    expect(found(await install())).toEqual({ items: 2 });
    await guarded.other.query('alter table items disable trigger docrow_guard_update');
    await guarded.other.query('update items set n = 40 where n = 4');
    const before = (await records()).length;
    await install();
    expect((await records()).slice(before)).toMatchObject([{ key: itemKey(4) }]);
  });

  test('are bounded, and rows that were there before docrow are none', async () => {
    await query(`create table items (id text not null, at timestamptz not null, n integer, j json);
      insert into items values ('before', now())`);
    guarded.project = createProject({ 'mappings/items.yaml': guardedItems }, { items: itemsUpTo(3_000) });
    expect(await guarded.migrate({ onExisting: 'append' })).toMatchObject({ exitCode: 0 });
    await guarded.other.query(`update items set n = 0 where id <> 'before'`);
    expect(found(await install())).toEqual({ items: 3_000 });
    expect(await records()).toHaveLength(1_000);
  });
});

test('names of any kind', async () => {
  const table = 'a"; drop table t; --';
  const column = `k'\\"$docrow$%s`;
  const text = `collection: 'we"ird $1'
tables:
  '${table}':
    key: [${JSON.stringify(column)}]
    columns:
      ${JSON.stringify(column)}: { from: _id, type: text, convert: ejson }
      docrow_row: { from: n, type: integer }
      name: { from: n, type: integer }
    unmapped: ignore
`;
  await load({ odd: text }, { 'we"ird $1': itemsUpTo(3) });
  const quoted = `"${table.replaceAll('"', '""')}"`;
  await guarded.other.query(`update ${quoted} set name = 20 where name = 2`);
  expect(await install()).toMatchObject([{ collection: 'we"ird $1', table, unknown: 1 }]);
  await guarded.other.query(`update ${quoted} set name = 30 where name = 3`);
  await guarded.other.query(
    `update ${quoted} set ${`"${column.replaceAll('"', '""')}"`} = 'moved' where name = 30`,
  );
  expect(await records()).toMatchObject([
    { operation: 'unknown', key: { [column]: itemId(2) }, content: { name: 20, docrow_row: 2 } },
    { operation: 'update', key: { [column]: itemId(3) }, content: { name: 30, docrow_row: 3 } },
    { operation: 'update', key: { [column]: 'moved' } },
    { operation: 'update', key: { [column]: itemId(3) }, content: null },
  ]);
  await guarded.guard.remove();
  expect(await triggers()).toEqual([]);
});
