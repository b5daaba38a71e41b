import { onDemand } from 'bson';
import { readBinaryContent } from '../bson/binary-content.ts';
import { bsonType } from '../bson/bson-type.ts';
import { readDecimal128 } from '../bson/decimal128.ts';
import type { BsonElement, BsonValue } from './bson-value.ts';

/**
 * The elements of a document or array, in order and with duplicates.
 * @param document exactly one well-formed document
 */
export function readElements(document: Buffer): readonly BsonElement[] {
  return [...onDemand.parseToElements(document)].map(([type, nameAt, nameLength, at, length]) => {
    const bytes = document.subarray(at, at + length);
    const key = document.subarray(nameAt, nameAt + nameLength);
    return { key, value: decodeValue(type, bytes), raw: { type, bytes } };
  });
}

/**
 * Takes one well-formed value apart.
 * @param type the type byte, one of `bsonType`
 * @param bytes exactly the value's bytes
 */
function decodeValue(type: number, bytes: Buffer): BsonValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case bsonType.double:
      return { type: 'double', value: view.getFloat64(0, true) };
    case bsonType.int32:
      return { type: 'int32', value: view.getInt32(0, true) };
    case bsonType.int64:
      return { type: 'int64', value: view.getBigInt64(0, true) };
    case bsonType.decimal128:
      return { type: 'decimal128', value: readDecimal128(view, 0) };
    case bsonType.string:
      return { type: 'string', text: textBytes(bytes) };
    case bsonType.symbol:
      return { type: 'symbol', text: textBytes(bytes) };
    case bsonType.code:
      return { type: 'code', text: textBytes(bytes) };
    case bsonType.document:
      return { type: 'document', raw: bytes };
    case bsonType.array:
      return { type: 'array', raw: bytes };
    case bsonType.binary: {
      const { subtype, start, end } = readBinaryContent(bytes, view, 0);
      return { type: 'binary', subtype, bytes: bytes.subarray(start, end) };
    }
    case bsonType.objectId:
      return { type: 'objectId', bytes };
    case bsonType.boolean:
      return { type: 'boolean', value: bytes[0] === 1 };
    case bsonType.date:
      return { type: 'date', milliseconds: view.getBigInt64(0, true) };
    case bsonType.timestamp:
      return { type: 'timestamp', seconds: view.getUint32(4, true), increment: view.getUint32(0, true) };
    case bsonType.regex: {
      const patternEnd = bytes.indexOf(0);
      return {
        type: 'regex',
        pattern: bytes.subarray(0, patternEnd),
        options: bytes.subarray(patternEnd + 1, -1),
      };
    }
    case bsonType.dbPointer:
      return { type: 'dbPointer', namespace: textBytes(bytes.subarray(0, -12)), id: bytes.subarray(-12) };
    case bsonType.codeWithScope: {
      const scopeAt = 8 + view.getInt32(4, true);
      return {
        type: 'codeWithScope',
        code: textBytes(bytes.subarray(4, scopeAt)),
        scope: bytes.subarray(scopeAt),
      };
    }
    case bsonType.null:
      return { type: 'null' };
    case bsonType.minKey:
      return { type: 'minKey' };
    case bsonType.maxKey:
      return { type: 'maxKey' };
    default:
      return { type: 'undefined' };
  }
}

/** A string without its length in front and its zero byte behind. */
const textBytes = (bytes: Buffer): Buffer => bytes.subarray(4, -1);
