import { describe, expect, test } from 'vitest';
import { order, orders } from '../../../support/orders-mapping.ts';
import { changesOf } from '../../../support/refresh-directly.ts';
import { useRefresh } from '../../../support/use-refresh.ts';

const pipeline = useRefresh();
const { load, change, refresh, plan, values, versions } = pipeline;
const tables = ['orders', 'lines', 'parts'];

/** Three ways back from a row to its document. */
describe.each([
  ['by the key', ['id: { from: _id, type: text, convert: ejson }']],
  [
    'by another column',
    [
      'id: { from: number, type: integer }',
      'object: { from: _id, type: text, convert: ejson, unique: true, required: true }',
    ],
  ],
  ['through docrow.document_key', ['id: { from: number, type: bigint }']],
])('documents found %s', (_way, columns) => {
  const mapping = orders({
    columns: [...columns, 'code: { from: code, type: text }'],
    more: ['unmapped: ignore'],
  });
  const numbered = (n: number, ...lines: readonly (readonly string[])[]) => ({
    ...order(n, ...lines),
    number: n + 100,
    code: `c${n}`,
  });
  const before = [
    numbered(1, ['x', 'p'], ['y', 'q', 'r']),
    numbered(2, ['x', 'p'], ['z']),
    numbered(3, ['w', 'p', 'p', 'p']),
    numbered(4),
    numbered(5, ['a', 'b']),
  ];
  const mappings = { orders: mapping };

  test('inserts, updates, deletes, and leaves alone what is the same', async () => {
    await load(mappings, { orders: before });
    const all = await versions(tables);
    expect(changesOf(await refresh('orders', [1, 2, 3, 4, 5, 6]))).toEqual([
      '{"$numberInt":"1"} unchanged',
      '{"$numberInt":"2"} unchanged',
      '{"$numberInt":"3"} unchanged',
      '{"$numberInt":"4"} unchanged',
      '{"$numberInt":"5"} unchanged',
      '{"$numberInt":"6"} unchanged',
    ]);
    expect(await versions(tables)).toEqual(all);
    change('orders', [
      numbered(1, ['x', 'p'], ['y', 'q', 'R'], ['new', 'n']),
      numbered(3, ['w', 'p']),
      { ...numbered(4), code: 'changed' },
      numbered(5, ['a', 'b']),
      numbered(6, ['six', 'vi']),
      numbered(7, ['not asked for']),
    ]);
    const ids = [6, 5, 4, 3, 2, 1];
    const planned = await plan('orders', ids);
    expect(await versions(tables)).toEqual(all);
    expect(
      planned.flatMap(({ rows }) => rows.map((row) => [row.kind, row.table, ...row.columns].join(' '))),
    ).toEqual([
      'insert lines',
      'insert parts',
      'update parts part',
      'delete orders',
      'delete lines',
      'delete lines',
      'delete parts',
      'delete parts',
      'delete parts',
      'update orders code',
      'insert orders',
      'insert lines',
      'insert parts',
    ]);
    expect(changesOf(await refresh('orders', ids))).toEqual([
      '{"$numberInt":"1"} updated',
      '{"$numberInt":"2"} deleted',
      '{"$numberInt":"3"} updated',
      '{"$numberInt":"4"} updated',
      '{"$numberInt":"5"} unchanged',
      '{"$numberInt":"6"} inserted',
    ]);
    expect(await plan('orders', ids)).toEqual([]);
    expect(changesOf(await refresh('orders', [7]))).toEqual(['{"$numberInt":"7"} inserted']);
    expect(
      await values("select action || ' ' || id_text || ' ' || table_name from docrow.audit order by 1"),
    ).toContain('repair-update {"$numberInt":"4"} orders');
    await pipeline.expectAsFresh(tables);
  });
});
