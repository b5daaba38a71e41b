import { Decimal128 } from 'bson';
import { bsonType } from '../../bson/bson-type.ts';
import type { BsonOutput } from './bson-output.ts';
import { type Field, fieldsOf } from './document-fields.ts';
import { doubleOfText } from './double-text.ts';
import {
  writeBinary,
  writeCodeWithScope,
  writeDbPointer,
  writeLegacyBinary,
  writeRegex,
  writeTimestamp,
} from './extended-documents.ts';
import { integerOf, isText, textOf } from './field-values.ts';
import { isoMilliseconds } from './iso-date.ts';

/**
 * Making a code with scope moves all that is in its scope, which nested a thousand times would take minutes. No server
 * takes more than 200 levels.
 */
const maxScopeDepth = 250;

/**
 * Extended JSON wraps values in documents: `{"$oid": "…"}`. They are first written as the documents that they look
 * like. This makes the value of one that has exactly the keys, and values of exactly the form, that Extended JSON v2
 * or its older version (MongoDB before 4.2) gives it; any other stays the document that it is, losing nothing.
 * @param start of a whole document that ends where `output` stands, and in whose place the value is put
 * @param depth levels of nesting that it stands in
 * @returns the BSON type, or 0 where it stays a document
 */
export function convertExtendedValue(output: BsonOutput, start: number, depth: number): number {
  const fields = fieldsOf(output, start);
  const [first, second] = fields;
  if (first === undefined) return 0;
  if (second === undefined) return wrappers.get(first.key)?.(output, start, first) ?? 0;
  if (depth > maxScopeDepth && fields.some(({ key }) => key === '$scope')) return 0;
  const inOrder = first.key < second.key ? ([first, second] as const) : ([second, first] as const);
  return fields.length === 2
    ? (pairs.get(`${inOrder[0].key} ${inOrder[1].key}`)?.(output, start, ...inOrder) ?? 0)
    : 0;
}

type Conversion = (output: BsonOutput, start: number, field: Field) => number;
type PairConversion = (output: BsonOutput, start: number, first: Field, second: Field) => number;

/** By the one key. */
const wrappers: ReadonlyMap<string, Conversion> = new Map<string, Conversion>([
  ['$oid', (output, start, field) => writeHex(output, start, textOf(output, field), 24, bsonType.objectId)],
  ['$numberInt', writeInt32],
  ['$numberLong', writeInt64],
  ['$numberDouble', writeDouble],
  ['$numberDecimal', writeDecimal],
  ['$date', writeDate],
  ['$uuid', writeUuid],
  ['$symbol', (output, start, field) => moveText(output, start, field, bsonType.symbol)],
  ['$code', (output, start, field) => moveText(output, start, field, bsonType.code)],
  [
    '$undefined',
    (output, start, field) => writeNothing(output, start, isTrue(output, field), bsonType.undefined),
  ],
  ['$minKey', (output, start, field) => writeNothing(output, start, isOne(output, field), bsonType.minKey)],
  ['$maxKey', (output, start, field) => writeNothing(output, start, isOne(output, field), bsonType.maxKey)],
  ['$binary', writeBinary],
  ['$regularExpression', (output, start, field) => writeRegex(output, start, fieldsIn(output, field))],
  ['$timestamp', writeTimestamp],
  ['$dbPointer', writeDbPointer],
]);

/** By the two keys in their order as texts; in the document either may come first. */
const pairs: ReadonlyMap<string, PairConversion> = new Map<string, PairConversion>([
  ['$binary $type', writeLegacyBinary],
  ['$code $scope', writeCodeWithScope],
  ['$options $regex', (output, start, options, pattern) => writeRegex(output, start, [options, pattern])],
]);

const fieldsIn = (output: BsonOutput, field: Field): readonly Field[] =>
  field.type === bsonType.document ? fieldsOf(output, field.at) : [];

const isTrue = (output: BsonOutput, { type, at }: Field): boolean =>
  type === bsonType.boolean && output.bytes[at] === 1;

const isOne = (output: BsonOutput, field: Field): boolean => integerOf(output, field) === 1n;

function writeNothing(output: BsonOutput, start: number, fits: boolean, type: number): number {
  if (!fits) return 0;
  output.at = start;
  return type;
}

function moveText(output: BsonOutput, start: number, field: Field, type: number): number {
  if (!isText(field)) return 0;
  output.bytes.copyWithin(start, field.at, field.end);
  output.at = start + field.end - field.at;
  return type;
}

function writeHex(output: BsonOutput, start: number, text: string, digits: number, type: number): number {
  if (text.length !== digits || !/^[0-9a-f]+$/i.test(text)) return 0;
  output.at = start + output.bytes.write(text, start, 'hex');
  return type;
}

const wholeNumber = /^-?(0|[1-9]\d{0,18})$/;

function writeInt32(output: BsonOutput, start: number, field: Field): number {
  const text = textOf(output, field);
  const value = Number(text);
  if (!wholeNumber.test(text) || value !== (value | 0)) return 0;
  output.at = start;
  output.writeInt32(value);
  return bsonType.int32;
}

function writeInt64(output: BsonOutput, start: number, field: Field): number {
  const text = textOf(output, field);
  if (!wholeNumber.test(text)) return 0;
  const value = BigInt(text);
  if (BigInt.asIntN(64, value) !== value) return 0;
  output.at = start;
  output.writeInt64(value);
  return bsonType.int64;
}

function writeDouble(output: BsonOutput, start: number, field: Field): number {
  const value = doubleOfText(textOf(output, field));
  if (value === undefined) return 0;
  output.at = start;
  output.writeDouble(value);
  return bsonType.double;
}

/** The 16 bytes of a Decimal128; undefined where the text is none or has more digits than fit. */
export function decimalBytes(text: string): Uint8Array | undefined {
  try {
    return Decimal128.fromString(text).bytes;
  } catch {
    return undefined;
  }
}

function writeDecimal(output: BsonOutput, start: number, field: Field): number {
  const bytes = decimalBytes(textOf(output, field));
  if (bytes === undefined) return 0;
  output.bytes.set(bytes, start);
  output.at = start + bytes.length;
  return bsonType.decimal128;
}

/** Milliseconds as a number (before v2), as `$numberLong`, which is a number by now, or an ISO date. */
function writeDate(output: BsonOutput, start: number, field: Field): number {
  let milliseconds = integerOf(output, field);
  if (milliseconds === undefined) {
    const value = isoMilliseconds(textOf(output, field));
    if (Number.isNaN(value)) return 0;
    milliseconds = BigInt(value);
  }
  output.at = start;
  output.writeInt64(milliseconds);
  return bsonType.date;
}

export const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function writeUuid(output: BsonOutput, start: number, field: Field): number {
  const text = textOf(output, field);
  if (!uuidForm.test(text)) return 0;
  output.at = start;
  output.writeInt32(16);
  output.bytes[output.at++] = 4;
  output.at += output.bytes.write(text.replaceAll('-', ''), output.at, 'hex');
  return bsonType.binary;
}
