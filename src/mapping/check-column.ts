import type { ColumnPlace } from './build-column.ts';
import type { ColumnMapping, ColumnSource, ConvertName, PlainTypeName } from './mapping.ts';
import type { WrittenColumn } from './mapping-schema.ts';
import { typeSql } from './type-sql.ts';
import { unfitReason } from './yaml-value-fits.ts';

/** The column types that each conversion can give. */
const convertTargets: Readonly<Record<ConvertName, readonly PlainTypeName[]>> = {
  uuidv5: ['uuid', 'text', 'varchar'],
  ejson: ['text', 'varchar'],
  hex: ['text', 'varchar'],
  text: ['text', 'varchar'],
  base64: ['text', 'varchar', 'bytea'],
  iso: ['text', 'varchar', 'timestamptz', 'timestamp'],
  'epoch-ms': ['timestamptz', 'timestamp', 'bigint', 'numeric', 'double precision'],
  'epoch-s': ['timestamptz', 'timestamp', 'bigint', 'numeric', 'double precision'],
};

const textTypes: readonly PlainTypeName[] = ['text', 'varchar', 'json', 'jsonb'];
const jsonTypes: readonly PlainTypeName[] = ['json', 'jsonb'];
const instantTypes: readonly PlainTypeName[] = ['timestamptz', 'timestamp', 'json', 'jsonb'];
const uncheckableTypes: readonly PlainTypeName[] = ['json', 'jsonb', 'bytea'];

/** Keys that a column from `^column` or `$index` can have beside `from`: its value is there, and of the right type. */
const keysOfGivenValues: readonly string[] = [
  'from',
  'type',
  'references',
  'orphans',
  'unique',
  'name',
  'required',
];

const integerTypes: readonly PlainTypeName[] = ['smallint', 'integer', 'bigint'];

/** True for a source that gives something of the document, which a rest column can keep. */
export const hasContent = ({ kind }: ColumnSource): boolean => kind === 'path' || kind === 'item';

/** Reports keys of one column that contradict its type or each other. */
export function checkColumn(column: ColumnMapping, written: WrittenColumn, place: ColumnPlace): void {
  const { type } = column;
  const report = (key: keyof WrittenColumn, problem: string, at: 'value' | 'key' = 'value'): void =>
    place.file.report([...place.path, key], problem, at);

  const [source] = column.from;
  if (source?.kind === 'parent' || source?.kind === 'index') {
    checkGivenValue(source, written, report);
    if (source.kind === 'index' && (type.array || !integerTypes.includes(type.name))) {
      report(
        'type',
        `$index is a whole number, so its type is ${listTypes(integerTypes)}, not ${typeSql(type)}`,
      );
    }
    checkConstraints(column, place, report);
    return;
  }
  if (column.convert !== undefined) {
    const targets = convertTargets[column.convert];
    if (type.array) report('convert', '"convert" does not reach into arrays; use a transform');
    else if (!targets.includes(type.name)) {
      report('convert', `"convert: ${column.convert}" gives ${listTypes(targets)}, not ${typeSql(type)}`);
    }
    if (column.transform !== undefined) {
      report('transform', '"convert" and "transform" exclude each other; let the transform convert', 'key');
    }
  }
  if (written.json !== undefined && !jsonTypes.includes(type.name)) {
    report('json', `"json" has no meaning for the type ${typeSql(type)}`, 'key');
  }
  if (written.nul !== undefined && !textTypes.includes(type.name)) {
    report('nul', `"nul" has no meaning for the type ${typeSql(type)}, which holds no text`, 'key');
  }
  if (column.mismatch !== 'reject' && jsonTypes.includes(type.name)) {
    report('mismatch', `"mismatch" has no meaning for the type ${type.name}, which takes every value`, 'key');
  }
  for (const key of ['mismatch', 'nul'] as const) {
    if (column[key] !== 'rest') continue;
    if (!place.hasRest) report(key, `"${key}: rest" needs a "rest" column in the table`);
    else if (column.from.length > 0 && !column.from.some(hasContent)) {
      report(key, `"${key}: rest" needs a field in "from" under whose path the value can be kept`);
    }
  }
  checkTimeSources(column, report);
  checkDefault(column, report);
  checkAllowedValues(column, report);
  checkConstraints(column, place, report);
}

function checkGivenValue({ kind }: ColumnSource, written: WrittenColumn, report: Report): void {
  const what = kind === 'index' ? '$index' : 'the parent, whose value it has as it is';
  for (const key of Object.keys(written) as (keyof WrittenColumn)[]) {
    if (written[key] === undefined || keysOfGivenValues.includes(key)) continue;
    report(key, `"${key}" has no meaning for a column from ${what}`, 'key');
  }
}

function checkConstraints(column: ColumnMapping, place: ColumnPlace, report: Report): void {
  const { type } = column;
  if (place.isKey || column.unique) {
    if (type.name === 'json') {
      report('type', 'PostgreSQL cannot compare json, so it cannot be a key or unique; use jsonb or text');
    }
  }
  if (column.references !== undefined) {
    if (type.array) report('references', 'an array cannot be a reference');
    if (column.references.orphans === 'null' && column.required) {
      report('orphans', '"orphans: null" contradicts a required column; choose reject or allow');
    }
  }
}

type Report = (key: keyof WrittenColumn, problem: string, at?: 'value' | 'key') => void;

function checkTimeSources({ from, type, convert, transform }: ColumnMapping, report: Report): void {
  const hasTime = from.some(({ kind }) => kind === 'id-time' || kind === 'run-time');
  if (!hasTime || convert !== undefined || transform !== undefined) return;
  if (type.array || !instantTypes.includes(type.name)) {
    report('from', `$idTime and $runTime give a time, which does not fit ${typeSql(type)}; use timestamptz`);
  }
}

function checkDefault(column: ColumnMapping, report: Report): void {
  const value = column.default;
  if (value === undefined) {
    if (column.nullDefault) report('nullDefault', '"nullDefault" needs a "default" beside it', 'key');
    return;
  }
  if (value === null) {
    if (column.required) report('default', 'a required column cannot be null by default');
    return;
  }
  const reason = unfitReason(value, column.type);
  if (reason !== undefined) report('default', `the default ${reason}`);
  else if (column.check !== undefined && !column.check.some((allowed) => allowed === value)) {
    report('default', 'the default is not among the values of "check"');
  }
}

function checkAllowedValues({ check, type }: ColumnMapping, report: Report): void {
  if (check === undefined) return;
  if (type.array || uncheckableTypes.includes(type.name)) {
    report('check', `"check" has no meaning for the type ${typeSql(type)}`, 'key');
    return;
  }
  for (const [i, value] of check.entries()) {
    const reason = unfitReason(value, type);
    if (reason !== undefined) report('check', `value ${i + 1} of "check" ${reason}`);
    else if (check.indexOf(value) < i) report('check', `value ${i + 1} of "check" is there twice`);
  }
}

function listTypes(types: readonly PlainTypeName[]): string {
  return types.length === 1 ? types[0]! : `${types.slice(0, -1).join(', ')} or ${types.at(-1)}`;
}
