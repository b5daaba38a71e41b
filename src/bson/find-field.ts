import { bsonType } from './bson-type.ts';
import { keyEnd, valueEnd } from './value-end.ts';

/** Where a field was found. One object is used again and again, so that a search makes no garbage. */
export interface FoundField {
  /** Type byte. */
  type: number;
  /** Offset of the value's first byte. */
  at: number;
  /** Offset just after the value. */
  end: number;
}

export const createFoundField = (): FoundField => ({ type: 0, at: 0, end: 0 });

/**
 * Looks for a key among the fields of the document at `start`; of two equal keys the first counts.
 *
 * Bounds are checked for every field that is passed; what lies after the key is not read.
 * @param key the key's UTF-8 bytes, without a zero byte
 * @param found filled in when the answer is true, otherwise unchanged
 * @throws DocrowError `document-corrupt`
 */
export function findField(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  key: Uint8Array,
  found: FoundField,
): boolean {
  const limit = valueEnd(bsonType.document, bytes, view, start, bytes.length) - 1;
  const length = key.length;
  let at = start + 4;
  while (at < limit) {
    const type = bytes[at] as number;
    const keyStart = at + 1;
    let i = 0;
    while (i < length && bytes[keyStart + i] === key[i]) i++;
    const valueStart = keyEnd(bytes, keyStart, limit) + 1;
    const end = valueEnd(type, bytes, view, valueStart, limit);
    if (i === length && valueStart === keyStart + length + 1) {
      found.type = type;
      found.at = valueStart;
      found.end = end;
      return true;
    }
    at = end;
  }
  return false;
}

/**
 * Follows keys from the document at `start` through sub-documents. A key below anything that is not a document,
 * arrays included, is not found.
 * @param path at least one key, each as UTF-8 bytes
 * @throws DocrowError `document-corrupt`
 */
export function findPath(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  path: readonly Uint8Array[],
  found: FoundField,
): boolean {
  let at = start;
  for (let i = 0; i < path.length; i++) {
    if (i > 0) {
      if (found.type !== bsonType.document) return false;
      at = found.at;
    }
    if (!findField(bytes, view, at, path[i] as Uint8Array, found)) return false;
  }
  return path.length > 0;
}
