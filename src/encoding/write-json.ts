import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { type ScalarContext, writeJsonScalar } from './json-scalars.ts';
import {
  assertDistinctKeys,
  createShape,
  followKey,
  nestedShape,
  type ShapeNode,
  writeShapeKey,
} from './json-shape.ts';
import type { Memory } from './memory.ts';
import { ValueProblem } from './value-problem.ts';
import { writeDoubleText, writeInt32Text } from './write-digits.ts';
import { ambiguousWrapper, nulWrapperKey, writeJsonString } from './write-json-string.ts';
import { writeAscii } from './write-text.ts';

/** jsonb parses recursively; far above what MongoDB itself allows (about 180) and far below PostgreSQL's stack. */
const maxDepth = 2000;

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
) => number;

const damaged = (at: number): DocrowError =>
  new DocrowError('document-corrupt', 'BSON is damaged: a document does not end where it says', {
    offset: at,
  });

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
  const root = createShape();
  const natural = options.style === 'natural';
  const rejectDuplicates = options.duplicates === 'reject';

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
      return writeJsonString(input, at + 4, end, output, position, options.nul);
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
    if (type === bsonType.codeWithScope) return writeCodeWithScope(input, at, output, position, depth + 1);
    return writeJsonScalar(options, type, input, at, output, position);
  }

  function writeObject(
    input: Memory,
    start: number,
    output: Memory,
    position: number,
    shape: ShapeNode | undefined,
    depth: number,
  ): number {
    if (depth > maxDepth) {
      throw new ValueProblem('document-too-deep', `The value is nested deeper than ${maxDepth} levels`);
    }
    const { bytes, view } = input;
    const target = output.bytes;
    const limit = start + view.getInt32(start, true) - 1;
    let at = start + 4;
    let keyStart = at;
    let known = shape;
    let comparedKeys = !rejectDuplicates;
    target[position++] = 0x7b;
    try {
      while (at < limit) {
        const type = bytes[at++]!;
        keyStart = at;
        const next: ShapeNode | undefined =
          known === undefined ? undefined : followKey(known, input, at, limit, rejectDuplicates);
        if (next !== undefined) {
          position = writeShapeKey(next, output, position);
          at += next.keyLength;
        } else {
          if (!comparedKeys) {
            // This object is not on a learnt path: its keys are compared among themselves.
            assertDistinctKeys(input, start, limit);
            comparedKeys = true;
          }
          const end = keyEnd(bytes, at, limit);
          if (options.nul === 'wrap' && bytes.subarray(at, end).equals(nulWrapperKey))
            throw ambiguousWrapper();
          position = writeJsonString(input, at, end, output, position, 'reject');
          target[position++] = 0x3a;
          at = end + 1;
        }
        const end = valueEnd(type, bytes, view, at, limit);
        if (type === bsonType.string) {
          position = writeJsonString(input, at + 4, end - 1, output, position, options.nul);
        } else {
          const isNested = type === bsonType.document || type === bsonType.array;
          const inner = isNested && next !== undefined ? nestedShape(next) : undefined;
          position = writeValue(type, input, at, output, position, inner, depth);
        }
        target[position++] = comma;
        at = end;
        known = next;
      }
    } catch (problem) {
      if (problem instanceof ValueProblem) problem.inside(keyAt(bytes, keyStart, limit));
      throw problem;
    }
    if (at !== limit) throw damaged(start);
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
    if (depth > maxDepth) {
      throw new ValueProblem('document-too-deep', `The value is nested deeper than ${maxDepth} levels`);
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
    if (at !== limit) throw damaged(start);
    return closeOver(0x5d, output, position);
  }

  function writeCodeWithScope(
    input: Memory,
    at: number,
    output: Memory,
    position: number,
    depth: number,
  ): number {
    const { bytes, view } = input;
    const end = at + view.getInt32(at, true);
    const scopeAt = valueEnd(bsonType.string, bytes, view, at + 4, end);
    if (valueEnd(bsonType.document, bytes, view, scopeAt, end) !== end) throw damaged(at);
    position = writeAscii('{"$code":', output, position);
    position = writeJsonString(input, at + 8, scopeAt - 1, output, position, options.nul);
    position = writeAscii(',"$scope":', output, position);
    return writeAscii('}', output, writeObject(input, scopeAt, output, position, undefined, depth));
  }

  return (type, input, at, output, position) => writeValue(type, input, at, output, position, root, 0);
}
