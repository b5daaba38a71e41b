import { buildColumn } from './build-column.ts';
import { indexName, nameConstraints } from './constraint-names.ts';
import type { ColumnMapping, IndexMapping, RestColumn, TableMapping } from './mapping.ts';
import type { FilePath, MappingFile } from './mapping-file.ts';
import type { WrittenIndex, WrittenTable } from './mapping-schema.ts';
import type { ReadMapping } from './read-written-mapping.ts';
import { columnNameProblem, foldedName, nameProblem, safeName } from './safe-name.ts';
import { suggestion } from './suggestion.ts';

/** A table in the making, with the places of its parts in the file. */
export interface TableDraft {
  readonly table: TableMapping;
  readonly file: MappingFile;
  readonly path: FilePath;
  /** True for a column that is in the file but could not be read. */
  isBroken(column: string): boolean;
  columnPath(column: string): FilePath;
}

/** Completes one written table and reports what is wrong with it. */
export function buildTable(
  name: string,
  written: WrittenTable,
  file: MappingFile,
  read: ReadMapping,
): TableDraft {
  const path = ['tables', name];
  const problem = nameProblem(name);
  if (problem !== undefined) file.report(path, problem, 'key');

  const rest = readRest(written, file, path);
  const columns: ColumnMapping[] = [];
  const broken = new Set<string>();
  const writtenNames = new Map<string, string>();
  for (const [columnName, column] of Object.entries(written.columns)) {
    const place = {
      file,
      path: [...path, 'columns', columnName],
      isKey: written.key.includes(columnName),
      hasRest: rest !== undefined || read.hasBrokenRest(name),
    };
    const built = buildColumn(columnName, column, place);
    if (built === undefined) broken.add(columnName);
    else columns.push(built);
    writtenNames.set(safeName(columnName), columnName);
  }
  const columnPath = (column: string): FilePath => [...path, 'columns', writtenNames.get(column) ?? column];
  const isBroken = (column: string): boolean => broken.has(column) || read.isBroken(name, column);
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

  const indexes = (written.indexes ?? []).map((index, i) => {
    const at = [...path, 'indexes', i];
    for (const [c, column] of index.columns.entries()) {
      reportUnknown(column, [...at, 'columns', c]);
      if (index.columns.indexOf(column) < c)
        file.report([...at, 'columns', c], `"${column}" is in the index twice`);
    }
    checkIndex(index, columns, rest, file, at);
    return buildIndex(name, index);
  });
  const tableName = safeName(name);
  const overrides = readConstraintNames(written, columns, file, columnPath);
  const table: TableMapping = {
    name: tableName,
    key: written.key.map(safeName),
    columns,
    rest,
    unmapped: written.unmapped ?? 'reject',
    indexes: [...indexes, ...indexesForAllowedOrphans(tableName, columns, indexes)],
    constraintNames: nameConstraints(name, columns, overrides),
  };
  return { table, file, path, isBroken, columnPath };
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

function buildIndex(table: string, written: WrittenIndex): IndexMapping {
  return {
    name: written.name === undefined ? indexName(table, written.columns) : safeName(written.name),
    columns: written.columns.map(safeName),
    unique: written.unique ?? false,
    where: written.where,
    method: written.method ?? 'btree',
  };
}

function checkIndex(
  { method = 'btree', unique, columns: names, name }: WrittenIndex,
  columns: readonly ColumnMapping[],
  rest: RestColumn | undefined,
  file: MappingFile,
  at: FilePath,
): void {
  const problem = name === undefined ? undefined : nameProblem(name);
  if (problem !== undefined) file.report([...at, 'name'], problem);
  if (unique && method !== 'btree') file.report([...at, 'unique'], 'only a btree index can be unique', 'key');
  if (method === 'hash' && names.length > 1) file.report([...at, 'columns'], 'a hash index takes one column');
  for (const [i, column] of names.entries()) {
    const type = columns.find((candidate) => candidate.name === safeName(column))?.type;
    if (type === undefined && safeName(column) !== rest?.name) continue;
    const typeName = type?.name ?? 'jsonb';
    if (typeName === 'json') file.report([...at, 'columns', i], 'PostgreSQL cannot index json; use jsonb');
    else if (method === 'gin' && typeName !== 'jsonb' && !type?.array) {
      file.report([...at, 'columns', i], 'a gin index takes jsonb and arrays');
    }
  }
}

/** A reference that is not enforced still wants to be searched. */
function indexesForAllowedOrphans(
  table: string,
  columns: readonly ColumnMapping[],
  written: readonly IndexMapping[],
): readonly IndexMapping[] {
  return columns
    .filter(({ references, unique }) => references?.orphans === 'allow' && !unique)
    .filter(({ name }) => !written.some((index) => index.columns[0] === name && index.where === undefined))
    .map(({ name }) => ({
      name: indexName(table, [name]),
      columns: [name],
      unique: false,
      where: undefined,
      method: 'btree',
    }));
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
