import type { TableDraft } from './build-table.ts';
import { checkColumn, hasContent } from './check-column.ts';
import type { ColumnMapping, ColumnReference, YamlValue } from './mapping.ts';
import type { FilePath, MappingFile } from './mapping-file.ts';
import type { WrittenColumn } from './mapping-schema.ts';
import { parsePath } from './parse-path.ts';
import { readColumnType } from './read-column-type.ts';
import { readSources } from './read-sources.ts';
import { columnNameProblem, safeName } from './safe-name.ts';

/** What a column has to know of its table. */
export interface ColumnPlace {
  readonly file: MappingFile;
  /** Path of the column in the file. */
  readonly path: FilePath;
  readonly isKey: boolean;
  readonly hasRest: boolean;
  /** What holds for columns that do not say `mismatch` themselves. */
  readonly mismatch: 'reject' | 'rest';
  readonly isChild: boolean;
  /** The table above a child table; undefined too when it could not be read. */
  readonly parent: TableDraft | undefined;
}

/**
 * Completes one written column with its defaults and reports what is wrong with it. That a reference leads
 * somewhere is checked later, when all files are read.
 * @returns undefined when the column could not be understood
 */
export function buildColumn(
  name: string,
  written: WrittenColumn,
  place: ColumnPlace,
): ColumnMapping | undefined {
  const { file, path } = place;
  const nameProblem = columnNameProblem(name);
  if (nameProblem !== undefined) file.report(path, nameProblem, 'key');
  const from = readSources(written.from, place);
  const type = readColumnType(written.type, from, place);
  const references = readReference(written, place);
  if (type === undefined) return undefined;

  const required = (written.required ?? false) || place.isKey;
  const column: ColumnMapping = {
    name: safeName(name),
    from: from ?? [],
    skipNull: written.skipNull ?? false,
    type,
    required,
    default: written.default as YamlValue | undefined,
    nullDefault: written.nullDefault ?? false,
    mismatch: 'reject',
    nul: written.nul ?? 'reject',
    json: written.json ?? 'natural',
    convert: written.convert,
    transform: written.transform,
    check: written.check,
    unique: written.unique ?? false,
    references,
  };
  const mismatch =
    written.mismatch === undefined ? inheritedMismatch(column, place) : readPolicy(written.mismatch);
  const complete = { ...column, mismatch };
  checkColumn(complete, written, place);
  return from && complete;
}

/** A policy as written, where YAML's null stands for the policy of that name. */
function readPolicy<P extends string>(written: P | null | undefined): P | 'reject' | 'null' {
  return written === undefined ? 'reject' : (written ?? 'null');
}

/** The table's policy, for a column that can have a mismatch, may be null then, and has a value to keep. */
function inheritedMismatch({ from, type, required }: ColumnMapping, place: ColumnPlace): 'reject' | 'rest' {
  const takesAll = type.name === 'json' || type.name === 'jsonb';
  return required || takesAll || !from.some(hasContent) ? 'reject' : place.mismatch;
}

function readReference(written: WrittenColumn, { file, path }: ColumnPlace): ColumnReference | undefined {
  if (written.references === undefined) {
    if (written.orphans !== undefined)
      file.report([...path, 'orphans'], '"orphans" needs "references" beside it', 'key');
    return undefined;
  }
  const parsed = parsePath(written.references);
  const [table, column, ...more] = 'path' in parsed ? parsed.path : [];
  if (table === undefined || column === undefined || more.length > 0) {
    file.report([...path, 'references'], '"references" must be written as table.column');
    return undefined;
  }
  return { table: safeName(table), column: safeName(column), orphans: readPolicy(written.orphans) };
}
