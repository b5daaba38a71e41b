import type { ObjectProfile, ValueProfile } from '../profile.ts';
import type { TypeChoice } from './proposal.ts';
import { nonNullTypes } from './propose-type.ts';

/** A row of a btree index may have 2,704 bytes; some are for the rest of the key. */
export const mostIndexedBytes = 2600;
const maxInt32 = 2n ** 31n - 1n;

export interface KeyChoice {
  readonly choice: TypeChoice;
  /** True where the key does not show the `_id` itself, which then has a column of its own. */
  readonly hidesId: boolean;
}

/**
 * The column for `_id`, exact and different for different `_id`s: plain types where all are of one, else canonical
 * Extended JSON; a version 5 uuid where that could be too long for an index.
 * @param id the `_id`s; undefined where none was seen
 */
export function proposeKey(id: ValueProfile | undefined): KeyChoice {
  const plain = id && plainKey(id);
  if (plain !== undefined) return { choice: { ...plain, outliers: 0 }, hidesId: false };
  if (id !== undefined && mostEjsonBytes(id) > mostIndexedBytes) {
    return { choice: { type: 'uuid', convert: 'uuidv5', outliers: 0 }, hidesId: true };
  }
  return { choice: { type: 'text', convert: 'ejson', outliers: 0 }, hidesId: false };
}

function plainKey(id: ValueProfile): Pick<TypeChoice, 'type' | 'convert'> | undefined {
  const types = id.types.filter(({ count }) => count > 0).map(({ type }) => type);
  const only = (...allowed: readonly string[]): boolean =>
    types.length > 0 && types.every((type) => allowed.includes(type));
  const { integers, doubles, strings, binaries } = id;
  if (only('objectId')) return { type: 'text', convert: 'hex' };
  if (
    only('int', 'long', 'double') &&
    integers !== undefined &&
    (doubles?.count ?? 0) === (doubles?.integral ?? 0)
  ) {
    return integers.min >= -maxInt32 - 1n && integers.max <= maxInt32
      ? { type: 'integer' }
      : { type: 'bigint' };
  }
  if (only('binData') && binaries?.uuids === binaries?.count) return { type: 'uuid' };
  if (only('string') && strings?.withNul === 0 && strings.maxLength * 4 <= mostIndexedBytes)
    return { type: 'text' };
  return undefined;
}

/** Most bytes that values of a place have as canonical Extended JSON; infinite where the profile cannot say. */
export function mostEjsonBytes(value: ValueProfile): number {
  const sizes = nonNullTypes(value).map(({ type }) => {
    switch (type) {
      case 'string':
        // A control character takes six.
        return (value.strings?.maxLength ?? Number.POSITIVE_INFINITY) * 6 + 2;
      case 'binData':
        return ((value.binaries?.maxLength ?? Number.POSITIVE_INFINITY) * 4) / 3 + 60;
      case 'object':
        return value.objects === undefined ? Number.POSITIVE_INFINITY : mostObjectBytes(value.objects);
      case 'array':
      case 'javascript':
      case 'javascriptWithScope':
      case 'symbol':
      case 'regex':
      case 'dbPointer':
        return Number.POSITIVE_INFINITY;
      default:
        return 80;
    }
  });
  return Math.max(4, ...sizes);
}

function mostObjectBytes({ isMap, fields, emptyCount, count }: ObjectProfile): number {
  if (isMap || (fields.length === 0 && emptyCount < count)) return Number.POSITIVE_INFINITY;
  return fields.reduce((sum, { key, value }) => sum + key.length * 6 + 4 + mostEjsonBytes(value), 2);
}
