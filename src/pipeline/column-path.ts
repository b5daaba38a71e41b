import type { CollectionMapping, TableMapping } from '../mapping/mapping.ts';

/**
 * The path in the document that a column is first taken from, dotted and without array positions; empty when it comes
 * from elsewhere.
 */
export function columnPath(mapping: CollectionMapping, table: TableMapping, columnName: string): string {
  const column = table.columns.find(({ name }) => name === columnName);
  for (const source of column?.from ?? []) {
    if (source.kind === 'path') return [...elementPath(mapping, table), ...source.path].join('.');
    if (source.kind === 'index' || source.kind === 'item') return elementPath(mapping, table).join('.');
    if (source.kind === 'parent') return columnPath(mapping, parentOf(mapping, table)!, source.column);
  }
  return '';
}

/**
 * The path of the one column that makes the difference between rows that share a value; empty where there are several.
 * In the key of a child table the parent's key makes none.
 */
export function sharedPath(
  mapping: CollectionMapping,
  table: TableMapping,
  columns: readonly string[],
): string {
  const own = columns.filter((name) => columns.length === 1 || !table.each?.parentKey.includes(name));
  return own.length === 1 ? columnPath(mapping, table, own[0]!) : '';
}

/** Keys that lead from the document to what the rows of a table are made from. */
function elementPath(mapping: CollectionMapping, table: TableMapping): readonly string[] {
  const parent = parentOf(mapping, table);
  return parent === undefined ? [] : [...elementPath(mapping, parent), ...table.each!.path];
}

export const parentOf = ({ tables }: CollectionMapping, { each }: TableMapping): TableMapping | undefined =>
  each === undefined ? undefined : tables.find(({ name }) => name === each.parent);
