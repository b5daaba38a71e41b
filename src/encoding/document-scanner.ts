import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import { DocrowError } from '../errors/docrow-error.ts';
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

/** Keys in the order in which documents have them, for one document or sub-document. */
interface ExpectedKey {
  readonly key: Buffer;
  readonly node: PathNode | undefined;
}

interface ScannerParts {
  readonly onDuplicate: () => void;
  readonly lookUp: (node: PathNode, bytes: Buffer, at: number, end: number) => PathNode | undefined;
}

const readKeys = (input: Memory, start: number): string[] => {
  const keys: string[] = [];
  const limit = start + input.view.getInt32(start, true) - 1;
  for (let at = start + 4; at < limit; ) {
    const end = keyEnd(input.bytes, at + 1, limit);
    keys.push(input.bytes.toString('utf8', at + 1, end));
    at = valueEnd(input.bytes[at]!, input.bytes, input.view, end + 1, limit);
  }
  return keys;
};

/** The keys of sample documents merged into one order: a new key comes after the one it was first seen behind. */
function mergeOrders(documents: readonly (readonly string[])[], mapped: Iterable<string>): string[] {
  const order: string[] = [];
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

/**
 * Compiles a scanner. Keys enter the generated code as numbers only, never as text.
 *
 * Documents of a collection mostly have their keys in one order. The code goes through the expected keys, comparing
 * each with the next key of the document as 32-bit words; a missing field costs one comparison. A key that was not
 * expected here is looked up, and the expectation starts again from the top.
 * @param samples some documents, to learn the order of keys from; may be empty
 */
export function compileScanner(
  tree: PathTree,
  duplicates: 'reject' | 'last',
  samples: readonly { readonly input: Memory; readonly start: number }[],
): DocumentScanner {
  const parts: ScannerParts = {
    onDuplicate: () => {
      if (duplicates === 'reject') {
        throw new ValueProblem('document-duplicate-key', 'The same key stands twice in the document');
      }
    },
    lookUp: (node, bytes, at, end) => node.children.get(bytes.toString('utf8', at, end)),
  };
  const orders = samples.map(({ input, start }) => readKeys(input, start));
  return compileNode(tree.root, orders, parts);
}

function compileNode(
  node: PathNode,
  samples: readonly (readonly string[])[],
  parts: ScannerParts,
): DocumentScanner {
  const expected: ExpectedKey[] = mergeOrders(samples, node.children.keys()).map((key) => ({
    key: Buffer.from(`${key}\0`),
    node: node.children.get(key),
  }));
  const childScanners = new Map<PathNode, DocumentScanner>();
  for (const child of node.children.values()) {
    if (child.children.size > 0) childScanners.set(child, compileNode(child, [], parts));
  }

  /** Notes a field whose key was found, and looks into it where deeper paths are taken. */
  const takeChild = (
    child: PathNode,
    type: number,
    input: Memory,
    at: number,
    fields: FieldPositions,
  ): number => {
    const scan = childScanners.get(child);
    if (scan !== undefined && type === bsonType.document) return scan(input, at, fields);
    return child.slot === undefined ? 1 : 0;
  };

  const lines: string[] = [];
  const children: PathNode[] = [];
  for (const { key, node: child } of expected) {
    const conditions = [`at+${1 + key.length}<=limit`, ...smallestWords(key)].join('&&');
    lines.push(`if(${conditions}){const type=bytes[at];at+=${1 + key.length};`);
    lines.push('const end=valueEnd(type,bytes,view,at,limit);');
    if (child === undefined) lines.push('extra++;');
    else {
      if (child.slot !== undefined) {
        lines.push(`if(types[${child.slot}]!==0)onDuplicate();`);
        lines.push(`types[${child.slot}]=type;offsets[${child.slot}]=at;`);
      }
      if (child.children.size > 0) {
        lines.push(`extra+=takeChild(children[${children.length}],type,input,at,fields);`);
        children.push(child);
      }
    }
    lines.push('at=end;}');
  }
  const source = `"use strict";
return function scan(input,start,fields){
const bytes=input.bytes,view=input.view,types=fields.types,offsets=fields.offsets;
const limit=start+view.getInt32(start,true)-1;
let at=start+4,extra=0;
for(;;){
${lines.join('\n')}
if(at>=limit)break;
const type=bytes[at],keyAt=at+1,keyStop=keyEnd(bytes,keyAt,limit);
at=keyStop+1;
const end=valueEnd(type,bytes,view,at,limit);
const child=lookUp(node,bytes,keyAt,keyStop);
if(child===undefined)extra++;
else{
if(child.slot!==undefined){if(types[child.slot]!==0)onDuplicate();types[child.slot]=type;offsets[child.slot]=at;}
if(child.children.size>0)extra+=takeChild(child,type,input,at,fields);
}
at=end;
}
if(at!==limit)throw damaged(start);
return extra;
}`;
  const damaged = (at: number): DocrowError =>
    new DocrowError('document-corrupt', 'BSON is damaged: a document does not end where it says', {
      offset: at,
    });
  // The only run-time code in docrow: numbers and fixed text, compiled because constants are what makes it fast.
  const make = new Function(
    'node',
    'children',
    'takeChild',
    'valueEnd',
    'keyEnd',
    'lookUp',
    'onDuplicate',
    'damaged',
    source,
  );
  return make(
    node,
    children,
    takeChild,
    valueEnd,
    keyEnd,
    parts.lookUp,
    parts.onDuplicate,
    damaged,
  ) as DocumentScanner;
}
