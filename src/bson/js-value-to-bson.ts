import { serialize } from 'bson';
import { DocrowError } from '../errors/docrow-error.ts';
import type { BsonJsValue } from './bson-js-value.ts';
import { bsonType } from './bson-type.ts';

const maxDepth = 500;
const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;

/** Offset of the type byte in a document `{"": value}`, and of the value itself. */
const emptyKeyTypeOffset = 4;
const emptyKeyValueOffset = 6;

interface WrittenValue {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/**
 * The BSON document `{"": value}` for a value that a transform gave back, so that it goes the way of a document's
 * own values: its type byte is at offset 4, the value at offset 6.
 *
 * Integral numbers that fit become int32, other numbers (and −0) doubles; bigints int64; a Uint8Array a binary of
 * subtype 0; classes of the `bson` package what they stand for. In objects undefined is left out, in arrays it is null.
 * @throws DocrowError `transform-failed` for what BSON cannot hold: texts with lone surrogates, invalid dates, bigints
 *   over 64 bits, functions, other classes, nesting over 500 levels; `path` in its context leads to the value
 */
export function jsValueToBson(value: BsonJsValue): Uint8Array {
  return documentBytes([['', writeValue(value, [])]]);
}

const unfit = (what: string, path: readonly (string | number)[]): DocrowError =>
  new DocrowError('transform-failed', `The transform’s result cannot be stored: ${what}`, {
    path: path.join('.'),
  });

function writeValue(value: unknown, path: readonly (string | number)[]): WrittenValue {
  if (path.length > maxDepth) throw unfit(`it is nested deeper than ${maxDepth} levels`, []);
  switch (typeof value) {
    case 'string':
      return { type: bsonType.string, bytes: stringBytes(value, path) };
    case 'number':
      return writeNumber(value);
    case 'bigint':
      if (value < minInt64 || value > maxInt64) throw unfit('it has a bigint over 64 bits', path);
      return { type: bsonType.int64, bytes: int64Bytes(value) };
    case 'boolean':
      return { type: bsonType.boolean, bytes: Uint8Array.of(value ? 1 : 0) };
    case 'object':
      return value === null ? { type: bsonType.null, bytes: new Uint8Array() } : writeObject(value, path);
    default:
      throw unfit(`it has a ${typeof value}`, path);
  }
}

function writeNumber(value: number): WrittenValue {
  const bytes = Buffer.alloc(8);
  if ((value | 0) === value && !Object.is(value, -0)) {
    bytes.writeInt32LE(value);
    return { type: bsonType.int32, bytes: bytes.subarray(0, 4) };
  }
  bytes.writeDoubleLE(value);
  return { type: bsonType.double, bytes };
}

/** UTF-8 has no form for half of a pair; encoding it would store U+FFFD instead. */
const loneSurrogate = /\p{Surrogate}/u;

/** How the classes of the `bson` package are known, whichever copy of the package made them. */
const bsonClass = Symbol.for('@@mdb.bson.type');

function writeObject(value: object, path: readonly (string | number)[]): WrittenValue {
  if (bsonClass in value) {
    const bytes = serialize({ '': value });
    return { type: bytes[emptyKeyTypeOffset] as number, bytes: bytes.subarray(emptyKeyValueOffset, -1) };
  }
  if (Array.isArray(value)) {
    const items = value.map(
      (item, index) => [String(index), writeValue(item ?? null, [...path, index])] as const,
    );
    return { type: bsonType.array, bytes: documentBytes(items) };
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw unfit('it has an invalid date', path);
    return { type: bsonType.date, bytes: int64Bytes(BigInt(value.getTime())) };
  }
  if (value instanceof Uint8Array) {
    const head = Buffer.alloc(5);
    head.writeInt32LE(value.length);
    return { type: bsonType.binary, bytes: Buffer.concat([head, value]) };
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    throw unfit('it has an object of another class', path);
  const fields = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => [key, writeValue(item, [...path, key])] as const);
  for (const [key] of fields) {
    if (key.includes('\0') || loneSurrogate.test(key)) throw unfit('it has a key that is no BSON key', path);
  }
  return { type: bsonType.document, bytes: documentBytes(fields) };
}

function documentBytes(fields: readonly (readonly [key: string, value: WrittenValue])[]): Buffer {
  const parts = fields.flatMap(([key, { type, bytes }]) => [
    Uint8Array.of(type),
    Buffer.from(`${key}\0`),
    bytes,
  ]);
  const content = Buffer.concat([...parts, Uint8Array.of(0)]);
  const size = Buffer.alloc(4);
  size.writeInt32LE(content.length + 4);
  return Buffer.concat([size, content]);
}

function stringBytes(text: string, path: readonly (string | number)[]): Buffer {
  if (loneSurrogate.test(text)) throw unfit('it has a text with half a character', path);
  const content = Buffer.from(`\0\0\0\0${text}\0`);
  content.writeInt32LE(content.length - 4);
  return content;
}

function int64Bytes(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}
