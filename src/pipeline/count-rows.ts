import type { Page } from '../encoding/row-buffer.ts';

/** How many rows a page has: each begins with its number of fields, and each field with its length (sql-copy, "Tuples"). */
export function countRows({ memory, length }: Pick<Page, 'memory' | 'length'>): number {
  const { view } = memory;
  let rows = 0;
  for (let at = 0; at < length; rows++) {
    const fields = view.getInt16(at);
    at += 2;
    for (let field = 0; field < fields; field++) at += 4 + Math.max(0, view.getInt32(at));
  }
  return rows;
}
