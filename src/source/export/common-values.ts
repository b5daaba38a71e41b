import { bsonType } from '../../bson/bson-type.ts';
import type { BsonOutput } from './bson-output.ts';
import { doubleOfText } from './double-text.ts';
import { daysSince1970 } from './iso-date.ts';
import type { JsonInput } from './json-input.ts';
import { hexDigit } from './json-text.ts';

/*
 * What `convertExtendedValue` does, done at once for the forms that nearly all wrapped values of real exports have.
 * Whatever does not look exactly like that is left to it.
 */

const oidKey = Buffer.from('"$oid"');
const dateKey = Buffer.from('"$date"');
const intKey = Buffer.from('"$numberInt"');
const longKey = Buffer.from('"$numberLong"');
const doubleKey = Buffer.from('"$numberDouble"');

const quote = 0x22;
const colon = 0x3a;
const closing = 0x7d;

/**
 * @param input stands at the quote of the first key of a document, whose first letter is `$`; then behind the
 *   document where the answer is a type
 * @returns the BSON type of what was written, or 0
 */
export function writeCommonValue(input: JsonInput, output: BsonOutput): number {
  const keyAt = input.at;
  const valueAt = output.at;
  let type = 0;
  const letter = input.bytes[keyAt + 2];
  if (letter === 0x6f && skipKey(input, oidKey)) type = writeObjectId(input, output);
  else if (letter === 0x64 && skipKey(input, dateKey)) type = writeDate(input, output);
  else if (letter === 0x6e) {
    if (skipKey(input, intKey)) type = writeInteger(input, output, bsonType.int32);
    else if (skipKey(input, longKey)) type = writeInteger(input, output, bsonType.int64);
    else if (skipKey(input, doubleKey)) type = writeDouble(input, output);
  }
  if (type !== 0 && input.skipSpace() === closing && input.at < input.end) {
    input.at++;
    return type;
  }
  input.at = keyAt;
  output.at = valueAt;
  return 0;
}

/** Moves behind this key, its colon and white space, if it stands here. */
function skipKey(input: JsonInput, key: Uint8Array): boolean {
  const { bytes, at: start } = input;
  for (let index = 0; index < key.length; index++) {
    if (bytes[start + index] !== key[index]) return false;
  }
  input.at = start + key.length;
  if (input.skipSpace() === colon) {
    input.at++;
    input.skipSpace();
    return input.at < input.end;
  }
  input.at = start;
  return false;
}

function writeObjectId(input: JsonInput, output: BsonOutput): number {
  const { bytes, at } = input;
  if (bytes[at] !== quote || bytes[at + 25] !== quote) return 0;
  for (let index = 0; index < 12; index++) {
    const high = hexDigit(bytes[at + 1 + index * 2] as number);
    const low = hexDigit(bytes[at + 2 + index * 2] as number);
    if (high < 0 || low < 0) return 0;
    output.bytes[output.at + index] = high * 16 + low;
  }
  output.at += 12;
  input.at = at + 26;
  return bsonType.objectId;
}

/** A whole number of up to 15 digits in quotes, behind which `input` then stands; NaN for anything else. */
function quotedInteger(input: JsonInput): number {
  const { bytes } = input;
  if (bytes[input.at] !== quote) return Number.NaN;
  const negative = bytes[input.at + 1] === 0x2d;
  const first = input.at + (negative ? 2 : 1);
  let at = first;
  let value = 0;
  for (
    let digit = bytes[at]! - 0x30;
    digit >= 0 && digit <= 9 && at < first + 16;
    digit = bytes[++at]! - 0x30
  ) {
    value = value * 10 + digit;
  }
  const digits = at - first;
  if (bytes[at] !== quote || digits === 0 || digits > 15) return Number.NaN;
  if (bytes[first] === 0x30 && (digits > 1 || negative)) return Number.NaN;
  input.at = at + 1;
  return negative ? -value : value;
}

function writeInteger(input: JsonInput, output: BsonOutput, type: number): number {
  const value = quotedInteger(input);
  if (Number.isNaN(value)) return 0;
  if (type === bsonType.int64) output.writeSafeInt64(value);
  else if (value === (value | 0)) output.writeInt32(value);
  else return 0;
  return type;
}

function writeDouble(input: JsonInput, output: BsonOutput): number {
  const { bytes, at } = input;
  let stop = at + 1;
  while (bytes[stop] !== quote && stop < at + 30) stop++;
  if (bytes[at] !== quote || bytes[stop] !== quote) return 0;
  const value = doubleOfText(bytes.toString('latin1', at + 1, stop));
  if (value === undefined) return 0;
  output.writeDouble(value);
  input.at = stop + 1;
  return bsonType.double;
}

function writeDate(input: JsonInput, output: BsonOutput): number {
  const { bytes } = input;
  let milliseconds: number;
  if (bytes[input.at] === quote) milliseconds = quotedIsoDate(input);
  else {
    if (bytes[input.at] !== 0x7b) return 0;
    input.at++;
    input.skipSpace();
    if (!skipKey(input, longKey)) return 0;
    milliseconds = quotedInteger(input);
    if (input.skipSpace() !== closing) return 0;
    input.at++;
  }
  if (Number.isNaN(milliseconds)) return 0;
  output.writeSafeInt64(milliseconds);
  return bsonType.date;
}

/** `"2023-02-04T04:37:25.233Z"` with none to three digits of a second, behind which `input` then stands; or NaN. */
function quotedIsoDate(input: JsonInput): number {
  const { bytes, at } = input;
  if (bytes[at + 5] !== 0x2d || bytes[at + 8] !== 0x2d || bytes[at + 11] !== 0x54) return Number.NaN;
  if (bytes[at + 14] !== colon || bytes[at + 17] !== colon) return Number.NaN;
  const two = (offset: number): number => twoDigits(bytes, at + offset);
  const days = daysSince1970(two(1) * 100 + two(3), two(6), two(9));
  const hour = two(12);
  const minute = two(15);
  const second = two(18);
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
  let stop = at + 20;
  let milliseconds = 0;
  if (bytes[stop] === 0x2e) {
    stop++;
    for (let weight = 100; weight >= 1; weight = Math.floor(weight / 10)) {
      const digit = bytes[stop]! - 0x30;
      if (digit < 0 || digit > 9) break;
      milliseconds += digit * weight;
      stop++;
    }
    if (stop === at + 21) return Number.NaN;
  }
  if (bytes[stop] !== 0x5a || bytes[stop + 1] !== quote) return Number.NaN;
  input.at = stop + 2;
  return (days * 86_400 + hour * 3600 + minute * 60 + second) * 1000 + milliseconds;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 0x30;
  const ones = bytes[at + 1]! - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
