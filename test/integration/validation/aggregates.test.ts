import { Decimal128, Long } from 'bson';
import { expect, test } from 'vitest';
import { PostgresAggregateReader } from '../../../src/target/postgres/aggregates/postgres-aggregate-reader.ts';
import { validationSql } from '../../../src/target/postgres/aggregates/validation-sql.ts';
import { aggregateColumns } from '../../../src/validation/aggregates/aggregate-columns.ts';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { withParts } from '../../support/documents-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();

const documents = Array.from({ length: 40 }, (_, n) => ({
  _id: `d${n}`,
  name: n === 3 ? null : `Näme 😀${n}`,
  amount: n === 4 ? Decimal128.fromString('1E+20') : Decimal128.fromString(`${n}.10`),
  price: n === 5 ? -0 : n / 3,
  big: Long.fromNumber(n * 2 ** 40),
  flag: n % 3 === 0,
  at: new Date(-1e14 + n * 1e12),
  day: new Date(Date.UTC(n - 20 < 1 ? n - 2000 : n + 1990, 0, 1)),
  meta: { n },
  list: [n],
  other: n,
  lines: Array.from({ length: n % 3 }, (_, i) => ({ sku: `${n}-${i}` })),
}));

const mapping = mappingYaml({
  collection: 'orders',
  columns: [
    'id: { from: _id, type: text }',
    'name: { from: name, type: text }',
    'amount: { from: amount, type: numeric }',
    'price: { from: price, type: double precision }',
    'big: { from: big, type: bigint }',
    'flag: { from: flag, type: boolean }',
    'at: { from: at, type: timestamptz }',
    'day: { from: day, type: date }',
    'meta: { from: meta, type: jsonb }',
    'list: { from: list, type: "integer[]" }',
  ],
  more: ['rest: { column: rest, type: jsonb }'],
  children: {
    '"li""nes"': {
      key: ['order_id', 'position'],
      columns: [
        'order_id: { from: ^id, references: orders.id }',
        'position: { from: $index }',
        'sku: { from: sku, type: text }',
      ],
      more: ['each: lines'],
    },
  },
});

const aggregate = () =>
  withParts(
    { source: pipeline.project.source, target: pipeline.uri, dir: pipeline.project.dir },
    async (parts, [orders]) => {
      const aggregates = new PostgresAggregateReader(pipeline.uri, 'public');
      try {
        return await aggregateColumns({ ...parts, aggregates }, orders!);
      } finally {
        await aggregates.close();
      }
    },
  );

const unequal = async () => (await aggregate()).filter(({ isEqual }) => !isEqual).map(({ column }) => column);

async function load(): Promise<void> {
  pipeline.project = createProject({ 'mappings/orders.yaml': mapping }, { orders: documents });
  expect(await pipeline.migrate()).toMatchObject({ exitCode: 0 });
}

test('both sides of a clean copy are equal, and a change that keeps the counts shows', async () => {
  await load();
  const clean = await aggregate();
  expect(clean.filter(({ isEqual }) => !isEqual)).toEqual([]);
  const name = clean.find(({ column }) => column === 'name')!;
  expect(name.expected).toMatchObject({
    rows: 40,
    nulls: 1,
    distinct: 39,
    isDistinctExact: true,
    min: 'Näme 😀0',
  });
  expect(name.expected.averageLength).toBeCloseTo(7.74, 1);
  const amount = clean.find(({ column }) => column === 'amount')!;
  expect(amount.actual).toMatchObject({
    min: '0.1',
    max: '100000000000000000000',
    sum: '100000000000000000779.9',
  });
  expect(clean.find(({ column }) => column === 'meta')!.expected).toEqual({ rows: 40, nulls: 0 });

  await pipeline.query("update orders set amount = amount + 0.01 where id = 'd7'");
  expect(await unequal()).toEqual(['amount']);
  await pipeline.query("update orders set amount = amount - 0.01 where id = 'd7'");
  await pipeline.query("update orders set name = name || 'x' where id = 'd8'");
  expect(await unequal()).toEqual(['name']);
  await pipeline.query(
    "update orders set name = rtrim(name, 'x'), at = at - interval '1 ms' where id in ('d0', 'd8')",
  );
  expect(await unequal()).toEqual(['at']);
});

test('the SQL for a person runs, and its numbers are right', async () => {
  await load();
  const sql = await withParts(
    { source: pipeline.project.source, target: pipeline.uri, dir: pipeline.project.dir },
    async (_parts, mappings) => validationSql(mappings, 'public'),
  );
  expect(sql).toContain('"li""nes"');
  const plain = sql.replace(/^\\.*$/gm, '');
  // All statements at once, as psql sends them.
  await pipeline.query(plain);
  const statements = plain
    .replace(/^--.*$/gm, '')
    .split(/;\n/)
    .map((one) => one.trim())
    .filter((one) => one.startsWith('select'));
  const rows = [];
  for (const one of statements) rows.push(await pipeline.query(one));
  expect(rows[0]).toEqual([
    { collection: 'orders', status: 'done', read: '40', loaded: '40', rejected: '0', filtered: '0' },
  ]);
  expect(rows[2]!.find(({ column }) => column === 'amount')).toMatchObject({
    rows: '40',
    nulls: '0',
    sum: '100000000000000000779.9',
  });
  expect(rows.flat()).toContainEqual({ children_without_parent: '0' });
  expect(rows.flat()).toContainEqual({ orphans: '0' });
  expect(rows.flat()).toContainEqual({ rows_without_document: '0', documents_without_row: '0' });
  await pipeline.query("insert into orders (id) values ('more')");
  const last = await pipeline.query(statements.at(-1)!);
  expect(last).toEqual([{ rows_without_document: '1', documents_without_row: '0' }]);
});
