import fc from 'fast-check';
import type { ColumnMapping, DocumentPath, TableMapping } from '../../src/mapping/mapping.ts';
import { arbitraryColumn, forgiving, putRight, seldom } from './mapping-arbitraries.ts';
import { childTable, columnOf } from './plain-conversion.ts';

/** Some are those of columns too. */
const arrayPaths: readonly DocumentPath[] = [
  ['list'],
  ['sub', 'items'],
  ['a'],
  ['sub', 'deep', 'y'],
  ['d', ''],
];

/** A column of a child table: a path mostly, the element, its position, or a column of the parent row. */
function arbitraryChildColumn(
  name: string,
  parent: TableMapping,
  hasRest: boolean,
): fc.Arbitrary<ColumnMapping> {
  const value = arbitraryColumn(name, hasRest).map((column) => {
    const from = column.from.filter(({ kind }) => kind !== 'id-time');
    return from.length > 0 ? { ...column, from } : columnOf('text', { name });
  });
  const item = arbitraryColumn(name, hasRest).map((column) =>
    putRight({ ...column, from: [{ kind: 'item' }], skipNull: false }),
  );
  const index = fc
    .constantFrom('smallint', 'integer', 'bigint')
    .map((type) => columnOf(type, { name, from: [{ kind: 'index' }] }));
  const copy = fc
    .tuple(fc.constantFrom(...parent.columns), seldom(4))
    .map(([{ name: column, type }, required]) =>
      columnOf('text', { name, type, from: [{ kind: 'parent', column }], required }),
    );
  return fc.oneof(
    { weight: 2, arbitrary: value },
    { weight: 4, arbitrary: value.map(forgiving) },
    { weight: 1, arbitrary: item.map(forgiving) },
    { weight: 1, arbitrary: index },
    { weight: 2, arbitrary: copy },
  );
}

/** Generated root rows often have null for what a key is copied from. */
const withoutRequired = (table: TableMapping): TableMapping => ({
  ...table,
  columns: table.columns.map((column) => ({ ...column, required: false })),
});

/** A child table of any of the given ones, with one to four columns besides its key. */
export function arbitraryChildTable(
  name: string,
  tables: readonly TableMapping[],
): fc.Arbitrary<TableMapping> {
  return fc
    .record({
      parent: fc.constantFrom(...tables),
      ofElement: seldom(4),
      path: fc.constantFrom(...arrayPaths),
      hasRest: fc.boolean(),
      unmapped: fc.constantFrom('reject' as const, 'ignore' as const),
      mismatch: fc.constantFrom('reject' as const, 'rest' as const),
      columns: fc.integer({ min: 1, max: 4 }),
      keyIsRequired: seldom(8),
    })
    .chain(({ parent, ofElement, path, hasRest, unmapped, mismatch, columns, keyIsRequired }) =>
      fc
        .tuple(
          ...Array.from({ length: columns }, (_, index) =>
            arbitraryChildColumn(`${name}_${index}`, parent, hasRest),
          ),
        )
        .map((list) =>
          childTable(name, ofElement && parent.each !== undefined ? [] : path, list, {
            parent: parent.name,
            of: parent.columns[0]!,
            rest: hasRest ? { name: 'rest' } : undefined,
            unmapped,
            mismatch: hasRest && parent.rest !== undefined ? mismatch : 'reject',
          }),
        )
        .map((table) => (keyIsRequired ? table : withoutRequired(table))),
    );
}
