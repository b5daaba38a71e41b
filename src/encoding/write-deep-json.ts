import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import { writeJsonScalar } from './json-scalars.ts';
import { duplicateKey } from './json-shape.ts';
import type { Memory } from './memory.ts';
import { ValueProblem } from './value-problem.ts';
import type { JsonWriterOptions } from './write-json.ts';
import { ambiguousWrapper, nulWrapperKey, writeJsonString } from './write-json-string.ts';
import { writeAscii } from './write-text.ts';

/** jsonb parses recursively; far above what MongoDB itself allows (about 180) and far below PostgreSQL's stack. */
const maxDepth = 2000;

/** A document, array or scope that is being written. */
interface OpenContainer {
  readonly isArray: boolean;
  readonly options: JsonWriterOptions;
  readonly limit: number;
  /** Keys so far, as one character per byte. */
  readonly keys: Set<string>;
  readonly closing: string;
  /** Offset of the next element, and of the key of the last one. */
  at: number;
  keyAt: number;
  written: number;
}

/**
 * Writes what is nested so deep that calls in each other would overflow the stack, with a list of open containers
 * instead; and codes with scope. Such values are rare: nothing is learnt about them, and speed does not count.
 * @param type document, array or code with scope
 * @param depth levels of nesting that the value stands in
 * @throws ValueProblem `document-too-deep`, and those of JSON strings and keys
 */
export function writeDeepJson(
  options: JsonWriterOptions,
  type: number,
  input: Memory,
  at: number,
  depth: number,
  output: Memory,
  position: number,
): number {
  const open: OpenContainer[] = [];
  try {
    position = enter(open, options, type, input, at, depth, output, position);
    for (let container = open.at(-1); container !== undefined; container = open.at(-1)) {
      if (container.at >= container.limit) {
        position = writeAscii(container.closing, output, position);
        open.pop();
      } else position = writeElement(open, container, input, depth, output, position);
    }
  } catch (problem) {
    if (problem instanceof ValueProblem) for (const step of pathOf(open, input)) problem.inside(step);
    throw problem;
  }
  return position;
}

/** Steps from the innermost container to the outermost. */
const pathOf = (open: readonly OpenContainer[], { bytes }: Memory): (string | number)[] =>
  open
    .filter(({ written }) => written > 0)
    .map(({ isArray, keyAt, limit, written }) =>
      isArray ? written - 1 : bytes.toString('utf8', keyAt, keyEnd(bytes, keyAt, limit)),
    )
    .reverse();

function enter(
  open: OpenContainer[],
  options: JsonWriterOptions,
  type: number,
  input: Memory,
  at: number,
  depth: number,
  output: Memory,
  position: number,
): number {
  if (depth + open.length >= maxDepth) {
    throw new ValueProblem('document-too-deep', `The value is nested deeper than ${maxDepth} levels`);
  }
  const { view } = input;
  const isArray = type === bsonType.array;
  const isCode = type === bsonType.codeWithScope;
  const start = isCode ? at + 8 + view.getInt32(at + 4, true) : at;
  if (isCode) {
    position = writeAscii('{"$code":', output, position);
    position = writeJsonString(input, at + 8, start - 1, output, position, options.nul);
    position = writeAscii(',"$scope":', output, position);
  }
  open.push({
    isArray,
    // Only the canonical form of a code leads back to it, and that includes its scope.
    options: isCode && options.style === 'natural' ? { ...options, style: 'canonical' } : options,
    limit: start + view.getInt32(start, true) - 1,
    keys: new Set(),
    closing: isCode ? '}}' : isArray ? ']' : '}',
    at: start + 4,
    keyAt: start + 4,
    written: 0,
  });
  return writeAscii(isArray ? '[' : '{', output, position);
}

function writeElement(
  open: OpenContainer[],
  container: OpenContainer,
  input: Memory,
  depth: number,
  output: Memory,
  position: number,
): number {
  const { bytes, view } = input;
  const { limit, options, isArray } = container;
  const type = bytes[container.at]!;
  const keyAt = container.at + 1;
  const keyStop = keyEnd(bytes, keyAt, limit);
  if (container.written > 0) position = writeAscii(',', output, position);
  container.keyAt = keyAt;
  container.at = valueEnd(type, bytes, view, keyStop + 1, limit);
  container.written++;
  if (!isArray) {
    const key = bytes.toString('latin1', keyAt, keyStop);
    if (options.duplicates === 'reject' && container.keys.has(key)) throw duplicateKey();
    container.keys.add(key);
    if (options.nul === 'wrap' && bytes.subarray(keyAt, keyStop).equals(nulWrapperKey)) {
      throw ambiguousWrapper();
    }
    position = writeJsonString(input, keyAt, keyStop, output, position, 'reject');
    position = writeAscii(':', output, position);
  }
  const isContainer =
    type === bsonType.document || type === bsonType.array || type === bsonType.codeWithScope;
  return isContainer
    ? enter(open, options, type, input, keyStop + 1, depth, output, position)
    : writeJsonScalar(options, type, input, keyStop + 1, output, position);
}
