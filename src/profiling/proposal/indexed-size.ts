import type { ProposedColumn } from './proposal.ts';
import { mostEjsonBytes, mostIndexedBytes } from './propose-key.ts';

/** Most bytes that a column's values have in a btree index; infinite where that is not bounded. */
function mostBytes({ choice, value }: ProposedColumn): number {
  if (choice === undefined || choice.type === 'jsonb' || choice.type.endsWith('[]'))
    return Number.POSITIVE_INFINITY;
  if (choice.convert === 'hex') return 28;
  if (choice.convert === 'ejson')
    return value === undefined ? Number.POSITIVE_INFINITY : mostEjsonBytes(value);
  if (choice.type === 'text') {
    // An escaped NUL takes two bytes, and so does each backslash.
    return (value?.strings?.maxLength ?? Number.POSITIVE_INFINITY) * 4;
  }
  return choice.type === 'bytea' ? (value?.binaries?.maxLength ?? Number.POSITIVE_INFINITY) : 32;
}

/** Whether a btree index over columns takes every value that was seen. */
export const fitsBtree = (columns: readonly ProposedColumn[]): boolean =>
  columns.reduce((sum, column) => sum + mostBytes(column), 0) <= mostIndexedBytes;

/** Whether a gin index takes every element of an array column; jsonb has hashes of long texts in it. */
export function fitsGin(column: ProposedColumn | undefined): boolean {
  if (column?.choice?.type === 'jsonb') return true;
  const element = column?.value?.arrays?.element;
  return (
    element !== undefined &&
    (element.strings?.maxLength ?? 0) * 4 <= mostIndexedBytes &&
    (element.binaries?.maxLength ?? 0) <= mostIndexedBytes
  );
}
