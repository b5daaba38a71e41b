import { describe, expect, test } from 'vitest';
import { LossTally } from '../../../src/losses/loss-tally.ts';
import type { CollectionMapping, TableMapping } from '../../../src/mapping/mapping.ts';
import { lossesOf } from '../../support/losses-of.ts';
import { columnOf, mappingOf, pathSource } from '../../support/plain-conversion.ts';
import { type RawField, type RawValue, raw, rawDocument, viewOf } from '../../support/raw-bson.ts';

const oid = raw.objectId('65a1b2c3d4e5f60718293a4b');

describe('child tables', () => {
  const child = (given: Partial<TableMapping> = {}): CollectionMapping => {
    const mapping = mappingOf([columnOf('integer', { name: 'id', from: [pathSource('_id')] })]);
    const root: TableMapping = { ...mapping.tables[0]!, unmapped: 'reject', each: undefined };
    const items: TableMapping = {
      ...root,
      name: 'items',
      each: { parent: 'things', path: ['items'], parentKey: ['thing_id'], mismatch: 'reject' },
      columns: [
        columnOf('integer', { name: 'thing_id', from: [{ kind: 'parent', column: 'id' }] }),
        columnOf('integer', { name: 'place', from: [{ kind: 'index' }] }),
        columnOf('text', { name: 'sku', from: [pathSource('sku')] }),
      ],
      ...given,
    };
    return { ...mapping, tables: [root, items], idColumn: undefined };
  };
  const items = (...values: RawValue[]): readonly RawField[] => [
    ['_id', raw.int32(1)],
    ['items', raw.array(values)],
  ];
  const item = raw.document([['sku', raw.string('a')]]);

  test('null and empty arrays leave no rows', () => {
    expect(lossesOf(child(), items(item, item))).toEqual([]);
    expect(lossesOf(child(), items())).toEqual(['items empty-array']);
    expect(lossesOf(child(), [['items', raw.null()]])).toEqual(['items null-as-missing']);
  });

  test('paths of elements are without positions, each counted once', () => {
    const strange = raw.document([
      ['sku', oid],
      ['more', raw.int32(1)],
    ]);
    const mapping = child({ unmapped: 'ignore' });
    expect(lossesOf(mapping, items(item, strange, strange))).toEqual([
      'items.more unmapped',
      'items.sku type-changed',
    ]);
    const tally = new LossTally(mapping);
    for (const fields of [items(strange, strange), items(item), items(strange)]) {
      const document = rawDocument(fields);
      tally.count(document, viewOf(document), 0);
    }
    expect(tally.declaredLosses()).toEqual([
      { path: 'items.more', kind: 'unmapped', documents: 2 },
      { path: 'items.sku', kind: 'type-changed', documents: 2 },
    ]);
  });

  test('without a position column the order is lost', () => {
    const [thing, , sku] = child().tables[1]!.columns;
    expect(lossesOf(child({ columns: [thing!, sku!] }), items(item, item))).toEqual(['items element-order']);
    expect(lossesOf(child({ columns: [thing!, sku!] }), items(item))).toEqual([]);
  });

  test('a column may take the whole element', () => {
    const whole = columnOf('jsonb', { name: 'whole', from: [{ kind: 'item' }], json: 'canonical' });
    const columns = [...child().tables[1]!.columns.slice(0, 2), whole];
    expect(lossesOf(child({ columns }), items(item, raw.null(), raw.int32(1)))).toEqual([]);
  });

  test('arrays of arrays', () => {
    const inner: TableMapping = {
      ...child().tables[1]!,
      name: 'cells',
      each: { parent: 'items', path: [], parentKey: ['thing_id', 'place'], mismatch: 'reject' },
      columns: [
        ...child().tables[1]!.columns.slice(0, 2),
        columnOf('integer', { name: 'n', from: [{ kind: 'item' }] }),
      ],
    };
    const rows = child({ columns: child().tables[1]!.columns.slice(0, 2) });
    const mapping = { ...rows, tables: [...rows.tables, inner] };
    expect(lossesOf(mapping, items(raw.array([raw.int32(1)]), raw.array([])))).toEqual([]);
    expect(lossesOf(mapping, items(raw.array([raw.int64(1n)]), raw.null()))).toEqual([
      'items integer-width',
      'items null-as-missing',
    ]);
  });
});
