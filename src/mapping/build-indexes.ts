import { indexName } from './constraint-names.ts';
import type { ColumnMapping, IndexMapping, RestColumn } from './mapping.ts';
import type { FilePath, MappingFile } from './mapping-file.ts';
import type { WrittenIndex, WrittenTable } from './mapping-schema.ts';
import { nameProblem, safeName } from './safe-name.ts';

/** What indexes have to know of their table. */
interface IndexPlace {
  readonly file: MappingFile;
  /** Path of the table in the file. */
  readonly path: FilePath;
  readonly columns: readonly ColumnMapping[];
  readonly rest: RestColumn | undefined;
  /** Reports the name of a column that the table does not have. */
  readonly reportUnknown: (column: string, at: FilePath) => void;
}

/** Completes the written indexes of a table, adds those for references that are not enforced, and reports problems. */
export function buildIndexes(
  table: string,
  { indexes = [] }: WrittenTable,
  place: IndexPlace,
): readonly IndexMapping[] {
  const { file, path, columns, rest, reportUnknown } = place;
  const written = indexes.map((index, i) => {
    const at = [...path, 'indexes', i];
    for (const [c, column] of index.columns.entries()) {
      reportUnknown(column, [...at, 'columns', c]);
      if (index.columns.indexOf(column) < c)
        file.report([...at, 'columns', c], `"${column}" is in the index twice`);
    }
    checkIndex(index, columns, rest, file, at);
    return buildIndex(table, index);
  });
  return [...written, ...indexesForAllowedOrphans(safeName(table), columns, written)];
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
