import type { CollectionMapping, EachElement, TableMapping } from '../mapping/mapping.ts';
import { type ConversionContext, convertColumn } from './convert-column.ts';
import { convertRest, type KeptPaths, lostPaths, takenPaths } from './convert-rest.ts';
import { rejectDuplicateKeys } from './document-fields.ts';
import { findElements } from './find-elements.ts';
import type { Adjustment } from './plain-outcome.ts';
import { elementSource, type RowSource, takesElement } from './row-source.ts';
import { mismatch } from './value-path.ts';

/** What is the same for all rows of a document. */
export interface RowConversion {
  readonly mapping: CollectionMapping;
  readonly context: ConversionContext;
  /** Takes a finished row of a table. */
  readonly add: (table: string, values: readonly (string | null)[]) => void;
  readonly note: (adjustment: Adjustment) => void;
}

/**
 * Converts one row and, after it, the rows of its child tables, array by array and depth first.
 *
 * The first problem decides: an element of the wrong kind, duplicate keys, the columns in their order, values that
 * should be the arrays of child tables, fields that nothing takes, the rest column, and then the rows below.
 * @throws DocrowError with a code that sets the document aside; `path` is in its context
 */
export function convertRow(table: TableMapping, row: RowSource, conversion: RowConversion): void {
  const { mapping, context } = conversion;
  const { name, rest } = table;
  const note = (column: string, kind: Adjustment['kind']): void =>
    conversion.note({ table: name, column, kind });
  const children = mapping.tables.flatMap((child) =>
    child.each?.parent === name ? [{ child, each: child.each }] : [],
  );
  const arrays = children.map(({ each }) => each);

  const isElementSetAside = isOtherKind(table, row, arrays);
  const taken = takenPaths(table, arrays);
  if (mapping.duplicates === 'reject') rejectDuplicateKeys(row.document, taken, row.at);

  const columns = table.columns.map((column) => ({
    column,
    ...convertColumn(column, row, mapping, context),
  }));
  for (const { column, adjustments } of columns) for (const kind of adjustments) note(column.name, kind);
  const below = children.map(({ child, each }) => ({ child, each, ...findElements(each, row) }));

  const withoutArray = below.flatMap(({ setAside }) => (setAside === undefined ? [] : [setAside]));
  if (rest !== undefined && (isElementSetAside || withoutArray.length > 0)) note(rest.name, 'mismatch-rest');
  const kept: KeptPaths = {
    setAside: [
      ...(isElementSetAside ? [[]] : []),
      ...columns.flatMap(({ setAside }) => (setAside === undefined ? [] : [setAside])),
      ...withoutArray,
    ],
    lost: lostPaths(table, columns, arrays),
  };
  const values = columns.map(({ text }) => text);
  const restText = convertRest(table, row, taken, kept, conversion);
  conversion.add(name, rest === undefined ? values : [...values, restText]);

  const ofParent = new Map(columns.map(({ column, text }) => [column.name, text]));
  for (const { child, each, elements } of below) {
    for (const [index, element] of elements.entries()) {
      convertRow(child, elementSource(element, index, [...row.at, ...each.path], ofParent), conversion);
    }
  }
}

/**
 * Looks for an element that is no document where neither a column nor a child table takes elements of any kind.
 * @returns true when it goes into the rest column
 * @throws DocrowError `value-mismatch` where the table does not put it there
 */
function isOtherKind(table: TableMapping, row: RowSource, arrays: readonly EachElement[]): boolean {
  if (row.content.value.type === 'document' || takesElement(table)) return false;
  if (arrays.some(({ path }) => path.length === 0)) return false;
  if (table.each?.mismatch === 'rest') return true;
  throw mismatch('The element is not a document', row.at);
}
