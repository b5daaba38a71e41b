import type { BsonJsValue } from './bson-js-value.ts';
import { bsonType } from './bson-type.ts';
import { createFoundField, findPath } from './find-field.ts';
import { readJsValue } from './read-js-value.ts';

/** Reads single values of one document. Nothing is decoded but what is asked for. */
export interface DocumentReader {
  /**
   * The value under a path of keys, as `get('address', 'city')`; undefined when there is none (or a BSON undefined).
   * Without keys: the whole document. Keys below arrays are not found; of duplicate keys the first counts.
   * @throws DocrowError as `readJsValue` does
   */
  get(...path: readonly string[]): BsonJsValue | undefined;
  /** True when the key exists, null included. */
  has(...path: readonly string[]): boolean;
}

/** A reader that is pointed at one document after the other without making garbage. */
export interface MovableDocumentReader extends DocumentReader {
  /**
   * Reads from the document at `start` from now on.
   * @param view a view over the same memory as `bytes`, with the same offsets
   */
  pointAt(bytes: Uint8Array, view: DataView, start: number): void;
}

/** Makes a reader that reads from an empty document until it is pointed at another one. */
export function createDocumentReader(): MovableDocumentReader {
  const found = createFoundField();
  const encodedKeys = new Map<string, Uint8Array>();
  const encodedPath: Uint8Array[] = [];
  let bytes: Uint8Array = Uint8Array.of(5, 0, 0, 0, 0);
  let view = new DataView(bytes.buffer);
  let start = 0;

  const encodeKey = (key: string): Uint8Array => {
    let encoded = encodedKeys.get(key);
    if (encoded === undefined) {
      encoded = Buffer.from(key);
      // A transform may compute keys from data; the cache must not grow with it.
      if (encodedKeys.size >= maxEncodedKeys) encodedKeys.clear();
      encodedKeys.set(key, encoded);
    }
    return encoded;
  };

  const find = (path: readonly string[]): boolean => {
    encodedPath.length = 0;
    for (const key of path) encodedPath.push(encodeKey(key));
    return findPath(bytes, view, start, encodedPath, found);
  };

  return {
    pointAt(newBytes, newView, newStart) {
      bytes = newBytes;
      view = newView;
      start = newStart;
    },
    get(...path) {
      if (path.length === 0) return readJsValue(bsonType.document, bytes, view, start);
      return find(path) ? readJsValue(found.type, bytes, view, found.at) : undefined;
    },
    has(...path) {
      return path.length === 0 || find(path);
    },
  };
}

const maxEncodedKeys = 1000;
