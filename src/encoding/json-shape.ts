import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import { createMemory, type Memory } from './memory.ts';
import { ValueProblem } from './value-problem.ts';
import { nulWrapperKey, writeJsonString } from './write-json-string.ts';

/** So many keys are learnt below one root; objects with keys that are data stop there and take the plain way. */
const maxNodes = 512;
/** So many different keys are tried at one place in an object. */
const maxAlternatives = 6;

export const duplicateKey = (): ValueProblem =>
  new ValueProblem('document-duplicate-key', 'The same key stands twice in one object');

/** Where in [start + 4, limit) a key stands that an earlier field has too; -1 when all differ. */
export function duplicateKeyAt(input: Memory, start: number, limit: number): number {
  const seen = new Set<string>();
  let at = start + 4;
  while (at < limit) {
    const type = input.bytes[at]!;
    const end = keyEnd(input.bytes, at + 1, limit);
    const key = input.bytes.toString('latin1', at + 1, end);
    if (seen.has(key)) return at + 1;
    seen.add(key);
    at = valueEnd(type, input.bytes, input.view, end + 1, limit);
  }
  return -1;
}

/** What all nodes of one column share. */
interface ShapeRules {
  /** Nodes that may still be learnt. */
  left: number;
  readonly rejectDuplicates: boolean;
  /** Whether the text of a string's key ends with the quote that opens the string. */
  readonly quoteStrings: boolean;
  /** Whether a space follows the colon behind a key. */
  readonly isSpaced: boolean;
}

/** The keys along a path in another order than that in which they were read. */
export interface KeyOrder {
  readonly nodes: readonly ShapeNode[];
  /** Where each node stands on the path, from 0. */
  readonly places: Int32Array;
  /** Whether a key comes twice. */
  readonly isRepeating: boolean;
}

/**
 * Objects of one column mostly have the same keys in the same order, with values of the same types. Each sequence of
 * keys and types that was seen is a path in a tree: a node compares the next type byte and key with the bytes that it
 * remembers, a word at a time, and has `"key":` ready to copy. The keys along a path were compared when it was learnt,
 * so an object that follows a path has no key twice.
 */
export interface ShapeNode {
  /** BSON type byte of the value. */
  readonly type: number;
  readonly key: Buffer;
  /** Bytes of the type, the key and its zero byte: what is compared, as whole words and a rest. */
  readonly headLength: number;
  readonly headWords: Int32Array;
  readonly headWordCount: number;
  /** The first two words once more as fields; most keys need no more. */
  readonly headWord0: number;
  readonly headWord1: number;
  /** What is left behind the whole words: at most three bytes, as one number, and how many. */
  readonly headRest: number;
  readonly headRestLength: number;
  /** The key as JSON, its colon and what the rules put behind it, in whole words; the last one may carry bytes that the next write covers. */
  readonly textWords: Int32Array;
  readonly textWord0: number;
  readonly textWord1: number;
  readonly textWord2: number;
  readonly textLength: number;
  readonly parent: ShapeNode | undefined;
  readonly rules: ShapeRules;
  /** The key learnt last behind this one; the others follow it as alternatives. */
  first: ShapeNode | undefined;
  alternative: ShapeNode | undefined;
  /** The start of what was learnt about objects inside this key's value. */
  nested: ShapeNode | undefined;
  /** The order in which a jsonb has the keys of an object that ends here, once it was asked for. */
  order: KeyOrder | undefined;
}

function toWords(bytes: Buffer, count: number): Int32Array {
  const words = new Int32Array(count);
  for (let i = 0; i < count; i++) words[i] = bytes.readInt32LE(i * 4);
  return words;
}

/** @param head type byte, key and zero byte; empty for the start of an object */
function createNode(head: Buffer, text: Buffer, parent: ShapeNode | undefined, rules: ShapeRules): ShapeNode {
  const headWords = toWords(head, head.length >> 2);
  const rest = head.subarray(headWords.length * 4);
  const padded = Buffer.alloc((text.length + 3) & ~3);
  text.copy(padded);
  const textWords = toWords(padded, padded.length >> 2);
  return {
    type: head[0] ?? 0,
    key: head.subarray(1, -1),
    headLength: head.length,
    headWords,
    headWordCount: headWords.length,
    headWord0: headWords[0] ?? 0,
    headWord1: headWords[1] ?? 0,
    headRest: rest.length === 0 ? 0 : rest.readUIntLE(0, rest.length),
    headRestLength: rest.length,
    textWords,
    textWord0: textWords[0] ?? 0,
    textWord1: textWords[1] ?? 0,
    textWord2: textWords[2] ?? 0,
    textLength: text.length,
    parent,
    rules,
    first: undefined,
    alternative: undefined,
    nested: undefined,
    order: undefined,
  };
}

const nothing = Buffer.alloc(0);

/** The start of an object of which nothing is known yet. */
export const createShape = (rules: Omit<ShapeRules, 'left'>): ShapeNode =>
  createNode(nothing, nothing, undefined, { ...rules, left: maxNodes });

/** The shape of objects that are values of this key. */
export function nestedShape(node: ShapeNode): ShapeNode {
  node.nested ??= createNode(nothing, nothing, undefined, node.rules);
  return node.nested;
}

/** Whether the element at `at` has this node's type and key. Reads no byte beyond `limit`. */
function matches(node: ShapeNode, bytes: Buffer, view: DataView, at: number, limit: number): boolean {
  if (at + node.headLength > limit) return false;
  const count = node.headWordCount;
  if (count > 0) {
    if (view.getInt32(at, true) !== node.headWord0) return false;
    at += 4;
    if (count > 1) {
      if (view.getInt32(at, true) !== node.headWord1) return false;
      at += 4;
      for (let i = 2; i < count; i++) {
        if (view.getInt32(at, true) !== node.headWords[i]) return false;
        at += 4;
      }
    }
  }
  switch (node.headRestLength) {
    case 0:
      return true;
    case 1:
      return bytes[at] === node.headRest;
    case 2:
      return view.getUint16(at, true) === node.headRest;
    default:
      return view.getUint16(at, true) === (node.headRest & 0xffff) && bytes[at + 2] === node.headRest >> 16;
  }
}

/**
 * The node of the element at `at` (its type byte) behind `node`, learning it when there is room; undefined when there
 * is none.
 * @throws ValueProblem `document-duplicate-key`, `value-invalid-utf8`
 */
export function followKey(node: ShapeNode, input: Memory, at: number, limit: number): ShapeNode | undefined {
  const { bytes, view } = input;
  let candidate = node.first;
  let tried = 0;
  while (candidate !== undefined) {
    if (matches(candidate, bytes, view, at, limit)) return candidate;
    candidate = candidate.alternative;
    tried++;
  }
  if (tried >= maxAlternatives || node.rules.left <= 0) return undefined;
  return learnKey(node, input, at, limit);
}

/** Writes `"key":` and returns the position after it. */
export function writeShapeKey(node: ShapeNode, output: Memory, position: number): number {
  const { view } = output;
  const length = node.textLength;
  view.setInt32(position, node.textWord0, true);
  view.setInt32(position + 4, node.textWord1, true);
  view.setInt32(position + 8, node.textWord2, true);
  for (let i = 12; i < length; i += 4) view.setInt32(position + i, node.textWords[i >> 2]!, true);
  return position + length;
}

function learnKey(parent: ShapeNode, input: Memory, at: number, limit: number): ShapeNode | undefined {
  const { rules } = parent;
  const keyStart = at + 1;
  const end = keyEnd(input.bytes, keyStart, limit);
  const length = end - keyStart;
  // Long keys are rarely names; the plain way also knows what to do with the wrapper's own key.
  if (length > 128 || input.bytes.subarray(keyStart, end).equals(nulWrapperKey)) return undefined;
  const memory = createMemory(length * 6 + 16);
  const area = memory.bytes;
  let textEnd = writeJsonString(input, keyStart, end, memory, 0, 'reject');
  area[textEnd++] = 0x3a;
  if (rules.isSpaced) area[textEnd++] = 0x20;
  if (rules.quoteStrings && input.bytes[at] === bsonType.string) area[textEnd++] = 0x22;
  const head = Buffer.from(input.bytes.subarray(at, end + 1));
  const node = createNode(head, area.subarray(0, textEnd), parent, rules);
  for (let before: ShapeNode | undefined = parent; rules.rejectDuplicates && before; before = before.parent) {
    if (before.headLength > 0 && before.key.equals(node.key)) throw duplicateKey();
  }
  node.alternative = parent.first;
  parent.first = node;
  rules.left--;
  return node;
}
