import type { BsonTypeName, ValueProfile } from '../profile.ts';
import type { TypeChoice } from './proposal.ts';
import { proposeJson } from './propose-json.ts';
import { proposeNumberType } from './propose-number-type.ts';

/** Values of another type may be this few, as a part of all: they stay in the rest column. */
const mostOutliers = 0.05;
/** Below this many values a few others are no outliers. */
const fewestForOutliers = 100;

export const nonNullTypes = (value: ValueProfile): ValueProfile['types'] =>
  value.types.filter(({ type, count }) => type !== 'null' && count > 0);

export const nonNullCount = (value: ValueProfile): number =>
  nonNullTypes(value).reduce((sum, { count }) => sum + count, 0);

/**
 * The narrowest column type that holds all values of a place exactly by the value rules; jsonb where there is none.
 * Where nearly all values are of one type and the others do not fit it, it is that type, and the others are outliers.
 */
export function proposeType(value: ValueProfile): TypeChoice {
  const kinds = new Set(nonNullTypes(value).map(({ type }) => type));
  if (kinds.size === 0) return { ...proposeJson(value), reason: 'only nulls' };
  return exactType(value, kinds) ?? dominantType(value) ?? proposeJson(value);
}

/** The scalar type that holds all values of `kinds` exactly, or undefined. */
function exactType(value: ValueProfile, kinds: ReadonlySet<BsonTypeName>): TypeChoice | undefined {
  const { strings, dates, binaries } = value;
  const only = (...allowed: readonly BsonTypeName[]): boolean =>
    kinds.size > 0 && [...kinds].every((kind) => allowed.includes(kind));

  if (only('int', 'long', 'double', 'decimal')) {
    const type = proposeNumberType(value, kinds);
    return type && { type, outliers: 0 };
  }
  if (only('bool')) return { type: 'boolean', outliers: 0 };
  if (only('objectId')) return { type: 'text', convert: 'hex', outliers: 0 };
  if (only('date', 'string')) {
    const areInstants = !kinds.has('string') || strings?.dateTimes === strings?.count;
    if (areInstants && kinds.has('date') && dates?.outOfRange) return undefined;
    if (areInstants) return { type: 'timestamptz', outliers: 0 };
  }
  if (only('binData', 'string')) {
    const areUuids =
      (!kinds.has('string') || strings?.uuids === strings?.count) &&
      (!kinds.has('binData') || binaries?.uuids === binaries?.count);
    if (areUuids) return { type: 'uuid', outliers: 0 };
  }
  if (only('string')) {
    return {
      type: 'text',
      ...(strings !== undefined && strings.withNul > 0 && { nul: 'escape' }),
      outliers: 0,
    };
  }
  if (only('binData') && binaries?.subtypes.every(({ subtype }) => subtype === 0)) {
    return { type: 'bytea', outliers: 0 };
  }
  return undefined;
}

const groups: readonly (readonly BsonTypeName[])[] = [
  ['string'],
  ['int', 'long', 'double', 'decimal'],
  ['date'],
  ['objectId'],
  ['binData'],
  ['bool'],
];

/** What a column of the type would take besides, without anybody seeing that it was something else. */
const alsoTakes: Readonly<Record<string, readonly BsonTypeName[]>> = {
  text: ['objectId', 'binData', 'timestamp', 'symbol', 'regex'],
  boolean: ['string'],
  numeric: ['string'],
  bigint: ['timestamp'],
  timestamptz: ['string', 'timestamp'],
  uuid: ['string'],
  bytea: ['binData', 'objectId'],
};

function dominantType(value: ValueProfile): TypeChoice | undefined {
  const types = nonNullTypes(value);
  const all = nonNullCount(value);
  if (all < fewestForOutliers) return undefined;
  for (const group of groups) {
    const inside = types.filter(({ type }) => group.includes(type));
    const outliers = all - inside.reduce((sum, { count }) => sum + count, 0);
    if (outliers > all * mostOutliers) continue;
    const choice = exactType(value, new Set(inside.map(({ type }) => type)));
    if (choice === undefined) return undefined;
    const taken = choice.convert === 'hex' ? [] : (alsoTakes[choice.type] ?? []);
    const isMistaken = types.some(({ type }) => !group.includes(type) && taken.includes(type));
    return isMistaken ? undefined : { ...choice, outliers };
  }
  return undefined;
}
