import { decimal128Text } from '../../bson/decimal128.ts';
import { microsPerMs } from '../../values/calendar.ts';
import { parseDecimal } from '../../values/plain-decimal.ts';
import { type BsonTree, type DocumentTree, doubleText, scalarTree, unreadable } from './bson-tree.ts';
import { asJsonb, type JsonField, type JsonNode } from './json-node.ts';

export interface JsonReading {
  readonly style: 'natural' | 'canonical';
  /** jsonb, which has an order of keys of its own. */
  readonly isBinary: boolean;
  /** Undoes what the column did to texts. */
  readonly restoreText: (text: string) => string;
  /** The rest column, where a text with a NUL stands as an object. */
  readonly isRest: boolean;
}

/** What a backslash and `0` stand for, and two backslashes. */
export const unescapeNul = (text: string): string =>
  text.replace(/\\([\\0])/g, (_, mark) => (mark === '0' ? '\0' : '\\'));

/** The BSON value that JSON of a column reads back as (docs/losses.md, "What a column reads back as"). */
export function readJson(node: JsonNode, reading: JsonReading): BsonTree {
  switch (node.kind) {
    case 'literal':
      return node.text === 'null' ? scalarTree('null') : scalarTree('boolean', node.text);
    case 'string':
      return scalarTree('string', reading.restoreText(node.text));
    case 'number':
      return readNaturalNumber(node.text);
    case 'array':
      return { type: 'array', items: node.items.map((item) => readJson(item, reading)), oddKeys: undefined };
    case 'object':
      return readWrapper(node.fields, reading) ?? readObject(node.fields, reading);
  }
}

/** Fields as a document, whatever their keys look like. */
export function readObject(fields: readonly JsonField[], reading: JsonReading): DocumentTree {
  const ordered = reading.isBinary ? asJsonb(fields) : fields;
  return { type: 'document', fields: ordered.map(([key, value]) => [key, readJson(value, reading)]) };
}

/** An integer as int32, or as int64 where that is too small; other numbers as double. */
function readNaturalNumber(text: string): BsonTree {
  const decimal = parseDecimal(text.toLowerCase());
  if (decimal !== undefined && decimal.scale < 400) {
    const divisor = 10n ** BigInt(decimal.scale);
    const value = decimal.coefficient / divisor;
    if (value * divisor === decimal.coefficient) {
      if (BigInt.asIntN(32, value) === value) return scalarTree('int32', String(value));
      if (BigInt.asIntN(64, value) === value) return scalarTree('int64', String(value));
    }
  }
  return scalarTree('double', doubleText(Number(text)));
}

/** A decimal as numeric and Extended JSON write it, as Decimal128. */
export function readDecimal(text: string): BsonTree {
  if (text === 'NaN') return scalarTree('decimal128', 'NaN');
  const negative = text.startsWith('-');
  if (text === 'Infinity' || text === '-Infinity') return scalarTree('decimal128', text);
  const found = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (found === null) return unreadable(text);
  const [, whole = '', fraction = '', exponent = '0'] = found;
  const coefficient = BigInt(whole + fraction);
  return scalarTree(
    'decimal128',
    decimal128Text({ kind: 'finite', negative, coefficient, exponent: Number(exponent) - fraction.length }),
  );
}

/** Keys by which Extended JSON marks a value of another type. Undefined for an object that is none. */
function readWrapper(fields: readonly JsonField[], reading: JsonReading): BsonTree | undefined {
  const [first, second] = fields;
  if (first === undefined || fields.length > 2) return undefined;
  const [key, value] = first;
  const text = (node: JsonNode | undefined): string | undefined => readText(node, reading);
  if (second !== undefined) {
    const byKey = new Map(fields);
    const [code, scope] = [byKey.get('$code'), byKey.get('$scope')];
    if (code === undefined || scope === undefined) return undefined;
    const codeText = text(code);
    if (codeText === undefined || scope.kind !== 'object') return unreadable('code');
    return {
      type: 'codeWithScope',
      code: codeText,
      scope: readObject(scope.fields, { ...reading, style: 'canonical' }),
    };
  }
  switch (key) {
    case '$docrowNul':
      return reading.isRest ? textTree('string', readText({ kind: 'object', fields }, reading)) : undefined;
    case '$undefined':
    case '$minKey':
    case '$maxKey':
      return scalarTree(key.slice(1) as 'undefined' | 'minKey' | 'maxKey');
    case '$symbol':
      return textTree('symbol', text(value));
    case '$code':
      return textTree('code', text(value));
    case '$timestamp': {
      const [seconds, increment] = [plain(inside(value, 't')), plain(inside(value, 'i'))];
      if (seconds === undefined || increment === undefined) return unreadable(key);
      return { type: 'timestamp', text: seconds, more: increment };
    }
    case '$regularExpression': {
      const [pattern, options] = [text(inside(value, 'pattern')), text(inside(value, 'options'))];
      if (pattern === undefined || options === undefined) return unreadable(key);
      return { type: 'regex', text: pattern, more: options };
    }
    case '$dbPointer': {
      const [namespace, id] = [text(inside(value, '$ref')), plain(inside(inside(value, '$id'), '$oid'))];
      if (namespace === undefined || id === undefined) return unreadable(key);
      return { type: 'dbPointer', text: id, more: namespace };
    }
  }
  return reading.style === 'canonical' ? readCanonical(key, value) : undefined;
}

function readCanonical(key: string, value: JsonNode): BsonTree | undefined {
  const text = plain(value);
  switch (key) {
    case '$oid':
      return textTree('objectId', text);
    case '$numberInt':
      return textTree('int32', text);
    case '$numberLong':
      return textTree('int64', text);
    case '$numberDouble':
      return text === undefined ? unreadable(key) : scalarTree('double', doubleText(Number(text)));
    case '$numberDecimal':
      return text === undefined ? unreadable(key) : readDecimal(text);
    case '$date': {
      const milliseconds = plain(inside(value, '$numberLong'));
      if (milliseconds === undefined || !/^-?\d+$/.test(milliseconds)) return unreadable(key);
      return scalarTree('date', String(BigInt(milliseconds) * microsPerMs));
    }
    case '$binary': {
      const [base64, subtype] = [plain(inside(value, 'base64')), plain(inside(value, 'subType'))];
      if (base64 === undefined || subtype === undefined) return unreadable(key);
      return {
        type: 'binary',
        text: Buffer.from(base64, 'base64').toString('hex'),
        subtype: Number.parseInt(subtype, 16),
      };
    }
    default:
      return undefined;
  }
}

const textTree = (
  type: 'string' | 'symbol' | 'code' | 'objectId' | 'int32' | 'int64',
  text?: string,
): BsonTree => (text === undefined ? unreadable(type) : scalarTree(type, text));

function readText(node: JsonNode | undefined, { isRest, restoreText }: JsonReading): string | undefined {
  if (node?.kind === 'string') return restoreText(node.text);
  if (!isRest || node?.kind !== 'object' || node.fields.length !== 1) return undefined;
  const [[key, escaped]] = node.fields as readonly [JsonField];
  return key === '$docrowNul' && escaped.kind === 'string' ? unescapeNul(escaped.text) : undefined;
}

const plain = (node: JsonNode | undefined): string | undefined =>
  node?.kind === 'string' || node?.kind === 'number' ? node.text : undefined;

const inside = (node: JsonNode | undefined, key: string): JsonNode | undefined =>
  node?.kind === 'object' ? node.fields.findLast(([name]) => name === key)?.[1] : undefined;
