import type { BsonValue } from './bson-value.ts';
import { mismatch, outOfRange, type ValuePath } from './value-path.ts';

export type IntegerTypeName = 'smallint' | 'integer' | 'bigint';

const bits: Readonly<Record<IntegerTypeName, bigint>> = { smallint: 16n, integer: 32n, bigint: 64n };

/** int32, int64, integral doubles (−0 gives 0) and, for bigint, timestamps packed as `seconds << 32 | increment`. */
export function toInteger(value: BsonValue, type: IntegerTypeName, path: ValuePath): string {
  const integer = integerOf(value, type);
  if (integer === undefined) throw mismatch('The value is not an integral number', path);
  const limit = 1n << (bits[type] - 1n);
  if (integer < -limit || integer >= limit)
    throw outOfRange(`The number lies outside the range of ${type}`, path);
  return integer.toString();
}

function integerOf(value: BsonValue, type: IntegerTypeName): bigint | undefined {
  switch (value.type) {
    case 'int32':
    case 'int64':
      return BigInt(value.value);
    case 'double':
      return Number.isInteger(value.value) ? BigInt(value.value) : undefined;
    case 'timestamp':
      return type === 'bigint' ? (BigInt(value.seconds) << 32n) | BigInt(value.increment) : undefined;
    default:
      return undefined;
  }
}
