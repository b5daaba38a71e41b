import { Binary, Decimal128 } from 'bson';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import type { RepairOptions } from '../../../src/pipeline/repair.ts';
import { mappingYaml } from '../../support/bson-dump.ts';
import { stopAfter } from '../../support/migrate-directly.ts';
import { order, orders } from '../../support/orders-mapping.ts';
import { type PlantedDifference, repairDirectly, storeValidation } from '../../support/repair-directly.ts';
import { useRefresh } from '../../support/use-refresh.ts';

const pipeline = useRefresh();
const { load, query, values, versions, validateCounts } = pipeline;
const tables = ['orders', 'lines', 'parts'];

const place = () => ({
  source: pipeline.project.source,
  target: pipeline.uri,
  dir: pipeline.project.dir,
});
const repair = (options: Partial<RepairOptions> = {}, more: object = {}) =>
  repairDirectly({ ...place(), ...more }, options);

const columns = [
  'amount: { from: amount, type: numeric }',
  'raw: { from: raw, type: bytea }',
  'free: { from: free, type: jsonb }',
  'list: { from: list, type: "text[]" }',
  'state: { from: state, type: text, default: new }',
  'code: { from: code, type: text, unique: true }',
];
const ways = {
  'by the key': 'id: { from: _id, type: integer }',
  'through docrow.document_key': 'id: { from: _id, type: bigint }',
};
const full = (n: number, ...lines: readonly (readonly string[])[]) => ({
  ...order(n, ...lines),
  amount: Decimal128.fromString(`${n}.10`),
  raw: new Binary(Buffer.from([1, 2, n])),
  list: ['a', 'b', String(n)],
  code: `c${n}`,
});
const documents = [
  full(1, ['x', 'p'], ['y', 'q', 'r']),
  full(2, ['x', 'p'], ['z']),
  full(3, ['w', 'p1', 'p2', 'p3']),
  full(4),
];
const swap = (table: string, column: string, where: string): string =>
  `update ${table} t set ${column} = o.${column} from ${table} o where ${where}`;
/** Constraints stand against some faults, which are planted without them. */
const planted = async (sql: string): Promise<void> => {
  const client = new Client({ connectionString: pipeline.uri });
  await client.connect();
  try {
    await client.query(`begin; set local session_replication_role = replica; ${sql}; commit`);
  } finally {
    await client.end();
  }
};
const of = (id: number, table = 'orders'): PlantedDifference => ({
  collection: 'orders',
  table,
  id: `{"$numberInt":"${id}"}`,
});

describe.each(Object.entries(ways))('documents found %s', (_way, idColumn) => {
  const mapping = orders({ columns: [idColumn, ...columns] });

  test.each<readonly [string, string, readonly PlantedDifference[]]>([
    ['one bit in a bytea', "update orders set raw = '\\x010203' where id = 1", [of(1)]],
    ['one digit', 'update orders set amount = 1.20 where id = 1', [of(1)]],
    ['one character', "update lines set sku = 'X' where order_id = 1 and n = 0", [of(1, 'lines')]],
    ['a sign', 'update orders set amount = -amount where id = 2', [of(2)]],
    ['a scale', 'update orders set amount = 2.1 where id = 2', [of(2)]],
    ['{} for NULL', "update orders set free = '{}' where id = 3", [of(3)]],
    ['two array elements swapped', "update orders set list = '{b,a,3}' where id = 3", [of(3)]],
    ['a null for a default', 'update orders set state = null where id = 4', [of(4)]],
    [
      'a swapped pair of values',
      swap('orders', 'amount', 't.id + o.id = 3 and t.id < 3 and o.id < 3'),
      [of(1), of(2)],
    ],
    [
      'a swapped pair of unique values',
      `alter table orders drop constraint orders_code_key;
      ${swap('orders', 'code', 't.id + o.id = 3 and t.id < 3 and o.id < 3')};
      alter table orders add constraint orders_code_key unique (code)`,
      [of(1), of(2)],
    ],
    ['a missing row', 'delete from orders where id = 4', [of(4)]],
    [
      'a missing document, all of it',
      'delete from parts where order_id = 3; delete from lines where order_id = 3; delete from orders where id = 3',
      [of(3)],
    ],
    ['a missing child', 'delete from parts where order_id = 3 and n = 2', [of(3, 'parts')]],
    ['a missing row above others', 'delete from lines where order_id = 1 and n = 1', [of(1, 'lines')]],
    ['an extra child', "insert into parts values (2, 1, 0, 'extra')", [of(2, 'parts')]],
    [
      'reordered child positions',
      'update parts set n = 9 where order_id = 3 and n = 0; update parts set n = 0 where order_id = 3 and n = 1; update parts set n = 1 where order_id = 3 and n = 9',
      [of(3, 'parts')],
    ],
    [
      'an extra row without a document',
      "insert into orders (id, code) values (77, 'c77'); insert into lines (order_id, n) values (77, 0)",
      [{ collection: 'orders', table: 'orders', kind: 'extra-row', key: { id: '77' } }],
    ],
    [
      'children without a document',
      "insert into lines (order_id, n) values (88, 0), (88, 1); insert into parts values (88, 0, 0, 'x')",
      [
        { collection: 'orders', table: 'lines', kind: 'extra-row', key: { order_id: '88', n: '0' } },
        { collection: 'orders', table: 'lines', kind: 'extra-row', key: { order_id: '88', n: '1' } },
      ],
    ],
  ])('%s', async (_fault, sql, differences) => {
    await load({ orders: mapping }, { orders: documents });
    await planted(sql);
    await storeValidation(pipeline.uri, differences);
    const faulty = await versions(tables);
    expect(await repair({ apply: false })).toMatchObject({ status: 'planned', exitCode: 3 });
    expect(await versions(tables)).toEqual(faulty);
    const report = await repair();
    expect(report).toMatchObject({ status: 'clean', exitCode: 0, remaining: [], rejections: [] });
    expect(await values("select count(*)::int from docrow.audit where action like 'repair-%'")).not.toEqual([
      0,
    ]);
    const repaired = await versions(tables);
    expect(await repair()).toMatchObject({ status: 'clean', exitCode: 0 });
    expect(await versions(tables)).toEqual(repaired);
    expect(await validateCounts()).toMatchObject({ verdict: 'match' });
    await pipeline.expectAsFresh(tables);
  });
});

const plain = orders({ columns: [ways['by the key'], ...columns] });

test('rows whose key docrow.document_key lost are the document’s again', async () => {
  await load(
    { orders: orders({ columns: [ways['through docrow.document_key'], ...columns] }) },
    { orders: documents },
  );
  await query('delete from docrow.document_key');
  await storeValidation(pipeline.uri, [of(1), of(2), of(3), of(4)]);
  const before = await versions(tables);
  expect(await repair()).toMatchObject({ status: 'clean' });
  expect(await versions(tables)).toEqual(before);
  await pipeline.expectAsFresh(tables);
});

test.each<readonly [string, string, PlantedDifference]>([
  ['another document, which the source does not have', `replace(object, '2', '99')`, of(99)],
  [
    'no document at all',
    `'nonsense'`,
    { collection: 'orders', table: 'orders', kind: 'extra-row', key: { id: '2' } },
  ],
])('a row that became one of %s gives its place back', async (_whose, object, extra) => {
  const mapping = orders({
    columns: [
      'id: { from: number, type: integer }',
      'object: { from: _id, type: text, convert: ejson, unique: true, required: true }',
    ],
    more: ['unmapped: ignore'],
  });
  const numbered = documents.map((document, n) => ({ ...document, number: n + 1 }));
  await load({ orders: mapping }, { orders: numbered });
  await planted(`update orders set object = ${object} where id = 2`);
  await storeValidation(pipeline.uri, [of(2), extra]);
  const report = await repair();
  expect(report).toMatchObject({ status: 'clean', rejections: [] });
  // The difference that is stored names by its key what is the row of a document now.
  const repaired = await versions(tables);
  expect(await repair()).toMatchObject({ status: 'clean' });
  expect(await versions(tables)).toEqual(repaired);
  expect(await validateCounts()).toMatchObject({ verdict: 'match' });
  await pipeline.expectAsFresh(tables);
});

test('the dry run names keys and columns; --limit and --only leave the rest', async () => {
  const other = mappingYaml({
    collection: 'other',
    columns: ['id: { from: _id, type: integer }', 'n: { from: n, type: integer }'],
  });
  await load({ orders: plain, other }, { orders: documents, other: [{ _id: 1, n: 1 }] });
  await planted(
    "update orders set amount = 5, state = 'x' where id < 3; update other set n = 2; insert into parts values (4, 0, 0, 'x')",
  );
  await storeValidation(pipeline.uri, [
    of(1),
    of(2),
    of(4, 'parts'),
    { ...of(1, 'other'), collection: 'other' },
  ]);
  const planned = await repair({ apply: false });
  expect(planned.rows.map(({ kind, table, key, columns: changed }) => [kind, table, key, changed])).toEqual([
    ['update', 'orders', { id: '1' }, ['amount', 'state']],
    ['update', 'orders', { id: '2' }, ['amount', 'state']],
    ['delete', 'parts', { order_id: '4', line: '0', n: '0' }, []],
    ['update', 'other', { id: '1' }, ['n']],
  ]);
  expect(await repair({ limit: 1 })).toMatchObject({ status: 'differences', exitCode: 3, left: 3 });
  expect(await values("select id from orders where state = 'x'")).toEqual([2]);
  expect(await repair({}, { only: 'other' })).toMatchObject({ status: 'clean', exitCode: 0 });
  expect(await values('select n from other')).toEqual([1]);
  expect(await values("select id from orders where state = 'x'")).toEqual([2]);
  expect(await repair()).toMatchObject({ status: 'clean', exitCode: 0 });
});

test('says when the comparison kept not all differences, and when there is none', async () => {
  await load({ orders: plain }, { orders: documents });
  await query('delete from docrow.validation');
  await expect(repair()).rejects.toMatchObject({ code: 'validation-missing', policy: { exitCode: 2 } });
  await storeValidation(pipeline.uri, [of(1)], { differencesTruncated: true });
  expect(await repair()).toMatchObject({
    status: 'differences',
    exitCode: 3,
    validation: { isTruncated: true },
  });
  await storeValidation(pipeline.uri, [], { verdict: 'match' });
  expect(await repair()).toMatchObject({ status: 'nothing', exitCode: 0 });
  await storeValidation(pipeline.uri, []);
  expect(await repair()).toMatchObject({ status: 'differences', exitCode: 3 });
});

test('a document that was rejected wrongly is loaded, one that must not be there is set aside', async () => {
  const mapping = mappingYaml({
    collection: 'items',
    columns: ['id: { from: _id, type: integer }', 'n: { from: n, type: integer }'],
  });
  await load(
    { items: mapping },
    {
      items: [
        { _id: 1, n: 1 },
        { _id: 2, n: 'text' },
      ],
    },
    6,
  );
  await query('delete from docrow.rejection; insert into items values (2, 2)');
  await storeValidation(pipeline.uri, [{ ...of(2, 'items'), collection: 'items' }]);
  expect(await repair()).toMatchObject({ rejections: [{ code: 'value-mismatch', path: 'n' }] });
  expect(await values('select id from items')).toEqual([1]);
  expect(await pipeline.rejections()).toEqual(['items value-mismatch n {"$numberInt":"2"}']);
});

test('refuses beside another run, with another mapping, and with another source', async () => {
  await load({ orders: plain }, { orders: documents });
  await storeValidation(pipeline.uri, [of(1)]);
  const client = new Client({ connectionString: pipeline.uri });
  await client.connect();
  await client.query('select pg_advisory_lock(7229031, 2)');
  await expect(repair()).rejects.toMatchObject({ code: 'run-locked', policy: { exitCode: 5 } });
  await client.end();
  pipeline.change('orders', documents.slice(1));
  await expect(repair()).rejects.toMatchObject({ code: 'source-changed' });
});

test('a signal stops after a transaction, and the same command goes on', async () => {
  await load({ orders: plain }, { orders: documents });
  await planted('update orders set amount = 5');
  await storeValidation(pipeline.uri, [of(1), of(2), of(3), of(4)]);
  const soft = new AbortController();
  soft.abort();
  const control = {
    ...stopAfter(1),
    signal: { soft: soft.signal, hard: new AbortController().signal, name: () => 'SIGTERM' as const },
  };
  expect(await repairDirectly(place(), {}, control)).toMatchObject({ status: 'interrupted', exitCode: 143 });
  expect(await repair()).toMatchObject({ status: 'clean' });
  await pipeline.expectAsFresh(tables);
});
