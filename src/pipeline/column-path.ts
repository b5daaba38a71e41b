import type { TableMapping } from '../mapping/mapping.ts';

/** The path in the document that a column is first taken from, dotted; empty when it comes from elsewhere. */
export function columnPath(table: TableMapping, columnName: string): string {
  const column = table.columns.find(({ name }) => name === columnName);
  for (const source of column?.from ?? []) if (source.kind === 'path') return source.path.join('.');
  return '';
}
