import { checkColumn } from './check-column.ts';
import type { ColumnMapping, ColumnReference, ColumnSource, ColumnType, YamlValue } from './mapping.ts';
import type { FilePath, MappingFile } from './mapping-file.ts';
import type { WrittenColumn } from './mapping-schema.ts';
import { parsePath } from './parse-path.ts';
import { parseSource } from './parse-source.ts';
import { parseType } from './parse-type.ts';
import { columnNameProblem, safeName } from './safe-name.ts';

/** What a column has to know of its table. */
export interface ColumnPlace {
  readonly file: MappingFile;
  /** Path of the column in the file. */
  readonly path: FilePath;
  readonly isKey: boolean;
  readonly hasRest: boolean;
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
  const type = readType(written.type, place);
  const from = readSources(written.from, place);
  const references = readReference(written, place);
  if (type === undefined) return undefined;

  const column: ColumnMapping = {
    name: safeName(name),
    from: from ?? [],
    skipNull: written.skipNull ?? false,
    type,
    required: (written.required ?? false) || place.isKey,
    default: written.default as YamlValue | undefined,
    nullDefault: written.nullDefault ?? false,
    mismatch: readPolicy(written.mismatch),
    nul: written.nul ?? 'reject',
    json: written.json ?? 'natural',
    convert: written.convert,
    transform: written.transform,
    check: written.check,
    unique: written.unique ?? false,
    references,
  };
  checkColumn(column, written, place);
  return from && column;
}

/** A policy as written, where YAML's null stands for the policy of that name. */
function readPolicy<P extends string>(written: P | null | undefined): P | 'reject' | 'null' {
  return written === undefined ? 'reject' : (written ?? 'null');
}

function readType(text: string, { file, path }: ColumnPlace): ColumnType | undefined {
  const parsed = parseType(text);
  if ('type' in parsed) return parsed.type;
  file.report([...path, 'type'], parsed.problem);
  return undefined;
}

function readSources(
  from: WrittenColumn['from'],
  { file, path }: ColumnPlace,
): readonly ColumnSource[] | undefined {
  const sources: ColumnSource[] = [];
  const texts = typeof from === 'string' ? [from] : from;
  for (const [i, text] of texts.entries()) {
    const at = [...path, 'from', ...(typeof from === 'string' ? [] : [i])];
    const parsed = parseSource(text);
    if ('problem' in parsed) file.report(at, parsed.problem);
    else if (sources.at(-1)?.kind === 'run-time') {
      file.report(at, `"${text}" is never used, because $runTime before it is always there`);
    } else sources.push(parsed.source);
  }
  return sources.length === texts.length ? sources : undefined;
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
