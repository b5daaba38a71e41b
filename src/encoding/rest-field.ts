import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import type { DocumentState } from './document-state.ts';
import type { Memory } from './memory.ts';
import type { PathNode, PathTree } from './path-tree.ts';
import { ValueProblem } from './value-problem.ts';
import { createJsonWriter } from './write-json.ts';
import { ambiguousWrapper, nulWrapperKey, writeJsonString } from './write-json-string.ts';

/**
 * Whether a field is left over wholly, perhaps partly (look inside), or not at all.
 * @param isTaken a column has the whole of what the field stands in, so that only what policies sent to rest is left
 */
function fate(
  state: DocumentState,
  node: PathNode | undefined,
  type: number,
  isTaken: boolean,
): 'whole' | 'partly' | 'taken' {
  if (node === undefined) return isTaken ? 'taken' : 'whole';
  if (node.slot !== undefined && state.isInRest(node.slot)) return 'whole';
  if (type === bsonType.document && node.children.size > 0) return 'partly';
  return isTaken || node.slot !== undefined ? 'taken' : 'whole';
}

const replacementCharacter = '\ufffd';

function childOf(node: PathNode, bytes: Buffer, at: number, end: number): PathNode | undefined {
  const text = bytes.toString('utf8', at, end);
  const child = node.children.get(text);
  if (child === undefined || !text.includes(replacementCharacter)) return child;
  // Bytes that are not UTF-8 read alike, but are another key.
  return bytes.subarray(at, end).equals(Buffer.from(text)) ? child : undefined;
}

const equalsKey = (key: Buffer, bytes: Buffer, at: number, end: number): boolean =>
  key.length === end - at && key.equals(bytes.subarray(at, end));

/**
 * Whether the key in [keyAt, keyStop) comes again in [from, limit). Of keys that columns know the last one counts
 * under `duplicates: last`; the others are dropped, as declared.
 */
function hasKeyAgain(
  bytes: Buffer,
  view: DataView,
  keyAt: number,
  keyStop: number,
  from: number,
  limit: number,
): boolean {
  const key = bytes.subarray(keyAt, keyStop);
  for (let at = from; at < limit; ) {
    const end = keyEnd(bytes, at + 1, limit);
    if (equalsKey(key, bytes, at + 1, end)) return true;
    at = valueEnd(bytes[at]!, bytes, view, end + 1, limit);
  }
  return false;
}

/** The first field in document order that no column holds, for the message of `unmapped: reject`. */
export function firstUnmappedPath(
  state: DocumentState,
  tree: PathTree,
  duplicates: 'reject' | 'last',
): readonly string[] | undefined {
  const { bytes, view } = state.input;

  function firstIn(parent: PathNode, start: number, isTaken: boolean): readonly string[] | undefined {
    const limit = start + view.getInt32(start, true) - 1;
    for (let at = start + 4; at < limit; ) {
      const type = bytes[at]!;
      const keyAt = at + 1;
      const keyStop = keyEnd(bytes, keyAt, limit);
      at = valueEnd(type, bytes, view, keyStop + 1, limit);
      const node = childOf(parent, bytes, keyAt, keyStop);
      if (duplicates === 'last' && node && hasKeyAgain(bytes, view, keyAt, keyStop, at, limit)) continue;
      const what = fate(state, node, type, isTaken);
      if (what === 'taken') continue;
      const key = bytes.toString('utf8', keyAt, keyStop);
      if (what === 'whole') return [key];
      const below = firstIn(node!, keyStop + 1, isTaken || node!.slot !== undefined);
      if (below !== undefined) return [key, ...below];
    }
    return undefined;
  }
  return firstIn(tree.root, state.start, false);
}

/**
 * Makes the writer of a rest column: an object of the shape of the document with every field that no column holds,
 * as canonical Extended JSON in jsonb. NULL when there is none.
 */
export function createRestWriter(
  tree: PathTree,
  duplicates: 'reject' | 'last',
): (state: DocumentState, output: Memory, position: number) => number {
  const writeValue = createJsonWriter({
    style: 'canonical',
    nul: 'wrap',
    duplicates: duplicates === 'reject' ? 'reject' : 'keep',
  });

  /**
   * Writes `"key":value,…` of what is left at this level; returns `position` when nothing is.
   * @param depth levels of nesting that the fields stand in
   */
  function writeFields(
    state: DocumentState,
    parent: PathNode,
    start: number,
    isTaken: boolean,
    depth: number,
    output: Memory,
    position: number,
  ): number {
    const { input } = state;
    const { bytes, view } = input;
    const limit = start + view.getInt32(start, true) - 1;
    let keyAt = 0;
    let keyStop = 0;
    try {
      for (let at = start + 4; at < limit; ) {
        const type = bytes[at]!;
        keyAt = at + 1;
        keyStop = keyEnd(bytes, keyAt, limit);
        at = valueEnd(type, bytes, view, keyStop + 1, limit);
        const node = childOf(parent, bytes, keyAt, keyStop);
        if (duplicates === 'last' && node && hasKeyAgain(bytes, view, keyAt, keyStop, at, limit)) continue;
        const what = fate(state, node, type, isTaken);
        if (what === 'taken') continue;
        if (equalsKey(nulWrapperKey, bytes, keyAt, keyStop)) throw ambiguousWrapper();
        let next = writeJsonString(input, keyAt, keyStop, output, position, 'reject');
        output.bytes[next++] = 0x3a;
        if (what === 'whole') next = writeValue(type, input, keyStop + 1, output, next, depth);
        else {
          output.bytes[next++] = 0x7b;
          const below = isTaken || node!.slot !== undefined;
          const end = writeFields(state, node!, keyStop + 1, below, depth + 1, output, next);
          if (end === next) continue;
          output.bytes[end - 1] = 0x7d;
          next = end;
        }
        output.bytes[next] = 0x2c;
        position = next + 1;
      }
    } catch (problem) {
      if (problem instanceof ValueProblem) problem.inside(bytes.toString('utf8', keyAt, keyStop));
      throw problem;
    }
    return position;
  }

  return (state, output, position) => {
    if (state.extra > 0) {
      output.bytes[position + 4] = 1;
      output.bytes[position + 5] = 0x7b;
      const start = position + 6;
      const end = writeFields(state, tree.root, state.start, false, 1, output, start);
      if (end > start) {
        output.bytes[end - 1] = 0x7d;
        output.view.setInt32(position, end - position - 4);
        return end;
      }
    }
    output.view.setInt32(position, -1);
    return position + 4;
  };
}
