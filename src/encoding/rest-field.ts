import { bsonType, emptyDocumentSize } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import type { DocumentState } from './document-state.ts';
import type { JsonbRules } from './jsonb-rules.ts';
import type { Memory } from './memory.ts';
import type { PathNode, PathTree } from './path-tree.ts';
import { childOf, type RestColumnNotes, RestKeys } from './rest-keys.ts';
import { RestOrder } from './rest-order.ts';
import { ValueProblem } from './value-problem.ts';
import { createJsonWriter, type JsonWriterOptions } from './write-json.ts';
import { ambiguousWrapper, writeJsonString } from './write-json-string.ts';
import { createJsonbWriter } from './write-jsonb.ts';

/**
 * Whether a field is left over wholly, perhaps partly (look inside), or not at all.
 * @param isTaken a column has the whole of what the field stands in, so that only what policies sent to rest is left
 * @param isEmpty the value is a document without fields, and that it was there is to be kept
 */
function fate(
  state: DocumentState,
  node: PathNode | undefined,
  type: number,
  isTaken: boolean,
  isEmpty = false,
): 'whole' | 'partly' | 'taken' {
  if (node === undefined) return isTaken ? 'taken' : 'whole';
  if (node.slot !== undefined && state.isInRest(node.slot)) return 'whole';
  if (type === bsonType.document && node.children.size > 0 && !isEmpty) return 'partly';
  return isTaken || node.slot !== undefined ? 'taken' : 'whole';
}

/**
 * Whether nothing takes a field that is left over wholly: no policy sent it, and it is no empty document that columns
 * take parts of.
 */
const isUnmapped = (state: DocumentState, node: PathNode | undefined, isEmpty: boolean): boolean => {
  if (node === undefined) return true;
  return node.slot === undefined ? !isEmpty : !state.isInRestByPolicy(node.slot);
};

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
  if (!state.isDocument) return undefined;
  const { bytes, view } = state.input;

  function firstIn(parent: PathNode, start: number, isTaken: boolean): readonly string[] | undefined {
    const limit = start + view.getInt32(start, true) - 1;
    for (let at = start + 4; at < limit; ) {
      const type = bytes[at]!;
      const keyAt = at + 1;
      const keyStop = keyEnd(bytes, keyAt, limit);
      at = valueEnd(type, bytes, view, keyStop + 1, limit);
      const key = bytes.toString('utf8', keyAt, keyStop);
      const node = childOf(parent, key, bytes, keyAt, keyStop);
      if (duplicates === 'last' && node && hasKeyAgain(bytes, view, keyAt, keyStop, at, limit)) continue;
      const what = fate(state, node, type, isTaken);
      if (what === 'taken') continue;
      if (what === 'whole') return [key];
      const below = firstIn(node!, keyStop + 1, isTaken || node!.slot !== undefined);
      if (below !== undefined) return [key, ...below];
    }
    return undefined;
  }
  return firstIn(tree.root, state.start, tree.isItemTaken);
}

/**
 * Makes the writer of a rest column: an object of the shape of the document with every field that no column holds,
 * as canonical Extended JSON in jsonb. NULL when there is none. An array element that a policy sends there is written
 * as it is.
 * @param notes for the fields that are there because nothing takes them
 */
export function createRestWriter(
  tree: PathTree,
  { duplicates, normalizer }: JsonbRules,
  notes: RestColumnNotes,
): (state: DocumentState, output: Memory, position: number) => number {
  const options: JsonWriterOptions = {
    style: 'canonical',
    nul: 'wrap',
    duplicates: duplicates === 'reject' ? 'reject' : 'keep',
  };
  const writeValue =
    normalizer === undefined ? createJsonWriter(options) : createJsonbWriter(options, normalizer);
  const order = normalizer === undefined ? undefined : new RestOrder();
  /** Bytes behind a field: a comma, as PostgreSQL prints it with a space. */
  const separatorLength = order === undefined ? 1 : 2;
  const rootKeys = new RestKeys(tree.root, '', notes);

  /** Puts the bracket over what stands behind the last field. */
  function closeObject(output: Memory, end: number): number {
    output.bytes[end - separatorLength] = 0x7d;
    return end - separatorLength + 1;
  }

  /**
   * Writes `"key":value,…` of what is left at this level, with a comma behind the last one too; returns `position` when
   * nothing is.
   * @param depth levels of nesting that the fields stand in
   */
  function writeFields(
    state: DocumentState,
    keys: RestKeys,
    start: number,
    isTaken: boolean,
    depth: number,
    output: Memory,
    position: number,
  ): number {
    const { input } = state;
    const { bytes, view } = input;
    const limit = start + view.getInt32(start, true) - 1;
    const base = order === undefined ? 0 : order.begin();
    let keyAt = 0;
    let keyStop = 0;
    let key = keys.start;
    try {
      for (let at = start + 4; at < limit; ) {
        const type = bytes[at]!;
        keyAt = at + 1;
        keyStop = keyEnd(bytes, keyAt, limit);
        at = valueEnd(type, bytes, view, keyStop + 1, limit);
        key = keys.find(key, bytes, keyAt, keyStop);
        const { node } = key;
        if (duplicates === 'last' && node && hasKeyAgain(bytes, view, keyAt, keyStop, at, limit)) continue;
        const isEmpty = type === bsonType.document && at - keyStop - 1 === emptyDocumentSize;
        const what = fate(state, node, type, isTaken, isEmpty);
        if (what === 'taken') continue;
        if (key.isWrapper) throw ambiguousWrapper();
        let next = writeJsonString(input, keyAt, keyStop, output, position, 'reject');
        output.bytes[next++] = 0x3a;
        if (order !== undefined) output.bytes[next++] = 0x20;
        if (what === 'whole') {
          next = writeValue(type, input, keyStop + 1, output, next, depth);
          if (isUnmapped(state, node, isEmpty)) keys.noteUnmapped(key);
        } else {
          output.bytes[next++] = 0x7b;
          const below = isTaken || node!.slot !== undefined;
          const end = writeFields(state, key.below!, keyStop + 1, below, depth + 1, output, next);
          if (end === next) continue;
          next = closeObject(output, end);
        }
        order?.add(key, position);
        output.bytes[next] = 0x2c;
        if (order !== undefined) output.bytes[next + 1] = 0x20;
        position = next + separatorLength;
      }
      order?.arrange(base, output, position);
    } catch (problem) {
      if (problem instanceof ValueProblem) problem.inside(bytes.toString('utf8', keyAt, keyStop));
      throw problem;
    }
    return position;
  }

  /** Writes what is left, behind the version byte of jsonb's binary form; returns `position` when nothing is. */
  function writeRest(state: DocumentState, output: Memory, position: number): number {
    const { itemSlot } = tree;
    if (itemSlot >= 0 && state.isInRest(itemSlot)) {
      return writeValue(state.types[itemSlot]!, state.input, state.offsets[itemSlot]!, output, position);
    }
    if (!state.isDocument) return position;
    order?.clear();
    output.bytes[position] = 0x7b;
    const end = writeFields(state, rootKeys, state.start, tree.isItemTaken, 1, output, position + 1);
    if (end === position + 1) return position;
    const stop = closeObject(output, end);
    return order?.isRepeating ? normalizer!.normalize(output, position, stop) : stop;
  }

  return (state, output, position) => {
    if (state.extra > 0) {
      output.bytes[position + 4] = 1;
      const end = writeRest(state, output, position + 5);
      if (end > position + 5) {
        output.view.setInt32(position, end - position - 4);
        return end;
      }
    }
    output.view.setInt32(position, -1);
    return position + 4;
  };
}
