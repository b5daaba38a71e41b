import { Decimal128, Double, Int32, Long } from 'bson';
import { expect, test } from 'vitest';
import { mappingYaml } from '../../../support/bson-dump.ts';
import { changesOf } from '../../../support/refresh-directly.ts';
import { useRefresh } from '../../../support/use-refresh.ts';

const pipeline = useRefresh();
const { load, change, refresh, plan, values, query, versions } = pipeline;

const kinds = mappingYaml({
  collection: 'kinds',
  columns: [
    'id: { from: _id, type: integer }',
    'amount: { from: amount, type: numeric }',
    'exact: { from: exact, type: json }',
    'free: { from: free, type: jsonb }',
    'list: { from: list, type: "integer[]" }',
    'real: { from: real, type: double precision }',
    'raw: { from: raw, type: bytea }',
  ],
  more: ['rest: { column: extra, type: jsonb }'],
});

const one = (more: object = {}) => ({
  _id: 1,
  amount: Decimal128.fromString('1.10'),
  exact: { b: 1, a: 2 },
  free: { a: [1, 2] },
  list: [1, 2, 3],
  real: new Double(0),
  raw: Buffer.from([1, 2, 3]),
  other: 'x',
  ...more,
});

test.each([
  ['a numeric’s scale', { amount: Decimal128.fromString('1.1') }, 'amount'],
  ['a sign', { amount: Decimal128.fromString('-1.10') }, 'amount'],
  ['the order of keys in json', { exact: { a: 2, b: 1 } }, 'exact'],
  ['elements of an array in jsonb', { free: { a: [2, 1] } }, 'free'],
  ['elements of an array', { list: [2, 1, 3] }, 'list'],
  ['minus zero', { real: new Double(-0) }, 'real'],
  ['one bit of bytes', { raw: Buffer.from([1, 2, 2]) }, 'raw'],
  ['an empty object for null', { free: {} }, 'free'],
  ['a field that no column takes', { other: 'y' }, 'extra'],
])('sees %s, and changes that row alone', async (_what, more, column) => {
  const two = { ...one(), _id: 2 };
  await load({ kinds }, { kinds: [one(), two] });
  const [, before] = await versions(['kinds']);
  change('kinds', [one(more), two]);
  const planned = await plan('kinds', [1, 2]);
  expect(planned.map(({ rows }) => rows)).toEqual([
    [{ kind: 'update', table: 'kinds', key: { id: '1' }, columns: [column] }],
  ]);
  expect(changesOf(await refresh('kinds', [1, 2]))).toEqual([
    '{"$numberInt":"1"} updated',
    '{"$numberInt":"2"} unchanged',
  ]);
  expect(await versions(['kinds'])).toContain(before);
  await pipeline.expectAsFresh(['kinds']);
});

test('an _id that is asked for as another number is the same one', async () => {
  const items = mappingYaml({
    collection: 'items',
    columns: ['n: { from: n, type: integer }'],
    key: 'n',
  });
  await load(
    { items },
    {
      items: [
        { _id: new Int32(1), n: 1 },
        { _id: Long.fromNumber(2), n: 2 },
      ],
    },
  );
  change('items', [{ _id: new Double(1), n: 5 }]);
  const asked = [new Int32(1), Long.fromNumber(1), Long.fromNumber(2)];
  expect(changesOf(await refresh('items', asked))).toEqual([
    '{"$numberDouble":"1.0"} updated',
    '{"$numberLong":"2"} deleted',
  ]);
  expect(await values('select n from items')).toEqual([5]);
  await pipeline.expectAsFresh(['items']);
});

test('composite keys: a key that changes moves the document, and two may exchange theirs', async () => {
  const stock = mappingYaml({
    collection: 'stock',
    key: ['shop', 'sku'],
    columns: [
      'shop: { from: shop, type: text }',
      'sku: { from: sku, type: text }',
      'n: { from: n, type: integer }',
    ],
    children: {
      moves: {
        key: ['shop', 'sku', 'i'],
        columns: [
          'shop: { from: ^shop }',
          'sku: { from: ^sku }',
          'i: { from: $index }',
          'by: { from: $item, type: integer }',
        ],
        more: ['each: moves'],
      },
    },
  });
  const place = (id: string, shop: string, sku: string, n: number, moves: number[]) => ({
    _id: id,
    shop,
    sku,
    n,
    moves,
  });
  await load(
    { stock },
    {
      stock: [
        place('a', 's1', 'x', 1, [1, 2]),
        place('b', 's1', 'y', 2, [3]),
        place('c', 's2', 'x', 3, [4, 5]),
        place('d', 's3', 'x', 4, []),
      ],
    },
  );
  change('stock', [
    place('a', 's1', 'y', 1, [1, 2]),
    place('b', 's1', 'x', 2, [3]),
    place('c', 's9', 'x', 3, [4, 5]),
    place('d', 's2', 'x', 4, [6]),
  ]);
  const outcome = await refresh('stock', ['a', 'b', 'c', 'd']);
  expect(outcome.documents.map(({ change: what }) => what)).toEqual(Array(4).fill('updated'));
  expect(await query("select * from docrow.audit where action like 'repair%' and id is null")).toEqual([]);
  expect((await pipeline.validateCounts()).collections[0]!.tables.map(({ extra }) => extra)).toEqual([0, 1]);
  await pipeline.expectAsFresh(['stock', 'moves']);
});
