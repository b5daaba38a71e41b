import type { TargetTable } from '../row-target.ts';
import { quoteNames, quoteTable } from './quote.ts';

/** The statement that receives rows of a table in binary form. Columns are listed: generated ones are left out. */
export function copySql(schema: string, table: TargetTable): string {
  const relation = quoteTable(table.place === 'state' ? 'docrow' : schema, table.name);
  return `copy ${relation} (${quoteNames(table.columns)}) from stdin with (format binary)`;
}
