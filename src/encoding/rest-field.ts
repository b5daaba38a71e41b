import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import type { DocumentState } from './document-state.ts';
import type { Memory } from './memory.ts';
import type { PathNode, PathTree } from './path-tree.ts';
import { ValueProblem } from './value-problem.ts';
import { createJsonWriter } from './write-json.ts';
import { ambiguousWrapper, nulWrapperKey, writeJsonString } from './write-json-string.ts';

/** Called for each field, from the root, that no column holds. Keys lead to it. */
type Visit = (keys: readonly string[]) => void;

/** Whether a field is wholly left over, partly (look inside), or taken. */
function fate(state: DocumentState, node: PathNode | undefined, type: number): 'whole' | 'partly' | 'taken' {
  if (node === undefined) return 'whole';
  if (node.slot !== undefined) return state.isInRest(node.slot) ? 'whole' : 'taken';
  return type === bsonType.document ? 'partly' : 'whole';
}

/** The first field in document order that no column holds, for the message of `unmapped: reject`. */
export function firstUnmappedPath(state: DocumentState, tree: PathTree): readonly string[] {
  let first: readonly string[] | undefined;
  visitUnmapped(state, tree.root, state.start, [], (keys) => {
    first ??= keys;
  });
  return first ?? [];
}

function visitUnmapped(
  state: DocumentState,
  node: PathNode,
  start: number,
  above: readonly string[],
  visit: Visit,
): void {
  const { bytes, view } = state.input;
  const limit = start + view.getInt32(start, true) - 1;
  for (let at = start + 4; at < limit; ) {
    const type = bytes[at]!;
    const end = keyEnd(bytes, at + 1, limit);
    const key = bytes.toString('utf8', at + 1, end);
    at = valueEnd(type, bytes, view, end + 1, limit);
    const child = node.children.get(key);
    const what = fate(state, child, type);
    if (what === 'whole') visit([...above, key]);
    else if (what === 'partly' && child) visitUnmapped(state, child, end + 1, [...above, key], visit);
  }
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

  /** Writes `"key":value,…` of what is left at this level; returns `position` when nothing is. */
  function writeFields(
    state: DocumentState,
    node: PathNode,
    start: number,
    output: Memory,
    position: number,
  ): number {
    const { input } = state;
    const { bytes, view } = input;
    const limit = start + view.getInt32(start, true) - 1;
    const seen = new Set<string>();
    for (let at = start + 4; at < limit; ) {
      const type = bytes[at]!;
      const keyAt = at + 1;
      const end = keyEnd(bytes, keyAt, limit);
      at = valueEnd(type, bytes, view, end + 1, limit);
      const key = bytes.toString('latin1', keyAt, end);
      if (duplicates === 'reject' && seen.has(key)) {
        throw new ValueProblem('document-duplicate-key', 'The same key stands twice in one object').inside(
          bytes.toString('utf8', keyAt, end),
        );
      }
      seen.add(key);
      const child = node.children.get(bytes.toString('utf8', keyAt, end));
      const what = fate(state, child, type);
      if (what === 'taken') continue;
      if (bytes.subarray(keyAt, end).equals(nulWrapperKey)) throw ambiguousWrapper();
      let next = writeJsonString(input, keyAt, end, output, position, 'reject');
      output.bytes[next++] = 0x3a;
      if (what === 'partly' && child) {
        output.bytes[next++] = 0x7b;
        const inner = writeFields(state, child, end + 1, output, next);
        if (inner === next) continue;
        output.bytes[inner - 1] = 0x7d;
        next = inner;
      } else {
        try {
          next = writeValue(type, input, end + 1, output, next);
        } catch (problem) {
          if (problem instanceof ValueProblem) problem.inside(bytes.toString('utf8', keyAt, end));
          throw problem;
        }
      }
      output.bytes[next++] = 0x2c;
      position = next;
    }
    return position;
  }

  return (state, output, position) => {
    if (state.extra === 0) {
      output.view.setInt32(position, -1);
      return position + 4;
    }
    output.bytes[position + 4] = 1;
    output.bytes[position + 5] = 0x7b;
    const end = writeFields(state, tree.root, state.start, output, position + 6);
    output.bytes[end - 1] = 0x7d;
    output.view.setInt32(position, end - position - 4);
    return end;
  };
}
