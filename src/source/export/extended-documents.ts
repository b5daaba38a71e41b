import { bsonType } from '../../bson/bson-type.ts';
import type { BsonOutput } from './bson-output.ts';
import { type Field, fieldsOf } from './document-fields.ts';
import { integerOf, isText, textOf } from './field-values.ts';

/** The two fields of a document with these keys, whichever comes first. */
function pairIn(fields: readonly Field[], a: string, b: string): readonly [Field, Field] | undefined {
  const [first, second] = fields;
  if (first === undefined || second === undefined || fields.length !== 2) return undefined;
  if (first.key === a && second.key === b) return [first, second];
  return first.key === b && second.key === a ? [second, first] : undefined;
}

const pairInside = (output: BsonOutput, { type, at }: Field, a: string, b: string) =>
  type === bsonType.document ? pairIn(fieldsOf(output, at), a, b) : undefined;

/** `{"$binary": {"base64": "…", "subType": "00"}}` */
export function writeBinary(output: BsonOutput, start: number, field: Field): number {
  const pair = pairInside(output, field, 'base64', 'subType');
  if (pair === undefined) return 0;
  const subtype = textOf(output, pair[1]);
  return /^[0-9a-f]{1,2}$/i.test(subtype)
    ? writeContent(output, start, pair[0], Number.parseInt(subtype, 16))
    : 0;
}

/** `{"$binary": "…", "$type": "00"}`; user-defined subtypes were also written like `ffffff80`, or as a number. */
export function writeLegacyBinary(output: BsonOutput, start: number, content: Field, type: Field): number {
  const number = integerOf(output, type);
  if (number !== undefined && number >= 0n && number <= 255n) {
    return writeContent(output, start, content, Number(number));
  }
  const match = /^(?:f{6})?([0-9a-f]{1,2})$/i.exec(textOf(output, type));
  return match === null ? 0 : writeContent(output, start, content, Number.parseInt(match[1] ?? '', 16));
}

function writeContent(output: BsonOutput, start: number, field: Field, subtype: number): number {
  if (!isText(field)) return 0;
  const content = decodeBase64(output.bytes, field.at + 4, field.end - 1);
  if (content === undefined) return 0;
  putBinary(output, start, subtype, content);
  return bsonType.binary;
}

/** Writes a binary at `start`, for which there is room. Subtype 2 has a second length inside, which texts leave out. */
export function putBinary(output: BsonOutput, start: number, subtype: number, content: Uint8Array): void {
  const isOld = subtype === 2;
  output.at = start;
  output.writeInt32(content.length + (isOld ? 4 : 0));
  output.bytes[output.at++] = subtype;
  if (isOld) output.writeInt32(content.length);
  output.bytes.set(content, output.at);
  output.at += content.length;
}

const base64Digits = new Uint8Array(256);
for (const digit of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') {
  base64Digits[digit.charCodeAt(0)] = 1;
}

/** The bytes that a text in base64 stands for, in memory of their own; undefined where it is not base64 with padding. */
export function decodeBase64(bytes: Buffer, start: number, end: number): Uint8Array | undefined {
  if ((end - start) % 4 !== 0) return undefined;
  let stop = end;
  while (stop > end - 2 && stop > start && bytes[stop - 1] === 0x3d) stop--;
  for (let at = start; at < stop; at++) {
    if (base64Digits[bytes[at] as number] === 0) return undefined;
  }
  return Buffer.from(bytes.toString('latin1', start, end), 'base64');
}

/** `{"$timestamp": {"t": 1, "i": 2}}` */
export function writeTimestamp(output: BsonOutput, start: number, field: Field): number {
  const pair = pairInside(output, field, 't', 'i');
  const [seconds, increment] = pair?.map((part) => integerOf(output, part)) ?? [];
  if (!isUint32(seconds) || !isUint32(increment)) return 0;
  output.at = start;
  output.writeInt32(Number(increment));
  output.writeInt32(Number(seconds));
  return bsonType.timestamp;
}

const isUint32 = (value: bigint | undefined): value is bigint =>
  value !== undefined && value >= 0n && value <= 0xffff_ffffn;

/**
 * `{"$regularExpression": {"pattern": "…", "options": "…"}}`, or `{"$regex": "…", "$options": "…"}`.
 * @param fields those of the document that has both
 */
export function writeRegex(output: BsonOutput, start: number, fields: readonly Field[]): number {
  const pair = pairIn(fields, 'pattern', 'options') ?? pairIn(fields, '$regex', '$options');
  if (pair === undefined || !pair.every(isText)) return 0;
  // Each with its final zero byte, which has to be the only one.
  const texts = pair.map(({ at, end }) => Buffer.from(output.bytes.subarray(at + 4, end)));
  if (texts.some((text) => text.indexOf(0) !== text.length - 1)) return 0;
  output.at = start;
  for (const text of texts) {
    output.bytes.set(text, output.at);
    output.at += text.length;
  }
  return bsonType.regex;
}

/** `{"$code": "…", "$scope": {…}}` */
export function writeCodeWithScope(output: BsonOutput, start: number, code: Field, scope: Field): number {
  if (!isText(code) || scope.type !== bsonType.document) return 0;
  const parts = [code, scope].map(({ at, end }) => Buffer.from(output.bytes.subarray(at, end)));
  output.at = start + 4;
  for (const part of parts) {
    output.bytes.set(part, output.at);
    output.at += part.length;
  }
  output.setInt32(start, output.at - start);
  return bsonType.codeWithScope;
}

/** `{"$dbPointer": {"$ref": "…", "$id": {"$oid": "…"}}}` */
export function writeDbPointer(output: BsonOutput, start: number, field: Field): number {
  const pair = pairInside(output, field, '$ref', '$id');
  if (pair === undefined) return 0;
  const [name, id] = pair;
  if (!isText(name) || id.type !== bsonType.objectId) return 0;
  const parts = pair.map(({ at, end }) => Buffer.from(output.bytes.subarray(at, end)));
  output.at = start;
  for (const part of parts) {
    output.bytes.set(part, output.at);
    output.at += part.length;
  }
  return bsonType.dbPointer;
}
