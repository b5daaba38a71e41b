import { bsonType } from './bson-type.ts';
import { readDecimal128 } from './decimal128.ts';
import { compareExactDecimals, type ExactDecimal, exactDecimalOfDouble } from './exact-decimal.ts';

/**
 * Compares two BSON numbers (int32, int64, double, Decimal128) by their exact values, as MongoDB does: NaN of either
 * type is smallest and equal to itself, and −0 equals 0.
 * @returns negative, zero or positive
 */
export function compareBsonNumbers(
  aType: number,
  aView: DataView,
  aAt: number,
  bType: number,
  bView: DataView,
  bAt: number,
): number {
  if (aType === bsonType.int32 && bType === bsonType.int32) {
    return aView.getInt32(aAt, true) - bView.getInt32(bAt, true);
  }
  if (aType === bsonType.decimal128 || bType === bsonType.decimal128) {
    return compareWithDecimal(aType, aView, aAt, bType, bView, bAt);
  }
  if (aType === bsonType.int64 && bType === bsonType.int64) return compareInt64(aView, aAt, bView, bAt);

  const a = nativeNumber(aType, aView, aAt);
  const b = nativeNumber(bType, bView, bAt);
  // JavaScript compares a bigint with a number by their mathematical values.
  if (a < b) return -1;
  if (a > b) return 1;
  return nanRank(a) - nanRank(b);
}

/** Compares two signed 64-bit integers (int64 or date) without making a bigint. */
export function compareInt64(aView: DataView, aAt: number, bView: DataView, bAt: number): number {
  const high = aView.getInt32(aAt + 4, true) - bView.getInt32(bAt + 4, true);
  return high !== 0 ? high : aView.getUint32(aAt, true) - bView.getUint32(bAt, true);
}

/** Compares two unsigned 64-bit integers (timestamp) without making a bigint. */
export function compareUint64(aView: DataView, aAt: number, bView: DataView, bAt: number): number {
  const high = aView.getUint32(aAt + 4, true) - bView.getUint32(bAt + 4, true);
  return high !== 0 ? high : aView.getUint32(aAt, true) - bView.getUint32(bAt, true);
}

function nativeNumber(type: number, view: DataView, at: number): number | bigint {
  if (type === bsonType.int32) return view.getInt32(at, true);
  if (type === bsonType.double) return view.getFloat64(at, true);
  return view.getBigInt64(at, true);
}

const nanRank = (value: number | bigint): number => (Number.isNaN(value) ? 0 : 1);

function compareWithDecimal(
  aType: number,
  aView: DataView,
  aAt: number,
  bType: number,
  bView: DataView,
  bAt: number,
): number {
  const a = exactNumber(aType, aView, aAt);
  const b = exactNumber(bType, bView, bAt);
  if (a.rank !== b.rank || a.rank !== finiteRank) return a.rank - b.rank;
  return compareExactDecimals(a, b);
}

const finiteRank = 2;

/** NaN, −Infinity, finite, Infinity have rising ranks. */
interface RankedNumber extends ExactDecimal {
  readonly rank: 0 | 1 | 2 | 3;
}

const special = (rank: 0 | 1 | 3): RankedNumber => ({ rank, coefficient: 0n, exponent: 0 });

function exactNumber(type: number, view: DataView, at: number): RankedNumber {
  if (type === bsonType.decimal128) {
    const { kind, negative, coefficient, exponent } = readDecimal128(view, at);
    if (kind === 'nan') return special(0);
    if (kind === 'infinity') return special(negative ? 1 : 3);
    return { rank: finiteRank, coefficient: negative ? -coefficient : coefficient, exponent };
  }
  const value = nativeNumber(type, view, at);
  if (Number.isNaN(value)) return special(0);
  if (value === Infinity) return special(3);
  if (value === -Infinity) return special(1);
  if (type === bsonType.double) return { rank: finiteRank, ...exactDecimalOfDouble(Number(value)) };
  return { rank: finiteRank, coefficient: BigInt(value), exponent: 0 };
}
