import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'bson';
import { DocrowError } from '../errors/docrow-error.ts';
import { readBinaryContent, uuidSubtype } from './binary-content.ts';
import type { BsonJsValue } from './bson-js-value.ts';
import { bsonType } from './bson-type.ts';
import { decodeText } from './decode-text.ts';
import { keyEnd, valueEnd } from './value-end.ts';

const maxDepth = 1000;
/** Milliseconds from 1970 that a JavaScript Date can hold, either way. */
const maxDateMs = 8_640_000_000_000_000;

/**
 * Decodes the BSON value at `at`, which `valueEnd` has accepted, with everything inside it. Nothing in the result
 * shares memory with `bytes`. Of duplicate keys the last one stays. A BSON undefined gives undefined.
 * @throws DocrowError `document-corrupt`, `value-invalid-utf8`, `document-too-deep` over 1,000 levels, or `value-out-of-range` for a
 *   date that a JavaScript Date cannot hold
 */
export function readJsValue(
  type: number,
  bytes: Uint8Array,
  view: DataView,
  at: number,
): BsonJsValue | undefined {
  return readAtDepth(type, bytes, view, at, 0);
}

function readAtDepth(
  type: number,
  bytes: Uint8Array,
  view: DataView,
  at: number,
  depth: number,
): BsonJsValue | undefined {
  switch (type) {
    case bsonType.string:
      return readString(bytes, view, at);
    case bsonType.int32:
      return view.getInt32(at, true);
    case bsonType.double:
      return view.getFloat64(at, true);
    case bsonType.int64:
      return view.getBigInt64(at, true);
    case bsonType.boolean:
      return bytes[at] === 1;
    case bsonType.null:
      return null;
    case bsonType.undefined:
      return undefined;
    case bsonType.date:
      return readDate(view, at);
    case bsonType.document:
      return readDocument(bytes, view, at, depth + 1);
    case bsonType.array:
      return readArray(bytes, view, at, depth + 1);
    case bsonType.objectId:
      return new ObjectId(copyBytes(bytes, at, at + 12));
    case bsonType.binary:
      return readBinary(bytes, view, at);
    case bsonType.decimal128:
      return new Decimal128(copyBytes(bytes, at, at + 16));
    case bsonType.timestamp:
      return new Timestamp({ t: view.getUint32(at + 4, true), i: view.getUint32(at, true) });
    case bsonType.regex: {
      const patternEnd = keyEnd(bytes, at, bytes.length);
      const flagsEnd = keyEnd(bytes, patternEnd + 1, bytes.length);
      return new BSONRegExp(decodeText(bytes, at, patternEnd), decodeText(bytes, patternEnd + 1, flagsEnd));
    }
    case bsonType.symbol:
      return new BSONSymbol(readString(bytes, view, at));
    case bsonType.code:
      return new Code(readString(bytes, view, at));
    case bsonType.codeWithScope: {
      const scope = at + 8 + view.getInt32(at + 4, true);
      return new Code(readString(bytes, view, at + 4), readDocument(bytes, view, scope, depth + 1));
    }
    case bsonType.dbPointer: {
      const idAt = at + 4 + view.getInt32(at, true);
      return new DBRef(readString(bytes, view, at), new ObjectId(copyBytes(bytes, idAt, idAt + 12)));
    }
    case bsonType.minKey:
      return new MinKey();
    case bsonType.maxKey:
      return new MaxKey();
    default:
      throw new DocrowError('document-corrupt', 'BSON is damaged: there is no such type', {
        offset: at,
        type,
      });
  }
}

/** `slice` would not do: on a Buffer it shares the memory. */
const copyBytes = (bytes: Uint8Array, start: number, end: number): Buffer =>
  Buffer.from(bytes.subarray(start, end));

function readString(bytes: Uint8Array, view: DataView, at: number): string {
  return decodeText(bytes, at + 4, at + 3 + view.getInt32(at, true));
}

function readDate(view: DataView, at: number): Date {
  const milliseconds = Number(view.getBigInt64(at, true));
  if (Math.abs(milliseconds) > maxDateMs) {
    throw new DocrowError('value-out-of-range', 'A date lies outside what a JavaScript Date can hold', {
      offset: at,
    });
  }
  return new Date(milliseconds);
}

function readBinary(bytes: Uint8Array, view: DataView, at: number): Binary {
  const { subtype, start, end } = readBinaryContent(bytes, view, at);
  const content = copyBytes(bytes, start, end);
  return subtype === uuidSubtype && content.length === 16 ? new UUID(content) : new Binary(content, subtype);
}

function readArray(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  depth: number,
): (BsonJsValue | undefined)[] {
  checkDepth(depth);
  const limit = valueEnd(bsonType.array, bytes, view, start, bytes.length) - 1;
  const items: (BsonJsValue | undefined)[] = [];
  let at = start + 4;
  while (at < limit) {
    const type = bytes[at] as number;
    const valueStart = keyEnd(bytes, at + 1, limit) + 1;
    at = valueEnd(type, bytes, view, valueStart, limit);
    items.push(readAtDepth(type, bytes, view, valueStart, depth));
  }
  return items;
}

/** The object has no prototype, so that the key `__proto__` is a key like any other. */
function readDocument(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  depth: number,
): { [key: string]: BsonJsValue | undefined } {
  checkDepth(depth);
  const limit = valueEnd(bsonType.document, bytes, view, start, bytes.length) - 1;
  const fields: { [key: string]: BsonJsValue | undefined } = Object.create(null);
  let at = start + 4;
  while (at < limit) {
    const type = bytes[at] as number;
    const valueStart = keyEnd(bytes, at + 1, limit) + 1;
    const end = valueEnd(type, bytes, view, valueStart, limit);
    fields[decodeText(bytes, at + 1, valueStart - 1)] = readAtDepth(type, bytes, view, valueStart, depth);
    at = end;
  }
  return fields;
}

function checkDepth(depth: number): void {
  if (depth > maxDepth) {
    throw new DocrowError('document-too-deep', `A value is nested deeper than ${maxDepth} levels`, {
      maxDepth,
    });
  }
}
