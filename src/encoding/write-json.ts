import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import { damagedEnd } from './damaged-end.ts';
import { type ScalarContext, writeJsonScalar } from './json-scalars.ts';
import {
  createShape,
  duplicateKey,
  duplicateKeyAt,
  followKey,
  nestedShape,
  type ShapeNode,
  writeShapeKey,
} from './json-shape.ts';
import type { Memory } from './memory.ts';
import { ValueProblem } from './value-problem.ts';
import { writeDeepJson } from './write-deep-json.ts';
import { writeDoubleText, writeInt32Text } from './write-digits.ts';
import { ambiguousWrapper, nulWrapperKey, writeJsonContent, writeJsonString } from './write-json-string.ts';

/** Deeper values, which MongoDB hardly allows, are written by writeDeepJson: so many calls fit any stack. */
const maxRecursion = 200;

const comma = 0x2c;

export interface JsonWriterOptions extends ScalarContext {
  /** Whether a repeated key is a problem; jsonb would drop one silently, json keeps both. */
  readonly duplicates: 'reject' | 'keep';
}

/** Writes a BSON value as JSON text without spaces. One writer per column: it learns the shapes of that column. */
export type JsonWriter = (
  type: number,
  input: Memory,
  at: number,
  output: Memory,
  position: number,
  /** Levels of nesting that the value stands in; 0 where nothing is said. */
  depth?: number,
) => number;

const keyAt = (bytes: Buffer, at: number, limit: number): string =>
  bytes.toString('utf8', at, keyEnd(bytes, at, limit));

/** Puts the closing bracket over the last comma, or behind the opening bracket when there was no element. */
function closeOver(bracket: number, output: Memory, position: number): number {
  if (output.bytes[position - 1] === comma) {
    output.bytes[position - 1] = bracket;
    return position;
  }
  output.bytes[position] = bracket;
  return position + 1;
}

export function createJsonWriter(options: JsonWriterOptions): JsonWriter {
  const { nul } = options;
  const natural = options.style === 'natural';
  const rejectDuplicates = options.duplicates === 'reject';
  const quoteStrings = nul !== 'escape';
  const root = createShape({ rejectDuplicates, quoteStrings, isSpaced: false });

  function writeValue(
    type: number,
    input: Memory,
    at: number,
    output: Memory,
    position: number,
    shape: ShapeNode | undefined,
    depth: number,
  ): number {
    // The types that most documents consist of come first.
    if (type === bsonType.string) {
      const end = at + 3 + input.view.getInt32(at, true);
      return writeJsonString(input, at + 4, end, output, position, nul);
    }
    if (natural && type === bsonType.int32) {
      return writeInt32Text(input.view.getInt32(at, true), output, position);
    }
    if (natural && type === bsonType.double) {
      const n = input.view.getFloat64(at, true);
      if (n - n === 0) return writeDoubleText(n, output, position);
    }
    if (type === bsonType.document) return writeObject(input, at, output, position, shape, depth + 1);
    if (type === bsonType.array) return writeArray(input, at, output, position, shape, depth + 1);
    if (type === bsonType.codeWithScope) {
      return writeDeepJson(options, type, input, at, depth, output, position);
    }
    return writeJsonScalar(options, type, input, at, output, position);
  }

  function writeUnknownKey(input: Memory, at: number, end: number, output: Memory, position: number): number {
    if (nul === 'wrap' && input.bytes.subarray(at, end).equals(nulWrapperKey)) throw ambiguousWrapper();
    position = writeJsonString(input, at, end, output, position, 'reject');
    output.bytes[position] = 0x3a;
    return position + 1;
  }

  function writeObject(
    input: Memory,
    start: number,
    output: Memory,
    position: number,
    shape: ShapeNode | undefined,
    depth: number,
  ): number {
    if (depth > maxRecursion) {
      return writeDeepJson(options, bsonType.document, input, start, depth - 1, output, position);
    }
    const { bytes, view } = input;
    const target = output.bytes;
    const limit = start + view.getInt32(start, true) - 1;
    let at = start + 4;
    let keyStart = at;
    let known = shape;
    let comparedKeys = !rejectDuplicates;
    let duplicateAt = -1;
    target[position++] = 0x7b;
    try {
      while (at < limit) {
        keyStart = at + 1;
        known = known === undefined ? undefined : followKey(known, input, at, limit);
        if (known === undefined) {
          if (!comparedKeys) {
            // This object is not on a learnt path: its keys are compared among themselves.
            duplicateAt = duplicateKeyAt(input, start, limit);
            comparedKeys = true;
          }
          if (keyStart === duplicateAt) throw duplicateKey();
          const type = bytes[at]!;
          at = keyEnd(bytes, keyStart, limit);
          position = writeUnknownKey(input, keyStart, at, output, position);
          const end = valueEnd(type, bytes, view, ++at, limit);
          position = writeValue(type, input, at, output, position, undefined, depth);
          at = end;
        } else {
          const { type } = known;
          position = writeShapeKey(known, output, position);
          at += known.headLength;
          if (type === bsonType.string && quoteStrings) {
            // Most values are strings: the good case of valueEnd stands here, which says what is wrong with the others.
            const end = at + 5 > limit ? -1 : at + 4 + view.getInt32(at, true);
            if (end < at + 5 || end > limit || bytes[end - 1] !== 0) valueEnd(type, bytes, view, at, limit);
            // The key's text has brought the opening quote.
            position = writeJsonContent(input, at + 4, end - 1, output, position, nul);
            at = end;
          } else {
            const end = valueEnd(type, bytes, view, at, limit);
            const isNested = type === bsonType.document || type === bsonType.array;
            const inner = isNested ? nestedShape(known) : undefined;
            position = writeValue(type, input, at, output, position, inner, depth);
            at = end;
          }
        }
        target[position++] = comma;
      }
    } catch (problem) {
      if (problem instanceof ValueProblem) problem.inside(keyAt(bytes, keyStart, limit));
      throw problem;
    }
    if (at !== limit) throw damagedEnd(start);
    return closeOver(0x7d, output, position);
  }

  function writeArray(
    input: Memory,
    start: number,
    output: Memory,
    position: number,
    shape: ShapeNode | undefined,
    depth: number,
  ): number {
    if (depth > maxRecursion) {
      return writeDeepJson(options, bsonType.array, input, start, depth - 1, output, position);
    }
    const { bytes, view } = input;
    const limit = start + view.getInt32(start, true) - 1;
    let at = start + 4;
    let index = 0;
    output.bytes[position++] = 0x5b;
    try {
      while (at < limit) {
        const type = bytes[at]!;
        at = keyEnd(bytes, at + 1, limit) + 1;
        const end = valueEnd(type, bytes, view, at, limit);
        position = writeValue(type, input, at, output, position, shape, depth);
        output.bytes[position++] = comma;
        at = end;
        index++;
      }
    } catch (problem) {
      if (problem instanceof ValueProblem) problem.inside(index);
      throw problem;
    }
    if (at !== limit) throw damagedEnd(start);
    return closeOver(0x5d, output, position);
  }

  return (type, input, at, output, position, depth = 0) =>
    writeValue(type, input, at, output, position, root, depth);
}
