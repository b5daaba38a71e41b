import { bsonType } from '../bson/bson-type.ts';
import { type Decimal, decimalText, parseDecimal, readDecimal128 } from './decimal128.ts';
import type { Memory } from './memory.ts';

const smallestInt64 = -(2n ** 63n);
const largestInt64 = 2n ** 63n - 1n;

export interface NormalNumber {
  readonly name: '$numberLong' | '$numberDouble' | '$numberDecimal';
  readonly text: string;
}

/** The integer that a decimal stands for, when it is one of at most 64 bits. */
function toInt64(decimal: Decimal): bigint | undefined {
  const { digits, exponent } = decimal;
  if (digits === '0') return 0n;
  if (digits.length + exponent > 19 || digits.length + exponent < 1) return undefined;
  const text = exponent >= 0 ? digits + '0'.repeat(exponent) : digits.slice(0, exponent);
  if (exponent < 0 && !/^0*$/.test(digits.slice(exponent))) return undefined;
  const value = decimal.negative ? -BigInt(text) : BigInt(text);
  return value >= smallestInt64 && value <= largestInt64 ? value : undefined;
}

const reduced = (decimal: Decimal): Decimal => {
  const digits = decimal.digits.replace(/0+$/, '');
  return { ...decimal, digits, exponent: decimal.exponent + decimal.digits.length - digits.length };
};

/** All digits of a double, which is always a finite decimal: n = m × 2^e. */
function exactDigits(n: number): Decimal {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(n));
  const bits = view.getBigUint64(0);
  const power = Number(bits >> 52n);
  const mantissa = (bits & 0xf_ffff_ffff_ffffn) | (power === 0 ? 0n : 1n << 52n);
  const exponent = (power === 0 ? 1 : power) - 1075;
  const scaled = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent);
  return reduced({
    kind: 'finite',
    negative: n < 0,
    digits: scaled.toString(),
    exponent: Math.min(0, exponent),
  });
}

/** Whether a double has exactly the value of a reduced decimal. */
function equalsDouble(decimal: Decimal, n: number): boolean {
  if (!Number.isFinite(n) || n === 0) return false;
  const exact = exactDigits(n);
  return exact.digits === decimal.digits && exact.exponent === decimal.exponent;
}

/**
 * One spelling for equal numbers, whatever their BSON type: an integer of at most 64 bits is a `$numberLong`, another
 * number that a double holds exactly a `$numberDouble`, the rest a `$numberDecimal` without trailing zeros.
 */
export function normalNumber(type: number, input: Memory, at: number): NormalNumber {
  if (type === bsonType.int32) return { name: '$numberLong', text: String(input.view.getInt32(at, true)) };
  if (type === bsonType.int64) return { name: '$numberLong', text: String(input.view.getBigInt64(at, true)) };
  const double = type === bsonType.double ? input.view.getFloat64(at, true) : Number.NaN;
  let decimal: Decimal;
  if (type !== bsonType.double) decimal = readDecimal128(input, at);
  else if (Number.isNaN(double)) return { name: '$numberDouble', text: 'NaN' };
  else if (!Number.isFinite(double))
    decimal = { kind: 'infinity', negative: double < 0, digits: '0', exponent: 0 };
  else if (Number.isInteger(double)) decimal = exactDecimalOfInteger(double);
  else return { name: '$numberDouble', text: String(double) };

  if (decimal.kind === 'nan') return { name: '$numberDouble', text: 'NaN' };
  if (decimal.kind === 'infinity') {
    return { name: '$numberDouble', text: decimal.negative ? '-Infinity' : 'Infinity' };
  }
  const integer = toInt64(decimal);
  if (integer !== undefined) return { name: '$numberLong', text: String(integer) };
  if (type === bsonType.double) return { name: '$numberDouble', text: String(double) };
  const shortest = reduced(decimal);
  const nearest = Number(decimalText(shortest));
  return equalsDouble(shortest, nearest)
    ? { name: '$numberDouble', text: String(nearest) }
    : { name: '$numberDecimal', text: decimalText(shortest) };
}

const exactDecimalOfInteger = (n: number): Decimal => parseDecimal(BigInt(n).toString());
