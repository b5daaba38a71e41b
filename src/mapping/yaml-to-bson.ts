import { Double, Int32, Long, serialize } from 'bson';
import type { YamlValue } from './mapping.ts';

const minInt32 = -(2 ** 31);
const maxInt32 = 2 ** 31 - 1;
const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;

/**
 * The BSON document `{"": value}`, so that a value written in YAML (a default) goes the way of a document's own:
 * its element begins at offset 4 with the type byte, then the empty key's zero byte, and the value at offset 6.
 *
 * A whole number becomes int32 where it fits, else int64; any other number (and -0) a double. Texts, booleans,
 * null, arrays and objects become their BSON namesakes.
 * @throws RangeError for a whole number beyond 64 bits, which the mapping's check refuses before
 */
export function yamlValueToBson(value: YamlValue): Uint8Array {
  return serialize(new Map([['', toBsonObject(value)]]) as unknown as Record<string, unknown>);
}

/** True when a whole number has no BSON integer type. */
export function exceedsInt64(value: bigint): boolean {
  return value < minInt64 || value > maxInt64;
}

/** The value in the classes of the `bson` package. Objects become maps: their keys are data, even `_bsontype`. */
export function toBsonObject(value: YamlValue): unknown {
  if (typeof value === 'bigint') return bigintToBson(value);
  if (typeof value === 'number') return numberToBson(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(toBsonObject);
  return new Map(Object.entries(value).map(([key, item]) => [key, toBsonObject(item)]));
}

function numberToBson(value: number): Int32 | Long | Double {
  if (!Number.isInteger(value) || Object.is(value, -0)) return new Double(value);
  if (value >= minInt32 && value <= maxInt32) return new Int32(value);
  return Number.isSafeInteger(value) ? Long.fromNumber(value) : new Double(value);
}

function bigintToBson(value: bigint): Int32 | Long {
  if (value >= minInt32 && value <= maxInt32) return new Int32(Number(value));
  if (exceedsInt64(value)) throw new RangeError('A whole number in YAML goes beyond 64 bits');
  return Long.fromBigInt(value);
}
