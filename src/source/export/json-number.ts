import { bsonType } from '../../bson/bson-type.ts';
import type { BsonOutput } from './bson-output.ts';
import { doubleOfText } from './double-text.ts';
import type { JsonInput } from './json-input.ts';

const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;

/** Whole numbers with so many digits are exact as JavaScript numbers, and so is what they are divided by below. */
const exactDigits = 15;
const powersOfTen = Array.from({ length: exactDigits + 1 }, (_, power) => 10 ** power);
const int64Limit = 2n ** 63n;

/**
 * Reads a bare number and writes the smallest type that it has in Extended JSON: without point and exponent int32,
 * else int64, else a double if one is exactly this number or printed just so; with point or exponent a double; `-0` the double.
 * @param input stands at the minus or the first digit, then behind the number
 * @returns the BSON type
 * @throws DocrowError `source-corrupt`
 */
export function writeNumber(input: JsonInput, output: BsonOutput): number {
  const { bytes, end } = input;
  const start = input.at;
  const negative = bytes[start] === minus;
  const first = negative ? start + 1 : start;
  let at = first;
  let whole = 0;
  let digit = (bytes[at] as number) - zero;
  while (digit >= 0 && digit <= 9 && at < end) {
    whole = whole * 10 + digit;
    digit = (bytes[++at] as number) - zero;
  }
  if (at >= end) input.fail('', at);
  const digits = at - first;
  if (digits === 0) return writeInfinity(input, output, first);
  if (digits > 1 && bytes[first] === zero)
    input.fail('a number begins with a zero that does not belong there');
  const next = bytes[at] as number;
  if (next === point || (next | 0x20) === 0x65) return writeFraction(input, output, first, at, whole);
  input.at = at;
  if (digits > exactDigits) return writeLongInteger(input, output, start);
  const value = negative ? -whole : whole;
  if (negative && whole === 0) return writeDouble(output, -0);
  if (value === (value | 0)) {
    output.writeInt32(value);
    return bsonType.int32;
  }
  output.writeSafeInt64(value);
  return bsonType.int64;
}

function writeLongInteger(input: JsonInput, output: BsonOutput, start: number): number {
  const text = input.bytes.toString('latin1', start, input.at);
  const inexact = 'a whole number fits neither 64 bits nor, exactly, a double';
  // A BigInt of a million digits would take minutes; no double has so many.
  if (text.length > 320) input.fail(inexact, start);
  const value = BigInt(text);
  if (value >= -int64Limit && value < int64Limit) {
    output.writeInt64(value);
    return bsonType.int64;
  }
  const double = Number(text);
  // JavaScript prints a double below 10^21 with zeros for the digits that it does not need.
  const isExact = Number.isFinite(double) && (BigInt(double) === value || String(double) === text);
  if (!isExact) input.fail(inexact, start);
  return writeDouble(output, double);
}

/** @param at of the point or the `e` */
function writeFraction(
  input: JsonInput,
  output: BsonOutput,
  first: number,
  at: number,
  whole: number,
): number {
  const { bytes, end, at: start } = input;
  const skipDigits = (): void => {
    const before = at;
    while (isDigit(bytes[at] as number) && at < end) at++;
    if (at === before || at >= end) input.fail('a number has no digit where one must be', at);
  };
  let digits = at - first;
  let mantissa = whole;
  let fraction = 0;
  if (bytes[at] === point) {
    const fractionStart = ++at;
    skipDigits();
    fraction = at - fractionStart;
    digits += fraction;
    if (digits <= exactDigits) {
      for (let index = fractionStart; index < at; index++) {
        mantissa = mantissa * 10 + (bytes[index] as number) - zero;
      }
    }
  }
  const hasExponent = ((bytes[at] as number) | 0x20) === 0x65;
  if (hasExponent) {
    at++;
    if (bytes[at] === 0x2b || bytes[at] === minus) at++;
    skipDigits();
  }
  input.at = at;
  if (!hasExponent && digits <= exactDigits) {
    // Both are exact, so that the division is rounded once and right (W. D. Clinger, 1990).
    const value = mantissa / (powersOfTen[fraction] as number);
    return writeDouble(output, first > start ? -value : value);
  }
  const value = doubleOfText(bytes.toString('latin1', start, at));
  return value === undefined
    ? input.fail('a number is larger or smaller than a double can be', start)
    : writeDouble(output, value);
}

const infinity = Buffer.from('Infinity');

/** Of JSON's numbers only these begin with a minus and a letter. */
function writeInfinity(input: JsonInput, output: BsonOutput, at: number): number {
  for (let index = 0; index < infinity.length; index++) {
    if (input.bytes[at + index] !== infinity[index])
      input.fail('a minus has no number behind it', at + index);
  }
  input.at = at + infinity.length;
  return writeDouble(output, Number.NEGATIVE_INFINITY);
}

function writeDouble(output: BsonOutput, value: number): number {
  output.writeDouble(value);
  return bsonType.double;
}

const isDigit = (byte: number): boolean => byte >= zero && byte <= 0x39;
