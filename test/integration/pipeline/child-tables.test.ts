import { describe, expect, test } from 'vitest';
import { createProject } from '../../support/bson-dump.ts';
import { createControl, stopAfter } from '../../support/migrate-directly.ts';
import { order, orders } from '../../support/orders-mapping.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const { migrate, query, values, rejections } = pipeline;

const project = (mapping: string, documents: readonly object[]): void => {
  pipeline.project = createProject({ 'mappings/orders.yaml': mapping }, { orders: documents });
};

describe('loading', () => {
  test('three levels arrive with their keys, constraints and counts', async () => {
    project(orders(), [
      order('a', ['x', 'p', 'q'], ['y']),
      order('b'),
      { _id: 'c', lines: null },
      { _id: 'd' },
      order('e', ['z', 'r']),
    ]);
    const report = await migrate();
    expect(report).toMatchObject({ exitCode: 0, validation: { verdict: 'match' } });
    expect(report.totals).toMatchObject({ read: 5, loaded: 5, rows: 11 });
    expect(report.collections[0]!.rows).toEqual({ orders: 5, lines: 3, parts: 3 });
    expect(await values("select order_id || ' ' || n || ' ' || sku from lines order by 1")).toEqual([
      '"a" 0 x',
      '"a" 1 y',
      '"e" 0 z',
    ]);
    expect(await values("select concat_ws(' ', order_id, line, n, part) from parts order by 1")).toEqual([
      '"a" 0 0 p',
      '"a" 0 1 q',
      '"e" 0 0 r',
    ]);
    expect(
      await values(
        `select conname || ': ' || pg_get_constraintdef(oid) from pg_constraint
        where contype in ('p', 'f') and connamespace = 'public'::regnamespace order by 1`,
      ),
    ).toEqual([
      'lines_parent_fkey: FOREIGN KEY (order_id) REFERENCES orders(id) DEFERRABLE INITIALLY DEFERRED',
      'lines_pkey: PRIMARY KEY (order_id, n)',
      'orders_pkey: PRIMARY KEY (id)',
      'parts_parent_fkey: FOREIGN KEY (order_id, line) REFERENCES lines(order_id, n) DEFERRABLE INITIALLY DEFERRED',
      'parts_pkey: PRIMARY KEY (order_id, line, n)',
    ]);
    expect(await migrate()).toMatchObject({ nothingToDo: true, validation: { verdict: 'match' } });
    await query('delete from parts where part = $$q$$');
    expect(await migrate()).toMatchObject({ exitCode: 3, validation: { verdict: 'mismatch' } });
    expect(await migrate({ fresh: true })).toMatchObject({ exitCode: 0, totals: { rows: 11 } });
  });

  test('a reference of its own is the foreign key to the parent', async () => {
    const mapping = orders().replace('{ from: ^id }', '{ from: ^id, references: orders.id }');
    project(mapping, [order('a', ['x'])]);
    expect(await migrate()).toMatchObject({ exitCode: 0 });
    expect(
      await values(
        `select pg_get_constraintdef(oid) from pg_constraint where conname = 'lines_order_id_fkey'`,
      ),
    ).toEqual(['FOREIGN KEY (order_id) REFERENCES orders(id) DEFERRABLE INITIALLY DEFERRED']);
    expect(await values(`select conname from pg_constraint where conname = 'lines_parent_fkey'`)).toEqual([]);
  });

  test('a problem in an element rejects the document, and none of its rows stays', async () => {
    project(orders(), [
      order('a', ['x']),
      { _id: 'b', lines: [{ sku: 'y', parts: ['p'] }, { sku: 7 }] },
      { _id: 'c', lines: 'no array' },
      { _id: 'd', lines: [{ sku: 'z', parts: [7] }] },
    ]);
    const report = await migrate();
    expect(report.collections[0]).toMatchObject({
      loaded: 1,
      rejected: 3,
      rows: { orders: 1, lines: 1, parts: 0 },
    });
    expect(await rejections()).toEqual([
      'orders value-mismatch lines "c"',
      'orders value-mismatch lines.0.parts.0 "d"',
      'orders value-mismatch lines.1.sku "b"',
    ]);
  });

  test('chunks end when the rows of child tables fill the memory for them', async () => {
    const line = { sku: 'x'.repeat(1000), parts: [] };
    const many = Array.from({ length: 24 }, (_, n) => ({ _id: n, lines: Array(1000).fill(line) }));
    project(orders(), many);
    let chunks = 0;
    const control = createControl(({ kind }) => {
      if (kind === 'chunk-committed') chunks++;
    });
    const report = await migrate({}, control);
    expect(report.collections[0]!.rows).toEqual({ orders: 24, lines: 24_000, parts: 0 });
    // 24 MB of rows, of which 6 MiB may wait for the commit.
    expect(chunks).toBe(4);
  });

  test('in small chunks, stopped and gone on with, the counts are the same', async () => {
    const documents = Array.from({ length: 40 }, (_, n) =>
      order(n, ...Array.from({ length: n % 4 }, (_, i) => [`s${n}.${i}`, ...Array(n % 3).fill('p')])),
    );
    project(orders(), documents);
    expect(await migrate({ chunkDocuments: 3 }, stopAfter(4))).toMatchObject({
      exitCode: 130,
      totals: { read: 12, rows: 48 },
    });
    const report = await migrate({ chunkDocuments: 3 });
    expect(report).toMatchObject({ exitCode: 0, validation: { verdict: 'match' } });
    expect(report.collections[0]!.rows).toEqual({ orders: 40, lines: 60, parts: 59 });
  });

  test('fields that nothing takes are named, those of elements too', async () => {
    const mapping = orders({ more: ['rest: { column: extra, type: jsonb }'] });
    project(mapping, [
      { _id: 1, nickname: 'n', lines: [{ sku: 'x', color: 'red' }, { color: 'blue' }] },
      { _id: 2, nickname: 'm' },
    ]);
    expect((await migrate()).adjustments).toEqual([
      {
        collection: 'orders',
        table: 'lines',
        column: 'extra',
        kind: 'unmapped-rest',
        path: 'color',
        documents: 1,
      },
      {
        collection: 'orders',
        table: 'orders',
        column: 'extra',
        kind: 'unmapped-rest',
        path: 'nickname',
        documents: 2,
      },
    ]);
  });
});

describe('a table that refuses rows', () => {
  const append = { onExisting: 'append' };

  test('of a child table: the document goes, with the rows that PostgreSQL would have taken', async () => {
    await query('create table lines (order_id text, n integer, sku text unique, extra jsonb)');
    const documents = Array.from({ length: 20 }, (_, n) =>
      order(n, [`only ${n}`, 'p'], [n === 5 || n === 11 ? 'same' : `s${n}`]),
    );
    project(orders(), documents);
    const report = await migrate({ ...append, chunkDocuments: 8 });
    expect(report).toMatchObject({ exitCode: 6, validation: { verdict: 'match' } });
    expect(report.collections[0]).toMatchObject({
      loaded: 19,
      rejected: 1,
      rows: { orders: 19, lines: 38, parts: 19 },
    });
    expect(await query('select id_text, reason from docrow.rejection')).toEqual([
      {
        id_text: '{"$numberInt":"11"}',
        reason: 'Another row of table lines has the same value (constraint lines_sku_key)',
      },
    ]);
  });

  test('rows of before are counted in every table', async () => {
    await query(`create table orders (id text primary key, code text);
      create table lines (order_id text, n integer, sku text, extra jsonb);
      insert into orders values ('old'), ('older');
      insert into lines values ('old', 0), ('old', 1), ('older', 0)`);
    project(orders(), [order('a', ['x'], ['y'])]);
    const report = await migrate(append);
    expect(report).toMatchObject({ exitCode: 0, validation: { verdict: 'match' } });
    expect(report.collections[0]!.rows).toEqual({ orders: 1, lines: 2, parts: 0 });
    expect(await query('select rows_before from docrow.collection_run')).toEqual([
      { rows_before: { orders: 2, lines: 3 } },
    ]);
  });

  test('that was made with other columns is refused before anything is made', async () => {
    await query('create table parts (order_id text, line integer, n integer, part text)');
    project(orders(), [order('a', ['x'])]);
    expect(await migrate()).toMatchObject({
      exitCode: 5,
      errors: [
        {
          code: 'target-table-differs',
          message: expect.stringContaining('column n is integer and the mapping says smallint'),
        },
      ],
    });
    expect(await values("select to_regclass('public.orders') is null")).toEqual([true]);
  });
});
