import { decimal128Text } from '../bson/decimal128.ts';
import { compareExactDecimals, exactDecimalOfDouble } from '../bson/exact-decimal.ts';
import type { BsonValue } from './bson-value.ts';

const smallestInt64 = -(2n ** 63n);
const largestInt64 = 2n ** 63n - 1n;

/**
 * A number in the one form that all BSON numbers of its value have, so that 1, 1.0 and Long 1 are one key: an
 * integer in the range of int64 as `$numberLong`, what a double holds exactly as `$numberDouble`, the rest as
 * `$numberDecimal` without trailing zeros. Undefined for what is not a number.
 */
export function normalizedNumber(value: Pick<BsonValue, 'type'> & BsonValue): string | undefined {
  switch (value.type) {
    case 'int32':
    case 'int64':
      return longJson(value.value);
    case 'double':
      return normalizedDouble(value.value);
    case 'decimal128': {
      const { kind, negative, coefficient, exponent } = value.value;
      if (kind === 'nan') return doubleJson(Number.NaN);
      if (kind === 'infinity') return doubleJson(negative ? -Infinity : Infinity);
      return normalizedDecimal(negative ? -coefficient : coefficient, exponent);
    }
    default:
      return undefined;
  }
}

const longJson = (value: bigint | number): string => `{"$numberLong":"${value}"}`;
const doubleJson = (value: number): string => `{"$numberDouble":"${value}"}`;

function normalizedDouble(value: number): string {
  if (!Number.isInteger(value)) return doubleJson(value);
  const integer = BigInt(value);
  return integer >= smallestInt64 && integer <= largestInt64 ? longJson(integer) : doubleJson(value);
}

function normalizedDecimal(signedCoefficient: bigint, signedExponent: number): string {
  let coefficient = signedCoefficient;
  let exponent = signedExponent;
  if (coefficient === 0n) return longJson(0);
  while (coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent++;
  }
  // Over 19 digits no int64 fits, and a great exponent need not be written out to see that.
  if (exponent >= 0 && exponent <= 19) {
    const integer = coefficient * 10n ** BigInt(exponent);
    if (integer >= smallestInt64 && integer <= largestInt64) return longJson(integer);
  }
  const nearest = Number(`${coefficient}e${exponent}`);
  if (
    Number.isFinite(nearest) &&
    compareExactDecimals(exactDecimalOfDouble(nearest), { coefficient, exponent }) === 0
  ) {
    return doubleJson(nearest);
  }
  const negative = coefficient < 0n;
  const text = decimal128Text({
    kind: 'finite',
    negative,
    coefficient: negative ? -coefficient : coefficient,
    exponent,
  });
  return `{"$numberDecimal":"${text}"}`;
}
