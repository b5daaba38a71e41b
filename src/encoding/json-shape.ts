import { keyEnd, valueEnd } from '../bson/value-end.ts';
import type { Memory } from './memory.ts';
import { ValueProblem } from './value-problem.ts';
import { nulWrapperKey, writeJsonString } from './write-json-string.ts';

/** So many keys are learnt below one root; objects with keys that are data stop there and take the plain way. */
const maxNodes = 512;
/** So many different keys are tried at one place in an object. */
const maxAlternatives = 6;

const duplicateKey = (): ValueProblem =>
  new ValueProblem('document-duplicate-key', 'The same key stands twice in one object');

/** The keys of [start + 4, limit) must differ. @throws ValueProblem `document-duplicate-key` */
export function assertDistinctKeys(input: Memory, start: number, limit: number): void {
  const seen = new Set<string>();
  let at = start + 4;
  while (at < limit) {
    const type = input.bytes[at]!;
    const end = keyEnd(input.bytes, at + 1, limit);
    const key = input.bytes.toString('latin1', at + 1, end);
    if (seen.has(key)) throw duplicateKey();
    seen.add(key);
    at = valueEnd(type, input.bytes, input.view, end + 1, limit);
  }
}

interface NodeBudget {
  left: number;
}

/**
 * Objects of one column mostly have the same keys in the same order. Each sequence of keys that was seen is a path in
 * a tree: a node compares the next key with the bytes it remembers, a word at a time, and has `"key":` ready to copy.
 * The keys along a path were compared when it was learnt, so an object that follows a path has no key twice.
 */
export interface ShapeNode {
  /** Bytes of the key with its zero byte; 0 at the start of an object. */
  readonly keyLength: number;
  readonly keyWords: Int32Array;
  /** What is left of the key behind its whole words: at most three bytes, as one number, and how many. */
  readonly keyRest: number;
  readonly keyRestLength: number;
  /** `"key":` in whole words; the last one may carry bytes that the next write covers. */
  readonly textWords: Int32Array;
  readonly textLength: number;
  readonly parent: ShapeNode | undefined;
  readonly budget: NodeBudget;
  /** The key learnt last behind this one; the others follow it as alternatives. */
  first: ShapeNode | undefined;
  alternative: ShapeNode | undefined;
  /** The start of what was learnt about objects inside this key's value. */
  nested: ShapeNode | undefined;
}

function createNode(key: Buffer, text: Buffer, parent: ShapeNode | undefined, budget: NodeBudget): ShapeNode {
  const keyWords = new Int32Array(key.length >> 2);
  for (let i = 0; i < keyWords.length; i++) keyWords[i] = key.readInt32LE(i * 4);
  const rest = key.subarray(keyWords.length * 4);
  const padded = Buffer.alloc((text.length + 3) & ~3);
  text.copy(padded);
  const textWords = new Int32Array(padded.length >> 2);
  for (let i = 0; i < textWords.length; i++) textWords[i] = padded.readInt32LE(i * 4);
  return {
    keyLength: key.length,
    keyWords,
    keyRest: rest.length === 0 ? 0 : rest.readUIntLE(0, rest.length),
    keyRestLength: rest.length,
    textWords,
    textLength: text.length,
    parent,
    budget,
    first: undefined,
    alternative: undefined,
    nested: undefined,
  };
}

const nothing = Buffer.alloc(0);

/** The start of an object of which nothing is known yet. */
export const createShape = (): ShapeNode => createNode(nothing, nothing, undefined, { left: maxNodes });

/** The shape of objects that are values of this key. */
export function nestedShape(node: ShapeNode): ShapeNode {
  node.nested ??= createNode(nothing, nothing, undefined, node.budget);
  return node.nested;
}

/** Whether the key at `at` is this node's. Reads no byte beyond `limit`. */
function matches(node: ShapeNode, bytes: Buffer, view: DataView, at: number, limit: number): boolean {
  if (at + node.keyLength > limit + 1) return false;
  const words = node.keyWords;
  for (let i = 0; i < words.length; i++) {
    if (view.getInt32(at, true) !== words[i]) return false;
    at += 4;
  }
  switch (node.keyRestLength) {
    case 0:
      return true;
    case 1:
      return bytes[at] === node.keyRest;
    case 2:
      return view.getUint16(at, true) === node.keyRest;
    default:
      return view.getUint16(at, true) === (node.keyRest & 0xffff) && bytes[at + 2] === node.keyRest >> 16;
  }
}

/**
 * The node of the key at `at` behind `node`, learning it when there is room; undefined when there is none.
 * @throws ValueProblem `document-duplicate-key`, `value-invalid-utf8`
 */
export function followKey(
  node: ShapeNode,
  input: Memory,
  at: number,
  limit: number,
  rejectDuplicates: boolean,
): ShapeNode | undefined {
  const { bytes, view } = input;
  let candidate = node.first;
  let tried = 0;
  while (candidate !== undefined) {
    if (matches(candidate, bytes, view, at, limit)) return candidate;
    candidate = candidate.alternative;
    tried++;
  }
  if (tried >= maxAlternatives || node.budget.left <= 0) return undefined;
  return learnKey(node, input, at, limit, rejectDuplicates);
}

/** Writes `"key":` and returns the position after it. */
export function writeShapeKey(node: ShapeNode, output: Memory, position: number): number {
  const { view } = output;
  const words = node.textWords;
  for (let i = 0; i < words.length; i++) view.setInt32(position + i * 4, words[i]!, true);
  return position + node.textLength;
}

function learnKey(
  parent: ShapeNode,
  input: Memory,
  at: number,
  limit: number,
  rejectDuplicates: boolean,
): ShapeNode | undefined {
  const end = keyEnd(input.bytes, at, limit);
  const length = end - at;
  // Long keys are rarely names; the plain way also knows what to do with the wrapper's own key.
  if (length > 128 || input.bytes.subarray(at, end).equals(nulWrapperKey)) return undefined;
  const area = Buffer.alloc(length * 6 + 8);
  const memory = { bytes: area, view: new DataView(area.buffer, area.byteOffset, area.length) };
  let textEnd = writeJsonString(input, at, end, memory, 0, 'reject');
  area[textEnd++] = 0x3a;
  const key = Buffer.from(input.bytes.subarray(at, end + 1));
  const node = createNode(key, area.subarray(0, textEnd), parent, parent.budget);
  for (let before: ShapeNode | undefined = parent; rejectDuplicates && before; before = before.parent) {
    const isSame = before.keyLength === key.length && matches(before, input.bytes, input.view, at, limit);
    if (isSame) throw duplicateKey();
  }
  node.alternative = parent.first;
  parent.first = node;
  parent.budget.left--;
  return node;
}
