import { DocrowError } from '../errors/docrow-error.ts';
import { bsonType } from './bson-type.ts';

const corrupt = (what: string, offset: number): DocrowError =>
  new DocrowError('document-corrupt', `BSON is damaged: ${what}`, { offset });

/** Length of the types whose values have one, -1 for the others. */
const fixedBytes = new Int8Array(256).fill(-1);
for (const [type, size] of [
  [bsonType.int32, 4],
  [bsonType.double, 8],
  [bsonType.date, 8],
  [bsonType.timestamp, 8],
  [bsonType.int64, 8],
  [bsonType.null, 0],
  [bsonType.undefined, 0],
  [bsonType.minKey, 0],
  [bsonType.maxKey, 0],
  [bsonType.objectId, 12],
  [bsonType.decimal128, 16],
] as const) {
  fixedBytes[type] = size;
}

/**
 * The offset just after a BSON value.
 *
 * Checked: the value ends at or before `limit`; strings have their final zero byte; documents and arrays have
 * theirs and are at least five bytes long; a code and its scope fill their frame; booleans are 0 or 1. Not checked:
 * what is inside documents and arrays.
 * @param type the element's type byte
 * @param at offset of the value's first byte
 * @param limit offset that the value must not pass (the enclosing document's final zero byte)
 * @throws DocrowError `document-corrupt`
 */
export function valueEnd(type: number, bytes: Uint8Array, view: DataView, at: number, limit: number): number {
  // What nearly all values are, in as little code as possible, so that it is inlined where it is called.
  const size = fixedBytes[type] as number;
  if (size >= 0) {
    if (at + size <= limit) return at + size;
  } else if (type >= bsonType.string && type <= bsonType.array && at + 5 <= limit) {
    // A string's length leaves out its own four bytes; all three end with a zero byte and have at least five.
    const end = at + view.getInt32(at, true) + (type === bsonType.string ? 4 : 0);
    if (end > at + 4 && end <= limit && bytes[end - 1] === 0) return end;
  }
  return unusualValueEnd(type, bytes, view, at, limit);
}

/** The same for rarer types, and for what is damaged. */
function unusualValueEnd(type: number, bytes: Uint8Array, view: DataView, at: number, limit: number): number {
  let end: number;
  switch (type) {
    case bsonType.string:
    case bsonType.code:
    case bsonType.symbol: {
      if (at + 5 > limit) throw corrupt('a string is cut short', at);
      const size = view.getInt32(at, true);
      end = at + 4 + size;
      if (size < 1 || end > limit || bytes[end - 1] !== 0) throw corrupt('a string has a wrong length', at);
      return end;
    }
    case bsonType.boolean:
      if ((bytes[at] as number) > 1) throw corrupt('a boolean is neither 0 nor 1', at);
      end = at + 1;
      break;
    case bsonType.document:
    case bsonType.array: {
      if (at + 5 > limit) throw corrupt('a document is cut short', at);
      const size = view.getInt32(at, true);
      end = at + size;
      if (size < 5 || end > limit || bytes[end - 1] !== 0) throw corrupt('a document has a wrong length', at);
      return end;
    }
    case bsonType.binary: {
      if (at + 5 > limit) throw corrupt('a binary is cut short', at);
      const size = view.getInt32(at, true);
      end = at + 5 + size;
      if (size < 0) throw corrupt('a binary has a wrong length', at);
      break;
    }
    case bsonType.regex:
      end = keyEnd(bytes, keyEnd(bytes, at, limit) + 1, limit) + 1;
      break;
    case bsonType.dbPointer: {
      if (at + 5 > limit) throw corrupt('a DBPointer is cut short', at);
      const size = view.getInt32(at, true);
      end = at + 4 + size + 12;
      if (size < 1 || end > limit || bytes[at + 3 + size] !== 0)
        throw corrupt('a DBPointer has a wrong length', at);
      return end;
    }
    case bsonType.codeWithScope: {
      if (at + 14 > limit) throw corrupt('a code with scope is cut short', at);
      end = at + view.getInt32(at, true);
      const scope = at + 8 + view.getInt32(at + 4, true);
      if (end > limit || scope < at + 9 || bytes[scope - 1] !== 0) {
        throw corrupt('a code with scope has a wrong length', at);
      }
      if (valueEnd(bsonType.document, bytes, view, scope, end) !== end) {
        throw corrupt('a code with scope has a wrong length', at);
      }
      return end;
    }
    default:
      if ((fixedBytes[type] as number) >= 0) throw corrupt('a value is cut short', at);
      throw corrupt(`there is no type 0x${type.toString(16).padStart(2, '0')}`, at);
  }
  if (end > limit) throw corrupt('a value is cut short', at);
  return end;
}

/**
 * The offset of the zero byte that ends a key.
 * @throws DocrowError `document-corrupt` when there is none before `limit`
 */
export function keyEnd(bytes: Uint8Array, at: number, limit: number): number {
  let end = at;
  while (end < limit && bytes[end] !== 0) end++;
  if (end >= limit) throw corrupt('a key has no end', at);
  return end;
}
