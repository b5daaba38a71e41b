import type { ColumnMapping, TableMapping } from './mapping.ts';

/**
 * The column from whose value a document's `_id` can be told, or undefined.
 *
 * That asks for a conversion that is injective and says no to what it cannot take: `hex` (ObjectIds only) and
 * `ejson`. A text column without `convert` is not enough, since an ObjectId and its hex text would meet.
 */
export function findIdColumn(table: TableMapping): string | undefined {
  return table.columns.find((column) => holdsId(column) && findsOneRow(column, table))?.name;
}

function holdsId({ from, convert, default: whenMissing, nullDefault }: ColumnMapping): boolean {
  const [source] = from;
  if (from.length !== 1 || source?.kind !== 'path' || source.path.length !== 1 || source.path[0] !== '_id')
    return false;
  return (convert === 'hex' || convert === 'ejson') && whenMissing === undefined && !nullDefault;
}

function findsOneRow({ name, unique, required, mismatch }: ColumnMapping, { key }: TableMapping): boolean {
  const isKey = key.length === 1 && key[0] === name;
  return isKey || (unique && required && mismatch === 'reject');
}
