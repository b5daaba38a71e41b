import { bsonType } from '../bson/bson-type.ts';
import { readDecimal128 } from '../bson/decimal128.ts';
import { compareExactDecimals, exactDecimalOfDouble } from '../bson/exact-decimal.ts';
import { type LossSet, loss, noLoss } from './loss-kind.ts';

const int64Edge = 2 ** 63;
const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;

export const isNumber = (type: number): boolean =>
  type === bsonType.int32 ||
  type === bsonType.int64 ||
  type === bsonType.double ||
  type === bsonType.decimal128;

/** Whether an int64 could have been an int32. */
function fitsInt32(view: DataView, at: number): boolean {
  const low = view.getInt32(at, true);
  return view.getInt32(at + 4, true) === low >> 31;
}

function isNegativeZero(type: number, view: DataView, at: number): boolean {
  if (type === bsonType.double) return Object.is(view.getFloat64(at, true), -0);
  if (type !== bsonType.decimal128) return false;
  const { kind, negative, coefficient } = readDecimal128(view, at);
  return kind === 'finite' && negative && coefficient === 0n;
}

const zeroSign = (type: number, view: DataView, at: number): LossSet =>
  isNegativeZero(type, view, at) ? loss('negative-zero') : noLoss;

/** In a column that reads back as int64 where it is wide, and as int32 otherwise. */
export function inInteger(isWide: boolean, type: number, view: DataView, at: number): LossSet {
  if (type === bsonType.int32) return isWide ? loss('integer-width') : noLoss;
  if (type === bsonType.int64) return isWide ? noLoss : loss('integer-width');
  return loss('number-type') | zeroSign(type, view, at);
}

/** In double precision and real, which read back as double. */
export const inFloat = (type: number): LossSet => (type === bsonType.double ? noLoss : loss('number-type'));

/**
 * In numeric, which reads back as Decimal128.
 * @param scale digits after the point that the column pads to; undefined where it keeps those of the value
 */
export function inNumeric(scale: number | undefined, type: number, view: DataView, at: number): LossSet {
  if (type !== bsonType.decimal128) return loss('number-type') | zeroSign(type, view, at);
  const { kind, exponent } = readDecimal128(view, at);
  if (kind !== 'finite') return noLoss;
  const keepsForm = scale === undefined ? exponent <= 0 : exponent === -scale;
  return (keepsForm ? noLoss : loss('decimal-form')) | zeroSign(type, view, at);
}

/**
 * As a number of natural JSON. It reads back as int32 or int64, whichever is the first to hold it, and as double where
 * it has a fraction or is larger.
 */
export function inNaturalJson(type: number, view: DataView, at: number): LossSet {
  switch (type) {
    case bsonType.int32:
      return noLoss;
    case bsonType.int64:
      return fitsInt32(view, at) ? loss('integer-width') : noLoss;
    case bsonType.double: {
      const value = view.getFloat64(at, true);
      if (!Number.isFinite(value)) return loss('type-changed');
      // −2^63 prints as -9223372036854776000, which no int64 holds.
      const readsAsInteger = Number.isInteger(value) && value > -int64Edge && value < int64Edge;
      return readsAsInteger ? loss('number-type') | zeroSign(type, view, at) : noLoss;
    }
    default: {
      const isNumeric = readDecimal128(view, at).kind === 'finite';
      return isNumeric ? loss('number-type') | zeroSign(type, view, at) : loss('type-changed');
    }
  }
}

/** In the text of `convert: ejson`, which has one form for all numbers that are equal. */
export function inNormalizedJson(type: number, view: DataView, at: number): LossSet {
  switch (type) {
    case bsonType.int32:
      return loss('number-type');
    case bsonType.int64:
      return noLoss;
    case bsonType.double: {
      const value = view.getFloat64(at, true);
      const isLong = Number.isInteger(value) && value >= -int64Edge && value < int64Edge;
      return isLong ? loss('number-type') | zeroSign(type, view, at) : noLoss;
    }
    default:
      return ofNormalizedDecimal(view, at);
  }
}

function ofNormalizedDecimal(view: DataView, at: number): LossSet {
  const { kind, negative, coefficient, exponent } = readDecimal128(view, at);
  if (kind !== 'finite') return loss('number-type');
  if (coefficient === 0n) return loss('number-type') | zeroSign(bsonType.decimal128, view, at);
  const signed = negative ? -coefficient : coefficient;
  const nearest = Number(`${signed}e${exponent}`);
  const isDouble =
    Number.isFinite(nearest) &&
    compareExactDecimals(exactDecimalOfDouble(nearest), { coefficient: signed, exponent }) === 0;
  if (isDouble || isInt64(signed, exponent)) return loss('number-type');
  return coefficient % 10n === 0n ? loss('decimal-form') : noLoss;
}

/** Whether coefficient × 10^exponent is an integer that an int64 holds. */
function isInt64(coefficient: bigint, exponent: number): boolean {
  if (exponent > 19 || exponent < -34) return false;
  const divisor = 10n ** BigInt(Math.max(0, -exponent));
  if (coefficient % divisor !== 0n) return false;
  const value = exponent > 0 ? coefficient * 10n ** BigInt(exponent) : coefficient / divisor;
  return value >= minInt64 && value <= maxInt64;
}
