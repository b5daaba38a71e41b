import type { ColumnMapping, TableMapping } from './mapping.ts';

/**
 * The column from whose value a document's `_id` can be told, or undefined.
 *
 * That asks for a conversion that is injective and says no to what it cannot take: `hex` (ObjectIds only), `ejson`,
 * and `smallint` or `integer` as the key: they take numbers only, and equal numbers are one `_id` in MongoDB too. Not so
 * `bigint`, which takes timestamps as well, nor a text column without `convert`, where an ObjectId and its hex text
 * would meet.
 */
export function findIdColumn(table: TableMapping): string | undefined {
  return table.columns.find((column) => isIdColumn(column, table))?.name;
}

function isIdColumn(column: ColumnMapping, { key }: TableMapping): boolean {
  const { from, convert, transform, type, default: whenMissing, nullDefault } = column;
  const [source] = from;
  const isId = source?.kind === 'path' && source.path.length === 1 && source.path[0] === '_id';
  if (from.length !== 1 || !isId || whenMissing !== undefined || nullDefault) return false;
  const isKey = key.length === 1 && key[0] === column.name;
  if (convert === 'hex' || convert === 'ejson') {
    return isKey || (column.unique && column.required && column.mismatch === 'reject');
  }
  const isWholeNumber = (type.name === 'smallint' || type.name === 'integer') && !type.array;
  return isKey && isWholeNumber && convert === undefined && transform === undefined;
}
