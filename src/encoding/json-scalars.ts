import { bsonType } from '../bson/bson-type.ts';
import { keyEnd } from '../bson/value-end.ts';
import { decimalText, readDecimal128 } from './decimal128.ts';
import { normalNumber } from './key-text.ts';
import type { Memory } from './memory.ts';
import {
  writeDoubleText,
  writeHex,
  writeInt32Text,
  writeInt64Text,
  writeUint32Text,
} from './write-digits.ts';
import { type JsonNul, writeJsonString } from './write-json-string.ts';
import { writeAscii } from './write-text.ts';
import { writeIsoTime } from './write-time-text.ts';

/**
 * How values appear in JSON: `natural` reads well, `canonical` is Extended JSON v2 and reversible, `key` is canonical
 * with equal numbers written alike (the text of `convert: ejson`).
 */
export type JsonStyle = 'natural' | 'canonical' | 'key';

export interface ScalarContext {
  readonly style: JsonStyle;
  readonly nul: JsonNul;
}

const quote = 0x22;

/** Writes `{"<name>":"` … the caller adds the content and `"}`. */
const open = (name: string, output: Memory, position: number): number =>
  writeAscii(`{"${name}":"`, output, position);
const close = (output: Memory, position: number): number => writeAscii('"}', output, position);

const doubleName = (n: number): string =>
  Number.isNaN(n)
    ? 'NaN'
    : n === Number.POSITIVE_INFINITY
      ? 'Infinity'
      : n === Number.NEGATIVE_INFINITY
        ? '-Infinity'
        : '';

/** Canonical Extended JSON spells integral doubles with a point, and keeps the sign of zero. */
function canonicalDouble(n: number): string {
  if (!Number.isFinite(n)) return doubleName(n);
  if (Object.is(n, -0)) return '-0.0';
  const text = String(n);
  return Number.isInteger(n) && !text.includes('e') ? `${text}.0` : text;
}

/** Writes the text of a `$numberDouble`. Most doubles are written without building a string. */
export function writeCanonicalDouble(n: number, output: Memory, position: number): number {
  const size = Math.abs(n);
  // These are printed without an exponent.
  if (size >= 1e-6 && size < 1e21) {
    position = writeDoubleText(n, output, position);
    return Number.isInteger(n) ? writeAscii('.0', output, position) : position;
  }
  return writeAscii(canonicalDouble(n), output, position);
}

function writeQuotedHex(input: Memory, at: number, output: Memory, position: number): number {
  output.bytes[position] = quote;
  position = writeHex(input, at, 12, output, position + 1);
  output.bytes[position] = quote;
  return position + 1;
}

/** Writes 16 bytes as 8-4-4-4-12 hexadecimal digits. */
export function writeUuidText(input: Memory, at: number, output: Memory, position: number): number {
  for (const count of [4, 2, 2, 2, 6]) {
    if (count !== 4) output.bytes[position++] = 0x2d;
    position = writeHex(input, at, count, output, position);
    at += count;
  }
  return position;
}

/** Where the bytes of a binary are: subtype 2 carries its length a second time, which is not data. */
export function binaryContent(input: Memory, at: number): { start: number; end: number; subtype: number } {
  const size = input.view.getInt32(at, true);
  const subtype = input.bytes[at + 4]!;
  const end = at + 5 + size;
  const isOldForm = subtype === 2 && size >= 4 && input.view.getInt32(at + 5, true) === size - 4;
  return { start: isOldForm ? at + 9 : at + 5, end, subtype };
}

/** Writes any value but documents, arrays and code with scope. */
export function writeJsonScalar(
  context: ScalarContext,
  type: number,
  input: Memory,
  at: number,
  output: Memory,
  position: number,
): number {
  const { view, bytes } = input;
  const natural = context.style === 'natural';
  switch (type) {
    case bsonType.string:
      return writeJsonString(input, at + 4, at + 3 + view.getInt32(at, true), output, position, context.nul);
    case bsonType.boolean:
      return writeAscii(bytes[at] === 0 ? 'false' : 'true', output, position);
    case bsonType.null:
      return writeAscii('null', output, position);
    case bsonType.int32:
    case bsonType.int64:
    case bsonType.double:
    case bsonType.decimal128:
      return natural
        ? writeNaturalNumber(type, input, at, output, position)
        : writeExtendedNumber(context.style, type, input, at, output, position);
    case bsonType.objectId:
      if (natural) return writeQuotedHex(input, at, output, position);
      return close(output, writeHex(input, at, 12, output, open('$oid', output, position)));
    case bsonType.date:
      if (!natural) {
        position = writeAscii('{"$date":{"$numberLong":"', output, position);
        return writeAscii('"}}', output, writeInt64Text(input, at, output, position));
      }
      output.bytes[position] = quote;
      position = writeIsoTime(input, at, output, position + 1);
      output.bytes[position] = quote;
      return position + 1;
    case bsonType.binary:
      return writeBinary(natural, input, at, output, position);
    default:
      return writeRareScalar(context, type, input, at, output, position);
  }
}

function writeNaturalNumber(
  type: number,
  input: Memory,
  at: number,
  output: Memory,
  position: number,
): number {
  if (type === bsonType.int32) return writeInt32Text(input.view.getInt32(at, true), output, position);
  if (type === bsonType.int64) return writeInt64Text(input, at, output, position);
  if (type === bsonType.double) {
    const n = input.view.getFloat64(at, true);
    if (Number.isFinite(n)) return writeDoubleText(n, output, position);
    return writeAscii(`"${doubleName(n)}"`, output, position);
  }
  const decimal = readDecimal128(input, at);
  if (decimal.kind === 'finite') {
    const isZero = decimal.digits === '0';
    return writeAscii(decimalText(isZero ? { ...decimal, negative: false } : decimal), output, position);
  }
  return writeAscii(`"${decimalText(decimal)}"`, output, position);
}

function writeExtendedNumber(
  style: JsonStyle,
  type: number,
  input: Memory,
  at: number,
  output: Memory,
  position: number,
): number {
  if (style === 'key') {
    const { name, text } = normalNumber(type, input, at);
    return writeAscii(`{"${name}":"${text}"}`, output, position);
  }
  if (type === bsonType.int32) {
    position = open('$numberInt', output, position);
    return close(output, writeInt32Text(input.view.getInt32(at, true), output, position));
  }
  if (type === bsonType.int64) {
    return close(output, writeInt64Text(input, at, output, open('$numberLong', output, position)));
  }
  if (type === bsonType.double) {
    position = open('$numberDouble', output, position);
    return close(output, writeCanonicalDouble(input.view.getFloat64(at, true), output, position));
  }
  position = open('$numberDecimal', output, position);
  return close(output, writeAscii(decimalText(readDecimal128(input, at)), output, position));
}

function writeBinary(natural: boolean, input: Memory, at: number, output: Memory, position: number): number {
  const { start, end, subtype } = binaryContent(input, at);
  if (natural && subtype === 4 && end - start === 16) {
    output.bytes[position] = quote;
    position = writeUuidText(input, start, output, position + 1);
    output.bytes[position] = quote;
    return position + 1;
  }
  const base64 = input.bytes.toString('base64', start, end);
  if (natural) return writeAscii(`"${base64}"`, output, position);
  const hex = subtype.toString(16).padStart(2, '0');
  return writeAscii(`{"$binary":{"base64":"${base64}","subType":"${hex}"}}`, output, position);
}

/** Types that have only their Extended JSON form. */
function writeRareScalar(
  context: ScalarContext,
  type: number,
  input: Memory,
  at: number,
  output: Memory,
  position: number,
): number {
  const { view, bytes } = input;
  const text = (start: number, end: number, to: number): number =>
    writeJsonString(input, start, end, output, to, context.nul);
  const stringEnd = (from: number): number => from + 3 + view.getInt32(from, true);
  switch (type) {
    case bsonType.undefined:
      return writeAscii('{"$undefined":true}', output, position);
    case bsonType.minKey:
      return writeAscii('{"$minKey":1}', output, position);
    case bsonType.maxKey:
      return writeAscii('{"$maxKey":1}', output, position);
    case bsonType.timestamp: {
      position = writeAscii('{"$timestamp":{"t":', output, position);
      position = writeUint32Text(view.getUint32(at + 4, true), output, position);
      position = writeAscii(',"i":', output, position);
      return writeAscii('}}', output, writeUint32Text(view.getUint32(at, true), output, position));
    }
    case bsonType.code:
      position = writeAscii('{"$code":', output, position);
      return writeAscii('}', output, text(at + 4, stringEnd(at), position));
    case bsonType.symbol:
      position = writeAscii('{"$symbol":', output, position);
      return writeAscii('}', output, text(at + 4, stringEnd(at), position));
    case bsonType.regex: {
      const patternEnd = keyEnd(bytes, at, bytes.length);
      const optionsEnd = keyEnd(bytes, patternEnd + 1, bytes.length);
      position = writeAscii('{"$regularExpression":{"pattern":', output, position);
      position = writeAscii(',"options":', output, text(at, patternEnd, position));
      return writeAscii('}}', output, text(patternEnd + 1, optionsEnd, position));
    }
    default: {
      const end = stringEnd(at);
      position = writeAscii('{"$dbPointer":{"$ref":', output, position);
      position = writeAscii(',"$id":{"$oid":"', output, text(at + 4, end, position));
      return writeAscii('"}}}', output, writeHex(input, end + 1, 12, output, position));
    }
  }
}
