import type { BsonElement, BsonValue } from './bson-value.ts';
import { readElements } from './decode-value.ts';
import { type JsonStyle, scalarJson } from './json-scalar.ts';
import { keyForPath, readText } from './read-text.ts';
import { type ValuePath, valueProblem } from './value-path.ts';

/** Deeper values would overflow PostgreSQL's parser. */
const maxDepth = 2000;

export interface JsonOptions {
  readonly style: JsonStyle;
  /** Whether one object may have a key twice. */
  readonly duplicates: 'reject' | 'keep';
  /** The JSON text of a string, which decides what becomes of NUL characters. */
  readonly string: (text: string, path: ValuePath) => string;
  /** Called with every key. */
  readonly checkKey?: (key: string, path: ValuePath) => void;
}

type Container = Extract<BsonValue, { readonly type: 'document' | 'array' | 'codeWithScope' }>;

const isContainer = (value: BsonValue): value is Container =>
  value.type === 'document' || value.type === 'array' || value.type === 'codeWithScope';

/** A document or array that is being written. */
interface OpenContainer {
  readonly isArray: boolean;
  readonly elements: readonly BsonElement[];
  /** How many of the elements are written. */
  written: number;
  readonly keys: Set<string>;
  readonly style: JsonStyle;
  readonly path: ValuePath;
  /** What follows after the last element. */
  readonly closing: string;
}

/**
 * A value as JSON text without spaces, keys in the order of the document. Containers are kept on a list instead of
 * the call stack, which many levels would overflow.
 * @throws DocrowError `value-invalid-utf8`, `document-duplicate-key`, `document-too-deep`, and what `options.string`
 *   throws; the first problem in reading order
 */
export function toJson(value: BsonValue, options: JsonOptions, path: ValuePath): string {
  const open: OpenContainer[] = [];
  const pieces: string[] = [];

  const write = (item: BsonValue, style: JsonStyle, at: ValuePath): void => {
    if (!isContainer(item)) {
      pieces.push(leafJson(item, style, options, at));
      return;
    }
    if (open.length === maxDepth) {
      throw valueProblem('document-too-deep', `The value is nested deeper than ${maxDepth} levels`, at);
    }
    const { text, closing, isArray, document } = openingOf(item, options, at);
    pieces.push(text);
    // Only the canonical form of a code leads back to it, and that includes its scope.
    const innerStyle = item.type === 'codeWithScope' && style === 'natural' ? 'canonical' : style;
    const elements = readElements(document);
    open.push({ isArray, closing, elements, written: 0, keys: new Set(), style: innerStyle, path: at });
  };

  write(value, options.style, path);
  for (let container = open.at(-1); container !== undefined; container = open.at(-1)) {
    const element = container.elements[container.written];
    if (element === undefined) {
      pieces.push(container.closing);
      open.pop();
      continue;
    }
    if (container.written > 0) pieces.push(',');
    const step = container.isArray ? container.written : keyForPath(element.key);
    const elementPath = [...container.path, step];
    if (!container.isArray) pieces.push(`${keyJson(element.key, container.keys, options, elementPath)}:`);
    container.written++;
    write(element.value, container.style, elementPath);
  }
  return pieces.join('');
}

interface Opening {
  readonly text: string;
  readonly closing: string;
  readonly isArray: boolean;
  /** The raw document or array whose elements come next. */
  readonly document: Buffer;
}

function openingOf(value: Container, options: JsonOptions, path: ValuePath): Opening {
  switch (value.type) {
    case 'document':
      return { text: '{', closing: '}', isArray: false, document: value.raw };
    case 'array':
      return { text: '[', closing: ']', isArray: true, document: value.raw };
    case 'codeWithScope': {
      const code = options.string(readText(value.code, path), path);
      return { text: `{"$code":${code},"$scope":{`, closing: '}}', isArray: false, document: value.scope };
    }
  }
}

function leafJson(
  value: Exclude<BsonValue, Container>,
  style: JsonStyle,
  options: JsonOptions,
  path: ValuePath,
): string {
  const text = (bytes: Buffer): string => options.string(readText(bytes, path), path);
  switch (value.type) {
    case 'string':
      return text(value.text);
    case 'symbol':
      return `{"$symbol":${text(value.text)}}`;
    case 'code':
      return `{"$code":${text(value.text)}}`;
    case 'regex':
      return `{"$regularExpression":{"pattern":${text(value.pattern)},"options":${text(value.options)}}}`;
    case 'dbPointer':
      return `{"$dbPointer":{"$ref":${text(value.namespace)},"$id":{"$oid":"${value.id.toString('hex')}"}}}`;
    default:
      return scalarJson(value, style);
  }
}

function keyJson(key: Buffer, seen: Set<string>, options: JsonOptions, path: ValuePath): string {
  const text = readText(key, path);
  if (options.duplicates === 'reject' && seen.has(text)) {
    throw valueProblem('document-duplicate-key', 'An object has the same key twice', path);
  }
  seen.add(text);
  options.checkKey?.(text, path);
  return JSON.stringify(text);
}
