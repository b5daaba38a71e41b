import type { DocumentPath, EachElement, TableMapping } from '../mapping/mapping.ts';
import type { ColumnOutcome } from './convert-column.ts';
import type { RowConversion } from './convert-row.ts';
import { collectRest } from './rest-document.ts';
import { type RowSource, takesElement } from './row-source.ts';
import { toRest } from './to-rest.ts';
import { valueProblem } from './value-path.ts';

/** Paths whose values the rest column has to hold although the table takes them. */
export interface KeptPaths {
  /** Of values that a policy sends there; empty for the whole element. */
  readonly setAside: readonly (DocumentPath | readonly [])[];
  /** Of values that no column has, since others come first in its `from`. */
  readonly lost: readonly DocumentPath[];
}

/**
 * The rest column's value for one row; null when nothing is left over, or the table has no such column.
 * @param taken the paths of columns and child tables
 * @throws DocrowError `document-unmapped-field` where the table wants no such fields, and what `toRest` throws
 */
export function convertRest(
  table: TableMapping,
  row: RowSource,
  taken: readonly DocumentPath[],
  { setAside, lost }: KeptPaths,
  { mapping, note }: Pick<RowConversion, 'mapping' | 'note'>,
): string | null {
  const { name, rest } = table;
  if (rest !== undefined && setAside.some((path) => path.length === 0)) {
    return toRest(row.content.value, mapping.duplicates, row.at);
  }
  const left = collectRest(
    row.document,
    takesElement(table) ? 'all' : [...taken, ...ownKey(table)],
    [...lost, ...setAside],
    rest !== undefined,
  );
  if (left.paths.length === 0) return null;
  if (rest === undefined) {
    if (table.unmapped === 'ignore') return null;
    throw valueProblem('document-unmapped-field', 'No column takes this field', [
      ...row.at,
      ...(left.paths[0] ?? []),
    ]);
  }
  const isTaken = new Set([...setAside, ...left.emptied].map((path) => JSON.stringify(path)));
  for (const path of left.paths) {
    if (isTaken.has(JSON.stringify(path))) continue;
    note({ table: name, column: rest.name, kind: 'unmapped-rest', path: path.join('.') });
  }
  return toRest({ type: 'document', raw: left.bytes }, mapping.duplicates, row.at);
}

/** What a table takes: the paths of its columns, and of the arrays of its child tables. */
export function takenPaths(table: TableMapping, children: readonly EachElement[]): readonly DocumentPath[] {
  const ofColumns = table.columns.flatMap(({ from }) =>
    from.flatMap((source) => (source.kind === 'path' ? [source.path] : [])),
  );
  return [...ofColumns, ...children.flatMap(({ path }) => (path.length === 0 ? [] : [path]))];
}

/** docrow keeps the `_id` of a document elsewhere; in an element it is a field like any other. */
const ownKey = ({ each }: TableMapping): readonly DocumentPath[] => (each === undefined ? [['_id']] : []);

/**
 * Paths that lost in the `from` of a column, and whose values nothing else has: no other column, no child table, and
 * no column that takes the element whole. The `_id` of a document is kept elsewhere.
 */
export function lostPaths(
  table: TableMapping,
  columns: readonly ColumnOutcome[],
  children: readonly EachElement[],
): readonly DocumentPath[] {
  if (takesElement(table)) return [];
  const won = new Set(
    [...columns.map(({ winner }) => winner), ...children.map(({ path }) => path)].map((path) =>
      JSON.stringify(path),
    ),
  );
  return columns
    .flatMap(({ losing }) => losing)
    .filter((path) => (table.each !== undefined || path[0] !== '_id') && !won.has(JSON.stringify(path)));
}
