import { DocrowError } from '../errors/docrow-error.ts';
import { bsonType } from './bson-type.ts';
import { decodeTextLoosely } from './decode-text.ts';
import { invalidUtf8At } from './utf8.ts';
import { keyEnd, valueEnd } from './value-end.ts';

export interface CheckDocumentOptions {
  /** Check that all keys and texts are UTF-8 as well. */
  readonly utf8?: boolean;
}

/** A document or array whose elements are being checked. */
interface OpenContainer {
  readonly isArray: boolean;
  /** Offset of the final zero byte. */
  readonly limit: number;
  /** Where the element that is being checked has its key, and how many elements came before it. */
  keyStart: number;
  index: number;
  /** Offset of the next element. */
  at: number;
}

/**
 * Checks the whole inside of a document: every length lies within the enclosing one, every type exists, keys and
 * texts have their zero byte, booleans are 0 or 1. Array keys need not be numbers. Without recursion, so that no
 * depth of nesting overflows the stack.
 * @throws DocrowError `document-corrupt`, or `value-invalid-utf8` when that is checked; the context has `offset` (in
 *   `bytes`) and `path` (dotted, array positions as numbers)
 */
export function checkDocument(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  options: CheckDocumentOptions = {},
): void {
  const open: OpenContainer[] = [];
  const enter = (isArray: boolean, at: number, end: number): void => {
    open.push({ isArray, limit: end - 1, keyStart: -1, index: -1, at: at + 4 });
  };
  try {
    enter(false, start, valueEnd(bsonType.document, bytes, view, start, bytes.length));
    for (let container = open.at(-1); container !== undefined; container = open.at(-1)) {
      if (container.at === container.limit) {
        open.pop();
        continue;
      }
      const type = bytes[container.at] as number;
      container.keyStart = container.at + 1;
      container.index++;
      const valueStart = keyEnd(bytes, container.keyStart, container.limit) + 1;
      container.at = valueEnd(type, bytes, view, valueStart, container.limit);
      if (options.utf8 === true) {
        checkUtf8(bytes, container.keyStart, valueStart - 1);
        checkTextsUtf8(type, bytes, view, valueStart);
      }
      if (type === bsonType.document || type === bsonType.array) {
        enter(type === bsonType.array, valueStart, container.at);
      } else if (type === bsonType.codeWithScope) {
        enter(false, valueStart + 8 + view.getInt32(valueStart + 4, true), container.at);
      }
    }
  } catch (error) {
    if (!(error instanceof DocrowError)) throw error;
    throw new DocrowError(error.code, error.message, { ...error.context, path: pathOf(bytes, open) }, error);
  }
}

function checkTextsUtf8(type: number, bytes: Uint8Array, view: DataView, at: number): void {
  switch (type) {
    case bsonType.string:
    case bsonType.code:
    case bsonType.symbol:
    case bsonType.dbPointer:
      checkUtf8(bytes, at + 4, at + 3 + view.getInt32(at, true));
      break;
    case bsonType.codeWithScope:
      checkUtf8(bytes, at + 8, at + 7 + view.getInt32(at + 4, true));
      break;
    case bsonType.regex: {
      const patternEnd = keyEnd(bytes, at, bytes.length);
      checkUtf8(bytes, at, patternEnd);
      checkUtf8(bytes, patternEnd + 1, keyEnd(bytes, patternEnd + 1, bytes.length));
      break;
    }
  }
}

function checkUtf8(bytes: Uint8Array, start: number, end: number): void {
  const offset = invalidUtf8At(bytes, start, end);
  if (offset !== -1)
    throw new DocrowError('value-invalid-utf8', 'A text holds bytes that are not UTF-8', { offset });
}

function pathOf(bytes: Uint8Array, open: readonly OpenContainer[]): string {
  const steps: string[] = [];
  for (const { isArray, keyStart, index } of open) {
    if (keyStart === -1) break;
    let end = keyStart;
    while (end < bytes.length && bytes[end] !== 0) end++;
    steps.push(isArray ? String(index) : decodeTextLoosely(bytes, keyStart, end));
  }
  return steps.join('.');
}
