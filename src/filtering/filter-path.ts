import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';

/**
 * Says whether one value of a document fulfils a condition. Type 0 stands for a field that is not there.
 * @param at offset of the value's first byte
 */
export type ValueTest = (type: number, bytes: Uint8Array, view: DataView, at: number) => boolean;

/** The type byte under which a test sees a missing field; no BSON value has it. */
export const missingType = 0;

/** One key of a path, ready to be compared with raw bytes. */
interface PathKey {
  /** UTF-8 without the zero byte. */
  readonly bytes: Uint8Array;
  /** The position that the key names in an array, or -1. */
  readonly position: number;
}

export type FilterPath = readonly PathKey[];

/** Reads a dotted path as MongoDB's queries have it: every dot separates, there is no quoting. */
export function parseFilterPath(text: string): FilterPath {
  return text.split('.').map((key) => ({
    bytes: Buffer.from(key),
    position: /^(0|[1-9][0-9]{0,9})$/.test(key) ? Number(key) : -1,
  }));
}

/**
 * True when any value under a path passes the test, by MongoDB's rules (`ElementPath` in its source):
 * - an array at the end of the path stands for its items and for itself;
 * - an array on the way stands for each of its items that is a document, and a number in the path also for the item
 *   at that position, which then stands for itself alone;
 * - a document on the way that lacks the next key, and a scalar on the way, count as missing; items of an array that
 *   are not documents count as nothing.
 *
 * Makes no garbage. Bounds are checked for every field that is passed.
 * @param start offset of the document
 * @throws DocrowError `document-corrupt`
 */
export function anyUnderPath(
  path: FilterPath,
  test: ValueTest,
  bytes: Uint8Array,
  view: DataView,
  start: number,
): boolean {
  return inDocument(path, 0, test, bytes, view, start);
}

/** Also for an array whose keys, "0", "1" and so on, are taken as those of a document. */
function inDocument(
  path: FilterPath,
  depth: number,
  test: ValueTest,
  bytes: Uint8Array,
  view: DataView,
  start: number,
): boolean {
  const key = path[depth]!.bytes;
  const length = key.length;
  const limit = valueEnd(bsonType.document, bytes, view, start, bytes.length) - 1;
  let at = start + 4;
  while (at < limit) {
    const type = bytes[at]!;
    const keyStart = at + 1;
    let i = 0;
    while (i < length && bytes[keyStart + i] === key[i]) i++;
    const value = keyEnd(bytes, keyStart + i, limit) + 1;
    const end = valueEnd(type, bytes, view, value, limit);
    if (i === length && value === keyStart + length + 1) {
      if (depth === path.length - 1)
        return test(type, bytes, view, value) || isItemOf(type, test, bytes, view, value);
      if (type === bsonType.document) return inDocument(path, depth + 1, test, bytes, view, value);
      if (type === bsonType.array) return inArray(path, depth + 1, test, bytes, view, value);
      break;
    }
    at = end;
  }
  return test(missingType, bytes, view, start);
}

function isItemOf(type: number, test: ValueTest, bytes: Uint8Array, view: DataView, start: number): boolean {
  if (type !== bsonType.array) return false;
  const limit = valueEnd(type, bytes, view, start, bytes.length) - 1;
  let at = start + 4;
  while (at < limit) {
    const itemType = bytes[at]!;
    const value = keyEnd(bytes, at + 1, limit) + 1;
    if (test(itemType, bytes, view, value)) return true;
    at = valueEnd(itemType, bytes, view, value, limit);
  }
  return false;
}

/** `depth` is the place in the path of the first key that the items, not the array, have to answer. */
function inArray(
  path: FilterPath,
  depth: number,
  test: ValueTest,
  bytes: Uint8Array,
  view: DataView,
  start: number,
): boolean {
  const { position } = path[depth]!;
  const isLast = depth === path.length - 1;
  const limit = valueEnd(bsonType.array, bytes, view, start, bytes.length) - 1;
  let at = start + 4;
  for (let index = 0; at < limit; index++) {
    const type = bytes[at]!;
    const value = keyEnd(bytes, at + 1, limit) + 1;
    const end = valueEnd(type, bytes, view, value, limit);
    if (type === bsonType.document && inDocument(path, depth, test, bytes, view, value)) return true;
    if (index === position) {
      if (isLast) {
        if (test(type, bytes, view, value)) return true;
      } else if (type === bsonType.document || type === bsonType.array) {
        if (inDocument(path, depth + 1, test, bytes, view, value)) return true;
      }
    }
    at = end;
  }
  return false;
}
