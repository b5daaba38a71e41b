import { buildColumn } from './build-column.ts';
import { buildEach, refersToParent } from './build-each.ts';
import { buildIndexes } from './build-indexes.ts';
import { nameConstraints } from './constraint-names.ts';
import type { ColumnMapping, RestColumn, TableMapping } from './mapping.ts';
import type { FilePath, MappingFile } from './mapping-file.ts';
import type { WrittenTable } from './mapping-schema.ts';
import type { ReadMapping } from './read-written-mapping.ts';
import { columnNameProblem, foldedName, nameProblem, safeName } from './safe-name.ts';
import { suggestion } from './suggestion.ts';

/** A table in the making, with the places of its parts in the file. */
export interface TableDraft {
  readonly table: TableMapping;
  readonly file: MappingFile;
  readonly path: FilePath;
  /** True when it has a rest column, even one that could not be read. */
  readonly hasRest: boolean;
  /** True for a column that is in the file but could not be read. */
  isBroken(column: string): boolean;
  columnPath(column: string): FilePath;
}

/** Where a table stands. */
export interface TablePlace {
  readonly file: MappingFile;
  readonly read: ReadMapping;
  /** The table above a child table; undefined for the root table, and when the parent could not be read. */
  readonly parent: TableDraft | undefined;
}

/** Completes one written table and reports what is wrong with it. */
export function buildTable(name: string, written: WrittenTable, place: TablePlace): TableDraft {
  const { file, read, parent } = place;
  const path = ['tables', name];
  const problem = nameProblem(name);
  if (problem !== undefined) file.report(path, problem, 'key');

  const rest = readRest(written, file, path);
  const hasRest = rest !== undefined || read.hasBrokenRest(name);
  checkMismatch(written, hasRest, parent, file, path);
  const columns: ColumnMapping[] = [];
  const broken = new Set<string>();
  const writtenNames = new Map<string, string>();
  for (const [columnName, column] of Object.entries(written.columns)) {
    const built = buildColumn(columnName, column, {
      file,
      path: [...path, 'columns', columnName],
      isKey: written.key.includes(columnName),
      hasRest,
      mismatch: hasRest ? (written.mismatch ?? 'reject') : 'reject',
      isChild: written.each !== undefined,
      parent,
    });
    if (built === undefined) broken.add(safeName(columnName));
    else columns.push(built);
    writtenNames.set(safeName(columnName), columnName);
  }
  const columnPath = (column: string): FilePath => [...path, 'columns', writtenNames.get(column) ?? column];
  const isBroken = (column: string): boolean => broken.has(safeName(column)) || read.isBroken(name, column);
  const known = new Map(
    [...Object.keys(written.columns), ...(rest ? [rest.name] : [])].map((n) => [safeName(n), n]),
  );

  const reportUnknown = (column: string, at: FilePath): void => {
    if (known.has(safeName(column)) || isBroken(column)) return;
    file.report(at, `table "${name}" has no column "${column}"${suggestion(column, known.values())}`);
  };
  for (const [i, column] of written.key.entries()) {
    const at = [...path, 'key', i];
    reportUnknown(column, at);
    if (written.key.indexOf(column) < i) file.report(at, `"${column}" is in the key twice`);
    if (safeName(column) === rest?.name) file.report(at, 'the rest column cannot be part of the key');
  }
  reportCollisions(Object.keys(written.columns), rest, file, path);

  const each = buildEach(written, { file, path, columns, isBroken, columnPath, parent });
  const needsParentKey = each !== undefined && !refersToParent(each, columns, parent);
  const overrides = readConstraintNames(written, columns, file, columnPath);
  const table: TableMapping = {
    name: safeName(name),
    each,
    key: written.key.map(safeName),
    columns,
    rest,
    unmapped: written.unmapped ?? 'reject',
    indexes: buildIndexes(name, written, { file, path, columns, rest, reportUnknown }),
    constraintNames: nameConstraints(name, columns, overrides, needsParentKey),
  };
  return { table, file, path, hasRest, isBroken, columnPath };
}

/** What a policy keeps needs a place: beside the elements, and beside the value that should have been their array. */
function checkMismatch(
  { mismatch }: WrittenTable,
  hasRest: boolean,
  parent: TableDraft | undefined,
  file: MappingFile,
  path: FilePath,
): void {
  if (mismatch !== 'rest') return;
  const at = [...path, 'mismatch'];
  if (!hasRest) file.report(at, '"mismatch: rest" needs a "rest" column in the table');
  if (parent !== undefined && !parent.hasRest) {
    file.report(at, `"mismatch: rest" needs a "rest" column in the parent "${parent.table.name}" too`);
  }
}

function readRest(written: WrittenTable, file: MappingFile, path: FilePath): RestColumn | undefined {
  if (written.rest === undefined) return undefined;
  const name = typeof written.rest === 'string' ? written.rest : written.rest.column;
  const problem = columnNameProblem(name);
  if (problem !== undefined) file.report([...path, 'rest'], problem);
  if (written.unmapped !== undefined) {
    file.report(
      [...path, 'unmapped'],
      '"unmapped" has no meaning beside "rest", which takes every field',
      'key',
    );
  }
  return { name: safeName(name) };
}

function reportCollisions(
  names: readonly string[],
  rest: RestColumn | undefined,
  file: MappingFile,
  path: FilePath,
): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const folded = foldedName(name);
    const first = seen.get(folded);
    if (first !== undefined) {
      file.report(
        [...path, 'columns', name],
        `"${name}" and "${first}" are one name without quotes in SQL`,
        'key',
      );
    } else seen.set(folded, name);
  }
  const taken = rest && seen.get(foldedName(rest.name));
  if (taken !== undefined)
    file.report([...path, 'rest'], `the rest column has the name of the column "${taken}"`);
}

/** The `name` key of each column, by column; it must have exactly one constraint to name. */
function readConstraintNames(
  written: WrittenTable,
  columns: readonly ColumnMapping[],
  file: MappingFile,
  columnPath: (column: string) => FilePath,
): ReadonlyMap<string, string> {
  const overrides = new Map<string, string>();
  for (const [writtenName, { name }] of Object.entries(written.columns)) {
    const column = columns.find((candidate) => candidate.name === safeName(writtenName));
    if (name === undefined || column === undefined) continue;
    const at = [...columnPath(column.name), 'name'];
    const problem = nameProblem(name);
    if (problem !== undefined) file.report(at, problem);
    const { unique, check, references } = column;
    const constraints = [unique, check, references !== undefined && references.orphans !== 'allow'].filter(
      Boolean,
    );
    if (constraints.length === 0)
      file.report(at, 'the column has no constraint that "name" could name', 'key');
    if (constraints.length > 1)
      file.report(at, 'the column has several constraints, so "name" is ambiguous', 'key');
    if (constraints.length === 1) overrides.set(column.name, safeName(name));
  }
  return overrides;
}
