import { bsonType } from '../../bson/bson-type.ts';
import { checkDocument } from '../../bson/check-document.ts';
import { keyEnd, valueEnd } from '../../bson/value-end.ts';
import { DocrowError } from '../../errors/docrow-error.ts';

/** Deeper than this the check goes on without recursion. */
const maxRecursion = 200;

/**
 * Checks the whole inside of a document, as `checkDocument` does, and measures how deep it is nested.
 * @returns levels of documents and arrays; 1 for a flat document
 * @throws DocrowError `document-corrupt`
 */
export function checkStructure(bytes: Uint8Array, view: DataView, start: number): number {
  return checkLevel(bytes, view, start, valueEnd(bsonType.document, bytes, view, start, bytes.length), 1);
}

function checkLevel(bytes: Uint8Array, view: DataView, start: number, end: number, level: number): number {
  if (level > maxRecursion) return checkDeep(bytes, view, start, level);
  const limit = end - 1;
  let deepest = level;
  let at = start + 4;
  while (at < limit) {
    const type = bytes[at] as number;
    const valueAt = keyEnd(bytes, at + 1, limit) + 1;
    at = valueEnd(type, bytes, view, valueAt, limit);
    let below = 0;
    if (type === bsonType.document || type === bsonType.array) {
      below = checkLevel(bytes, view, valueAt, at, level + 1);
    } else if (type === bsonType.codeWithScope) {
      below = checkLevel(bytes, view, valueAt + 8 + view.getInt32(valueAt + 4, true), at, level + 1);
    }
    if (below > deepest) deepest = below;
  }
  if (at !== limit) throw wrongEnd(start);
  return deepest;
}

const wrongEnd = (offset: number): DocrowError =>
  new DocrowError('document-corrupt', 'BSON is damaged: a document does not end where it says', { offset });

/** The same without recursion: any depth is measured without overflowing the stack. */
function checkDeep(bytes: Uint8Array, view: DataView, start: number, level: number): number {
  checkDocument(bytes, view, start);
  let deepest = level;
  walkContainers(bytes, view, start, false, (depth) => {
    if (level + depth > deepest) deepest = level + depth;
  });
  return deepest;
}

/**
 * Visits every key inside a checked document, without recursion.
 * @param isArray whether it is an array that begins at `start`
 * @param onContainer told of each document and array below the first, with its depth below it
 * @param onKey told of each key of a document (not of arrays); `object` is a number of its own for each document
 */
export function walkContainers(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  isArray: boolean,
  onContainer: (depth: number) => void,
  onKey?: (object: number, keyStart: number, keyStop: number) => void,
): void {
  let object = 0;
  const open = [{ at: start + 4, limit: start + view.getInt32(start, true) - 1, isArray, object }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    if (top.at >= top.limit) {
      open.pop();
      continue;
    }
    const type = bytes[top.at] as number;
    const keyStart = top.at + 1;
    const keyStop = keyEnd(bytes, keyStart, top.limit);
    const valueAt = keyStop + 1;
    top.at = valueEnd(type, bytes, view, valueAt, top.limit);
    if (!top.isArray) onKey?.(top.object, keyStart, keyStop);
    if (type !== bsonType.document && type !== bsonType.codeWithScope && type !== bsonType.array) continue;
    const inside = type === bsonType.codeWithScope ? valueAt + 8 + view.getInt32(valueAt + 4, true) : valueAt;
    onContainer(open.length);
    open.push({ at: inside + 4, limit: top.at - 1, isArray: type === bsonType.array, object: ++object });
  }
}
