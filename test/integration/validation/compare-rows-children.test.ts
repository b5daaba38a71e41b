import { serialize } from 'bson';
import { beforeEach, describe, expect, test } from 'vitest';
import { loadMappings } from '../../../src/mapping/load-mappings.ts';
import { PostgresRowComparer } from '../../../src/target/postgres/compare/postgres-row-comparer.ts';
import { createProject } from '../../support/bson-dump.ts';
import { compareRowsDirectly, differenceLines } from '../../support/compare-rows-directly.ts';
import { order, orders } from '../../support/orders-mapping.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const { migrate, query } = pipeline;

const compare = (collection: string, ids?: readonly object[]) =>
  compareRowsDirectly(
    { source: pipeline.project.source, target: pipeline.uri, dir: pipeline.project.dir },
    collection,
    ids === undefined ? {} : { ids: idsOf(ids) },
  );

async function* idsOf(ids: readonly object[]) {
  yield ids.map((id) => serialize(id));
}

describe('child tables, three levels deep', () => {
  beforeEach(async () => {
    pipeline.project = createProject(
      { 'mappings/orders.yaml': orders() },
      {
        orders: Array.from({ length: 1200 }, (_, n) =>
          order(
            `o${n}`,
            ...Array.from({ length: n % 4 }, (_, i) => [`s${n}.${i}`, ...Array(n % 3).fill(`p${n}`)]),
          ),
        ),
      },
    );
    expect(await migrate()).toMatchObject({ exitCode: 0 });
  });
  const id = (n: number): string => `"o${n}"`;

  test('are equal, and counts add up', async () => {
    const outcome = await compare('orders');
    expect(differenceLines(outcome)).toEqual([]);
    expect(outcome.tables.map(({ table, actualRows }) => [table, actualRows])).toEqual([
      ['orders', 1200],
      ['lines', 1800],
      ['parts', 1800],
    ]);
  });

  test('a missing child', async () => {
    await query(`delete from parts where order_id = $$${id(7)}$$ and line = 1 and n = 0`);
    const outcome = await compare('orders');
    expect(differenceLines(outcome)).toEqual([`missing-row parts ${id(7)} 1 0`]);
    expect(outcome.differences[0]!.key).toEqual({ order_id: id(7), line: '1', n: '0' });
    expect(outcome.tables[2]).toMatchObject({ expectedRows: 1800, actualRows: 1799, missing: 1, extra: 0 });
  });

  test('a child too many, and positions that changed places', async () => {
    await query(`insert into parts values ($$${id(7)}$$, 1, 7, 'new')`);
    await query(`update lines set sku = 's7.' || (1 - n) where order_id = $$${id(7)}$$ and n < 2`);
    expect(differenceLines(await compare('orders'))).toEqual([
      `changed-value lines ${id(7)} 0 sku: s7.0 -> s7.1`,
      `changed-value lines ${id(7)} 1 sku: s7.1 -> s7.0`,
      `extra-row parts ${id(7)} 1 7`,
    ]);
  });

  test('a whole document that is missing, and one that the source does not have', async () => {
    await query(
      `delete from parts where order_id = $$${id(5)}$$; delete from lines where order_id = $$${id(5)}$$;
      delete from orders where id = $$${id(5)}$$;
      insert into orders values ($$${id(-5)}$$, 'x'); insert into lines values ($$${id(-5)}$$, 0, 'x', null)`,
    );
    const lines = [
      `extra-row lines ${id(-5)} 0`,
      `extra-row orders ${id(-5)}`,
      `missing-row lines ${id(5)} 0`,
      `missing-row orders ${id(5)}`,
      `missing-row parts ${id(5)} 0 0`,
      `missing-row parts ${id(5)} 0 1`,
    ];
    const outcome = await compare('orders');
    expect(differenceLines(outcome)).toEqual(lines);
    expect(outcome.tables).toMatchObject([
      { expectedRows: 1200, actualRows: 1200, missing: 1, extra: 1 },
      { expectedRows: 1800, actualRows: 1800, missing: 1, extra: 1 },
      { expectedRows: 1800, actualRows: 1798, missing: 2, extra: 0 },
    ]);
    expect(differenceLines(await compare('orders', [{ _id: 'o5' }, { _id: 'o-5' }, { _id: 'o6' }]))).toEqual(
      lines,
    );
  });

  test('without its constraints: children without a parent, rows twice, a parent that is gone', async () => {
    await query(
      `alter table parts drop constraint parts_parent_fkey, drop constraint parts_pkey;
      alter table lines drop constraint lines_parent_fkey cascade; alter table lines drop constraint lines_pkey;
      alter table orders drop constraint orders_pkey;
      insert into parts values ('nobody', 0, 0, 'x'), ($$${id(8)}$$, 99, 0, 'y');
      insert into orders select * from orders where id = $$${id(9)}$$;
      insert into lines select * from lines where order_id = $$${id(9)}$$;
      delete from orders where id = $$${id(11)}$$`,
    );
    const outcome = await compare('orders');
    expect(differenceLines(outcome)).toEqual([
      `extra-row lines ${id(9)} 0`,
      `extra-row orders ${id(9)}`,
      `extra-row parts ${id(8)} 99 0`,
      `extra-row parts nobody 0 0`,
      `missing-row orders ${id(11)}`,
    ]);
    expect(outcome.tables).toMatchObject([
      { expectedRows: 1200, actualRows: 1200 },
      { expectedRows: 1800, actualRows: 1801 },
      { expectedRows: 1800, actualRows: 1802 },
    ]);
  });

  test('very many rows too many are counted all the same', async () => {
    await query(
      "insert into orders select 'x' || n, null from generate_series(1, 3000) n; insert into lines select 'x' || n, 0 from generate_series(1, 3000) n",
    );
    const outcome = await compare('orders');
    expect(outcome.truncated).toBe(true);
    expect(outcome.differences).toHaveLength(1000);
    expect(outcome.tables).toMatchObject([
      { expectedRows: 1200, actualRows: 4200, extra: 3000 },
      { expectedRows: 1800, actualRows: 4800, extra: 3000 },
      { extra: 0 },
    ]);
  });

  test('the rows of one document that are too large for one statement', async () => {
    const big = {
      _id: 'big',
      code: 'c'.repeat(4_000),
      lines: Array.from({ length: 10_000 }, (_, n) => ({ sku: `s${n}` })),
    };
    const mapping = orders().replace('sku: {', 'code: { from: ^code }\n      sku: {');
    pipeline.project.remove();
    pipeline.project = createProject(
      { 'mappings/orders.yaml': mapping },
      { orders: [big, order('b', ['x'])] },
    );
    await query('drop table orders, lines, parts; drop schema docrow cascade');
    expect(await migrate()).toMatchObject({ exitCode: 0, totals: { rows: 10_003 } });
    expect(differenceLines(await compare('orders'))).toEqual([]);
    await query(`update lines set sku = 'X' where n = 9999; delete from lines where n = 17;
      insert into lines (order_id, n, code) values ('"big"', -1, 'c')`);
    const outcome = await compare('orders');
    expect(differenceLines(outcome)).toEqual([
      'changed-value lines "big" 9999 sku: s9999 -> X',
      'extra-row lines "big" -1',
      'missing-row lines "big" 17',
    ]);
    expect(outcome.tables[1]).toMatchObject({ expectedRows: 10_001, actualRows: 10_001 });
  });

  test('a role that may only read is enough', async () => {
    const role = `reader_${Date.now()}`;
    await query(`create role ${role} login password 'p'; grant usage on schema public, docrow to ${role};
      grant select on all tables in schema public, docrow to ${role}`);
    const mapping = (await loadMappings({ projectFolder: pipeline.project.dir, schema: 'public' }))
      .collections[0]!;
    const uri = new URL(pipeline.uri);
    uri.username = role;
    uri.password = 'p';
    const comparer = new PostgresRowComparer(uri.href, 'public');
    const documents = [{ id: serialize({ _id: 'o0' }), idText: id(0), rows: [[[id(0), 'x']], [], []] }];
    const options = { withTexts: true, withSeen: true };
    const { signal } = new AbortController();
    expect((await comparer.compareDocuments(mapping, documents, options, signal)).findings).toMatchObject([
      { kind: 'changed-row', cells: [{ column: 'code', expected: 'x', actual: null }] },
    ]);
    expect((await comparer.countRows(mapping, signal)).tables).toEqual([1200, 1800, 1800]);
    await comparer.close();
    await query(`drop owned by ${role}; drop role ${role}`);
  });

  test('a value that PostgreSQL does not take is a finding, and the documents around it are compared', async () => {
    await query(`update lines set sku = null where order_id = $$${id(3)}$$ and n = 2`);
    const mapping = (await loadMappings({ projectFolder: pipeline.project.dir, schema: 'public' }))
      .collections[0]!;
    const documents = [1, 2, 3].map((n) => ({
      id: serialize({ _id: `o${n}` }),
      idText: id(n),
      rows: [
        [[id(n), null]],
        Array.from({ length: n }, (_, i) => [id(n), n === 2 ? 'no number' : String(i), `s${n}.${i}`, null]),
        Array.from({ length: n * (n % 3) }, (_, i) => [
          id(n),
          String(Math.floor(i / (n % 3))),
          String(i % (n % 3)),
          `p${n}`,
        ]),
      ],
    }));
    const comparer = new PostgresRowComparer(pipeline.uri, 'public');
    const options = { withTexts: true, withSeen: true };
    const { findings, seen } = await comparer.compareDocuments(
      mapping,
      documents,
      options,
      new AbortController().signal,
    );
    await comparer.close();
    expect(findings.map(({ document, table, kind }) => `${document} ${table} ${kind}`)).toEqual([
      '1 orders missing-row',
      '1 lines missing-row',
      '1 lines missing-row',
      ...Array(4).fill('1 parts missing-row'),
      '2 lines changed-row',
    ]);
    expect(seen.map((buckets) => buckets.length)).toEqual([2, 4, 1]);
  });
});
