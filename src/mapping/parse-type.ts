import type { ColumnType, PlainTypeName } from './mapping.ts';
import { suggestion } from './suggestion.ts';

export type ParsedType = { readonly type: ColumnType } | { readonly problem: string };

const names: ReadonlyMap<string, PlainTypeName> = new Map<string, PlainTypeName>([
  ['smallint', 'smallint'],
  ['int2', 'smallint'],
  ['integer', 'integer'],
  ['int', 'integer'],
  ['int4', 'integer'],
  ['bigint', 'bigint'],
  ['int8', 'bigint'],
  ['numeric', 'numeric'],
  ['decimal', 'numeric'],
  ['real', 'real'],
  ['float4', 'real'],
  ['double precision', 'double precision'],
  ['float8', 'double precision'],
  ['float', 'double precision'],
  ['boolean', 'boolean'],
  ['bool', 'boolean'],
  ['text', 'text'],
  ['varchar', 'varchar'],
  ['character varying', 'varchar'],
  ['uuid', 'uuid'],
  ['bytea', 'bytea'],
  ['date', 'date'],
  ['time', 'time'],
  ['time without time zone', 'time'],
  ['timestamp', 'timestamp'],
  ['timestamp without time zone', 'timestamp'],
  ['timestamptz', 'timestamptz'],
  ['timestamp with time zone', 'timestamptz'],
  ['jsonb', 'jsonb'],
  ['json', 'json'],
]);

/** Names of other systems, for the suggestion only: they are too far from the right name to be found by spelling. */
const foreign: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['str', 'text'],
  ['char', 'text'],
  ['objectid', 'text'],
  ['number', 'numeric'],
  ['long', 'bigint'],
  ['double', 'double precision'],
  ['decimal128', 'numeric'],
  ['datetime', 'timestamptz'],
  ['timetz', 'time'],
  ['object', 'jsonb'],
  ['document', 'jsonb'],
  ['map', 'jsonb'],
  ['array', 'jsonb'],
  ['binary', 'bytea'],
  ['blob', 'bytea'],
]);

const maxVarcharLength = 10_485_760;
const maxNumericPrecision = 1000;

/** Reads a column type as PostgreSQL spells it, in any case, with its common aliases. */
export function parseType(text: string): ParsedType {
  const written = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const parts = /^([a-z0-9_ ]+?) ?(?:\( ?(\d+) ?(?:, ?(\d+) ?)?\))? ?((?:\[\d*\] ?)*)$/.exec(written);
  const name = parts === null ? undefined : names.get(parts[1]!);
  if (parts === null || name === undefined) return { problem: unknownType(text, parts?.[1] ?? written) };

  const brackets = parts[4]!.trim();
  if (brackets !== '' && !/^\[\d*\]$/.test(brackets)) {
    return { problem: `the type "${text}" has several dimensions; only one is supported, or use jsonb` };
  }
  const array = brackets !== '';
  if (array && (name === 'json' || name === 'jsonb')) {
    return { problem: `an array of ${name} is not supported; ${name} itself holds an array` };
  }
  const first = parts[2] === undefined ? undefined : Number(parts[2]);
  const second = parts[3] === undefined ? undefined : Number(parts[3]);
  if (first === undefined) return { type: { name, array } };

  if (name === 'varchar' && second === undefined) {
    if (first < 1 || first > maxVarcharLength) {
      return { problem: `the length of varchar must lie between 1 and ${maxVarcharLength}` };
    }
    return { type: { name, array, length: first } };
  }
  if (name === 'numeric') {
    const scale = second ?? 0;
    if (first < 1 || first > maxNumericPrecision) {
      return { problem: `the precision of numeric must lie between 1 and ${maxNumericPrecision}` };
    }
    if (scale > first)
      return { problem: `the scale of numeric(${first},${scale}) is greater than its precision` };
    return { type: { name, array, precision: first, scale } };
  }
  const what = name === 'varchar' ? 'one number' : 'no number';
  return { problem: `the type ${name} takes ${what} in parentheses` };
}

function unknownType(text: string, name: string): string {
  const meant = foreign.get(name);
  const hint = meant === undefined ? suggestion(name, names.keys()) : `; did you mean "${meant}"?`;
  return `there is no type "${text}"${hint}`;
}
