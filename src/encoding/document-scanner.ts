import { bsonType, emptyDocumentSize } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { damagedEnd } from './damaged-end.ts';
import type { Memory } from './memory.ts';
import type { PathNode, PathTree } from './path-tree.ts';
import { ValueProblem } from './value-problem.ts';

/** Where the values of one document are. Index: slot of the path. */
export interface FieldPositions {
  /** Type byte; 0 where the path is missing. */
  readonly types: Uint8Array;
  readonly offsets: Int32Array;
}

/**
 * Finds the mapped fields of the document at `start`.
 * @returns how many fields no column takes
 * @throws DocrowError `document-corrupt`; ValueProblem `document-duplicate-key`
 */
export type DocumentScanner = (input: Memory, start: number, fields: FieldPositions) => number;

/** A document to learn from. */
export interface DocumentSample {
  readonly input: Memory;
  readonly start: number;
}

/**
 * Keys as strings of one character per byte: such a string is a key of a Map or Set that tells apart what is not
 * UTF-8 as well.
 */
type ByteKey = string;
const byteKey = (text: string): ByteKey => Buffer.from(text).toString('latin1');

/** The keys of a sample document in their order; of a damaged one those before the damage. */
const readKeys = (input: Memory, start: number): ByteKey[] => {
  const keys: ByteKey[] = [];
  const limit = start + input.view.getInt32(start, true) - 1;
  try {
    for (let at = start + 4; at < limit; ) {
      const end = keyEnd(input.bytes, at + 1, limit);
      keys.push(input.bytes.toString('latin1', at + 1, end));
      at = valueEnd(input.bytes[at]!, input.bytes, input.view, end + 1, limit);
    }
  } catch (error) {
    if (!(error instanceof DocrowError)) throw error;
  }
  return keys;
};

/** The keys of sample documents merged into one order: a new key comes after the one it was first seen behind. */
function mergeOrders(documents: readonly (readonly ByteKey[])[], mapped: Iterable<ByteKey>): ByteKey[] {
  const order: ByteKey[] = [];
  for (const keys of documents) {
    let place = 0;
    for (const key of keys) {
      const known = order.indexOf(key);
      if (known >= 0) place = known + 1;
      else if (order.length < maxExpectedKeys) order.splice(place++, 0, key);
    }
  }
  for (const key of mapped) if (!order.includes(key)) order.push(key);
  return order;
}

/** Beyond this many keys the generated code would grow too long to be optimised. */
const maxExpectedKeys = 400;

const smallestWords = (key: Buffer): string[] => {
  const conditions: string[] = [];
  let i = 0;
  for (; i + 4 <= key.length; i += 4) {
    conditions.push(`view.getInt32(at+${1 + i},true)===${key.readInt32LE(i)}`);
  }
  for (; i < key.length; i++) conditions.push(`bytes[at+${1 + i}]===${key[i]}`);
  return conditions;
};

/** Slots of everything below a node. */
function slotsBelow(node: PathNode): number[] {
  return [...node.children.values()].flatMap((child) => [
    ...(child.slot === undefined ? [] : [child.slot]),
    ...slotsBelow(child),
  ]);
}

/**
 * Compiles a scanner. Keys enter the generated code as numbers only, never as text.
 *
 * Documents of a collection mostly have their keys in one order. The code goes through the expected keys, comparing
 * each with the next key of the document as 32-bit words; a missing field costs one comparison. A key that was not
 * expected here is looked up, and the expectation starts again from the top. A key that comes twice is noticed in the
 * slot that it has filled or, where it has none, by the number of the document in `seen`.
 * @param samples some documents, to learn the order of keys from; may be empty
 */
export function compileScanner(
  tree: PathTree,
  duplicates: 'reject' | 'last',
  samples: readonly DocumentSample[],
): DocumentScanner {
  const orders = samples.map(({ input, start }) => readKeys(input, start));
  return compileNode(tree.root, orders, duplicates, []);
}

function compileNode(
  node: PathNode,
  samples: readonly (readonly ByteKey[])[],
  duplicates: 'reject' | 'last',
  path: readonly string[],
): DocumentScanner {
  const mapped = new Map([...node.children].map(([text, child]) => [byteKey(text), child]));
  const order = mergeOrders(samples, mapped.keys());
  const indexes = new Map(order.map((key, index) => [key, index]));
  const children = order.map((key) => mapped.get(key));
  const below = children.map((child) => (child === undefined ? [] : slotsBelow(child)));
  const scanners = order.map((key, index) => {
    const child = children[index];
    if (child === undefined || child.children.size === 0) return undefined;
    return compileNode(child, [], duplicates, [...path, textOf(key)]);
  });
  const seen = new Int32Array(order.length);
  const unexpected = new Set<ByteKey>();

  const duplicateKey = (key: ByteKey): ValueProblem => {
    const problem = new ValueProblem('document-duplicate-key', 'The same key stands twice in the document');
    for (const step of [textOf(key), ...path.toReversed()]) problem.inside(step);
    return problem;
  };

  /** An expected key stands here again: the last one counts, with nothing left of what the others held. */
  const onDuplicate = (index: number, fields: FieldPositions): void => {
    if (duplicates === 'reject') throw duplicateKey(order[index]!);
    for (const slot of below[index]!) fields.types[slot] = 0;
  };

  /** Looks into the value of a key that deeper paths are taken from. */
  const takeChild = (
    index: number,
    type: number,
    input: Memory,
    at: number,
    fields: FieldPositions,
  ): number => {
    const isTaken = children[index]!.slot !== undefined;
    if (type !== bsonType.document) return isTaken ? 0 : 1;
    const extra = scanners[index]!(input, at, fields);
    if (isTaken) return 0;
    // The rest column keeps that an empty document was there.
    return input.view.getInt32(at, true) === emptyDocumentSize ? 1 : extra;
  };

  /** Takes the field at `at` whose key was not expected there. */
  const takeUnexpected = (
    round: number,
    type: number,
    input: Memory,
    keyAt: number,
    keyStop: number,
    fields: FieldPositions,
  ): number => {
    const key = input.bytes.toString('latin1', keyAt, keyStop);
    const index = indexes.get(key);
    if (index === undefined) {
      if (duplicates === 'reject') {
        if (unexpected.has(key)) throw duplicateKey(key);
        unexpected.add(key);
      }
      return 1;
    }
    const child = children[index];
    const slot = child?.slot;
    if (seen[index] === round || (slot !== undefined && fields.types[slot] !== 0)) onDuplicate(index, fields);
    seen[index] = round;
    if (child === undefined) return 1;
    if (slot !== undefined) {
      fields.types[slot] = type;
      fields.offsets[slot] = keyStop + 1;
    }
    return child.children.size > 0 ? takeChild(index, type, input, keyStop + 1, fields) : 0;
  };

  const lines: string[] = [];
  for (const [index, key] of order.entries()) {
    const child = children[index];
    const bytes = Buffer.from(`${key}\0`, 'latin1');
    const conditions = [`at+${1 + bytes.length}<=limit`, ...smallestWords(bytes)].join('&&');
    lines.push(`if(${conditions}){const type=bytes[at];at+=${1 + bytes.length};`);
    lines.push('const end=valueEnd(type,bytes,view,at,limit);');
    if (child?.slot === undefined) {
      lines.push(`if(seen[${index}]===round)onDuplicate(${index},fields);seen[${index}]=round;`);
    } else {
      lines.push(`if(types[${child.slot}]!==0)onDuplicate(${index},fields);`);
      lines.push(`types[${child.slot}]=type;offsets[${child.slot}]=at;`);
    }
    if (child === undefined) lines.push('extra++;');
    else if (child.children.size > 0) lines.push(`extra+=takeChild(${index},type,input,at,fields);`);
    lines.push('at=end;}');
  }
  const source = `"use strict";
let round=0;
return function scan(input,start,fields){
const bytes=input.bytes,view=input.view,types=fields.types,offsets=fields.offsets;
const limit=start+view.getInt32(start,true)-1;
let at=start+4,extra=0;
round=round+1|0;
if(unexpected.size>0)unexpected.clear();
for(;;){
${lines.join('\n')}
if(at>=limit)break;
const type=bytes[at],keyAt=at+1,keyStop=keyEnd(bytes,keyAt,limit);
const end=valueEnd(type,bytes,view,keyStop+1,limit);
extra+=takeUnexpected(round,type,input,keyAt,keyStop,fields);
at=end;
}
if(at!==limit)throw damaged(start);
return extra;
}`;
  // Numbers and fixed text, compiled at run time because constants are what makes it fast.
  const make = new Function(
    'valueEnd',
    'keyEnd',
    'seen',
    'unexpected',
    'takeChild',
    'takeUnexpected',
    'onDuplicate',
    'damaged',
    source,
  );
  return make(
    valueEnd,
    keyEnd,
    seen,
    unexpected,
    takeChild,
    takeUnexpected,
    onDuplicate,
    damagedEnd,
  ) as DocumentScanner;
}

const textOf = (key: ByteKey): string => Buffer.from(key, 'latin1').toString('utf8');
