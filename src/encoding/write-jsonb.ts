import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import { damagedEnd } from './damaged-end.ts';
import { createShape, followKey, nestedShape, type ShapeNode, writeShapeKey } from './json-shape.ts';
import type { JsonbNormalizer } from './jsonb-rules.ts';
import { keyOrder } from './key-order.ts';
import type { Memory } from './memory.ts';
import { createJsonWriter, type JsonWriter, type JsonWriterOptions } from './write-json.ts';
import { writeJsonContent, writeJsonString } from './write-json-string.ts';
import { writeJsonbScalar } from './write-jsonb-scalar.ts';

/** Deeper values are written without spaces and then brought into the form. */
const maxRecursion = 200;

/** `, ` as a word, low byte first. */
const separator = 0x202c;

/** Puts the closing bracket over the last separator, or behind the opening bracket when there was no element. */
function closeOver(isEmpty: boolean, bracket: number, output: Memory, position: number): number {
  const end = isEmpty ? position : position - 2;
  output.bytes[end] = bracket;
  return end + 1;
}

/**
 * Creates a writer of the form in which PostgreSQL prints a jsonb. What it writes is what the normalizer makes of the
 * text of createJsonWriter, which also says what is wrong with a value.
 *
 * The keys of an object are followed first, and where their values begin is noted; the last key's node knows the
 * order in which they are to be written. An object that leaves the learnt paths is written without spaces and then
 * normalized, and so is whatever is rare.
 */
export function createJsonbWriter(options: JsonWriterOptions, normalizer: JsonbNormalizer): JsonWriter {
  const { nul } = options;
  const quoteStrings = nul !== 'escape';
  const wrapsNul = nul === 'wrap';
  const rejectDuplicates = options.duplicates === 'reject';
  const root = createShape({ rejectDuplicates, quoteStrings, isSpaced: true });
  const writeCompact = createJsonWriter(options);
  /** Where the values of the objects that are being written begin, those of the innermost last. */
  let starts = new Int32Array(256);
  let used = 0;

  const normalizeWhole: JsonWriter = (type, input, at, output, position, depth = 0) =>
    normalizer.normalize(output, position, writeCompact(type, input, at, output, position, depth));

  /** A text with NUL became an object, which stands where the quote would. */
  const normalizeWrapper = (output: Memory, at: number, end: number): number =>
    wrapsNul && output.bytes[at] === 0x7b ? normalizer.normalize(output, at, end) : end;

  function writeValue(
    type: number,
    input: Memory,
    at: number,
    output: Memory,
    position: number,
    shape: ShapeNode,
    depth: number,
  ): number {
    if (type === bsonType.string) {
      const end = at + 3 + input.view.getInt32(at, true);
      const stop = writeJsonString(input, at + 4, end, output, position, nul);
      return normalizeWrapper(output, position, stop);
    }
    if (depth < maxRecursion) {
      if (type === bsonType.document) return writeObject(input, at, output, position, shape, depth + 1);
      if (type === bsonType.array) return writeArray(input, at, output, position, shape, depth + 1);
    }
    const end = writeJsonbScalar(options, type, input, at, output, position);
    return end >= 0 ? end : normalizeWhole(type, input, at, output, position, depth);
  }

  /**
   * Follows the keys of the object in [start, limit) and notes where their values begin, from `used` on.
   * @returns the node of its last key; undefined when the object is not on a learnt path
   */
  function followKeys(input: Memory, start: number, limit: number, shape: ShapeNode): ShapeNode | undefined {
    const { bytes, view } = input;
    let at = start + 4;
    let node = shape;
    while (at < limit) {
      const known = followKey(node, input, at, limit);
      if (known === undefined) return undefined;
      node = known;
      at += node.headLength;
      if (used === starts.length) growStarts();
      starts[used++] = at;
      at = valueEnd(node.type, bytes, view, at, limit);
    }
    if (at !== limit) throw damagedEnd(start);
    return node;
  }

  function writeObject(
    input: Memory,
    start: number,
    output: Memory,
    position: number,
    shape: ShapeNode,
    depth: number,
  ): number {
    const { view } = input;
    const limit = start + view.getInt32(start, true) - 1;
    const base = used;
    const last = followKeys(input, start, limit, shape);
    const order = last === undefined ? undefined : keyOrder(last);
    if (order === undefined || order.isRepeating) {
      used = base;
      return normalizeWhole(bsonType.document, input, start, output, position, depth - 1);
    }
    const { nodes, places } = order;
    output.bytes[position++] = 0x7b;
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!;
      const at = starts[base + places[i]!]!;
      position = writeShapeKey(node, output, position);
      if (node.type === bsonType.string && quoteStrings) {
        // The key's text has brought the opening quote.
        const quoteAt = position - 1;
        const end = at + 3 + view.getInt32(at, true);
        position = writeJsonContent(input, at + 4, end, output, position, nul);
        if (wrapsNul) position = normalizeWrapper(output, quoteAt, position);
      } else {
        const isNested = node.type === bsonType.document || node.type === bsonType.array;
        const inner = isNested ? nestedShape(node) : node;
        position = writeValue(node.type, input, at, output, position, inner, depth);
      }
      output.view.setUint16(position, separator, true);
      position += 2;
    }
    used = base;
    return closeOver(nodes.length === 0, 0x7d, output, position);
  }

  function writeArray(
    input: Memory,
    start: number,
    output: Memory,
    position: number,
    shape: ShapeNode,
    depth: number,
  ): number {
    const { bytes, view } = input;
    const limit = start + view.getInt32(start, true) - 1;
    const isEmpty = start + 4 >= limit;
    let at = start + 4;
    output.bytes[position++] = 0x5b;
    while (at < limit) {
      const type = bytes[at]!;
      at = keyEnd(bytes, at + 1, limit) + 1;
      const end = valueEnd(type, bytes, view, at, limit);
      position = writeValue(type, input, at, output, position, shape, depth);
      output.view.setUint16(position, separator, true);
      position += 2;
      at = end;
    }
    if (at !== limit) throw damagedEnd(start);
    return closeOver(isEmpty, 0x5d, output, position);
  }

  function growStarts(): void {
    const larger = new Int32Array(starts.length * 2);
    larger.set(starts);
    starts = larger;
  }

  return (type, input, at, output, position, depth = 0) => {
    used = 0;
    try {
      return writeValue(type, input, at, output, position, root, depth);
    } catch (problem) {
      if (problem instanceof RangeError) throw problem;
      // What is wrong is found again, in the order of the document.
      return normalizeWhole(type, input, at, output, position, depth);
    }
  };
}
