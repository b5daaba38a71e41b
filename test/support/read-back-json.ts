import type { JsonNode } from './lossless-json.ts';

/** A BSON value as nested arrays, comparable by their JSON. Fields of documents are pairs in order. */
export type Tree = readonly [type: string, ...parts: (string | boolean | number | Tree | readonly Field[])[]];
export type Field = readonly [key: string, value: Tree];

export const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** A decimal as numeric writes it. */
export function readDecimal(text: string): Tree {
  if (text === 'NaN') return ['decimal', 'NaN'];
  const negative = text.startsWith('-');
  if (text.endsWith('Infinity')) return ['decimal', 'infinity', negative, '0', 0];
  const [, sign, whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(
    text,
  )!;
  return [
    'decimal',
    'finite',
    sign === '-',
    String(BigInt(whole + fraction)),
    Number(exponent) - fraction.length,
  ];
}

interface JsonReading {
  readonly style: 'natural' | 'canonical';
  readonly isBinary: boolean;
  readonly unescaped?: (text: string) => string;
  readonly isRest?: boolean;
}

/** A JSON value, as jsonb would give it back where it is binary. */
export function readJson(node: JsonNode, how: JsonReading): Tree {
  const text = (given: string): string => latin1((how.unescaped ?? ((same) => same))(given));
  switch (node.kind) {
    case 'literal':
      return node.text === 'null' ? ['null'] : ['boolean', node.text];
    case 'string':
      return ['string', text(node.text)];
    case 'number':
      return readNaturalNumber(node.text);
    case 'array':
      return ['array', node.items.map((item, index) => [String(index), readJson(item, how)])];
    case 'object': {
      const wrapped = readWrapper(node.fields, how);
      if (wrapped !== undefined) return wrapped;
      const fields = how.isBinary ? asJsonb(node.fields) : node.fields;
      return ['document', fields.map(([key, value]) => [latin1(key), readJson(value, how)])];
    }
  }
}

/** Keys in jsonb's order, the last of equal ones. */
export function asJsonb(
  fields: readonly (readonly [string, JsonNode])[],
): readonly (readonly [string, JsonNode])[] {
  const last = [...new Map(fields)];
  const size = (key: string): number => Buffer.byteLength(key);
  return last.sort(([a], [b]) => size(a) - size(b) || Buffer.from(a).compare(Buffer.from(b)));
}

function readNaturalNumber(text: string): Tree {
  const decimal = readDecimal(text) as unknown as [string, string, boolean, string, number];
  const [, , negative, coefficient, exponent] = decimal;
  const digits = BigInt(coefficient);
  const divisor = 10n ** BigInt(Math.max(0, -exponent));
  if (digits % divisor === 0n && exponent < 400) {
    const value = ((exponent > 0 ? digits * 10n ** BigInt(exponent) : digits / divisor) *
      (negative ? -1n : 1n)) as bigint;
    if (BigInt.asIntN(32, value) === value) return ['int32', String(value)];
    if (BigInt.asIntN(64, value) === value) return ['int64', String(value)];
  }
  return ['double', String(Number(text))];
}

function readWrapper(fields: readonly (readonly [string, JsonNode])[], how: JsonReading): Tree | undefined {
  const keys = fields
    .map(([key]) => key)
    .sort()
    .join();
  const inner = (key: string): JsonNode => fields.find(([name]) => name === key)![1];
  const string = (node: JsonNode | undefined): string => (node?.kind === 'string' ? node.text : '?');
  const field = (node: JsonNode, key: string): JsonNode | undefined =>
    node.kind === 'object' ? node.fields.find(([name]) => name === key)?.[1] : undefined;
  const text = (node: JsonNode | undefined): string => {
    if (how.isRest && node?.kind === 'object') return latin1(readNul(node));
    return latin1((how.unescaped ?? ((same) => same))(string(node)));
  };
  const number = (node: JsonNode | undefined): string => (node?.kind === 'number' ? node.text : '?');
  const canonical = how.style === 'canonical';
  switch (keys) {
    case '$docrowNul':
      return how.isRest ? ['string', latin1(readNul({ kind: 'object', fields }))] : undefined;
    case '$undefined':
      return ['undefined'];
    case '$minKey':
    case '$maxKey':
      return [keys.slice(1)];
    case '$symbol':
      return ['symbol', text(inner('$symbol'))];
    case '$code':
      return ['code', text(inner('$code'))];
    case '$code,$scope':
      return [
        'codeWithScope',
        text(inner('$code')),
        readJson(inner('$scope'), { ...how, style: 'canonical' }),
      ];
    case '$timestamp':
      return ['timestamp', number(field(inner(keys), 't')), number(field(inner(keys), 'i'))];
    case '$regularExpression':
      return ['regex', text(field(inner(keys), 'pattern')), text(field(inner(keys), 'options'))];
    case '$dbPointer': {
      const id = field(inner(keys), '$id');
      const hex = id === undefined ? '?' : string(field(id, '$oid'));
      return ['dbPointer', text(field(inner(keys), '$ref')), Buffer.from(hex, 'hex').toString('latin1')];
    }
  }
  if (!canonical) return undefined;
  const only = fields.length === 1 ? string(fields[0]![1]) : '?';
  switch (keys) {
    case '$oid':
      return ['objectId', Buffer.from(only, 'hex').toString('latin1')];
    case '$numberInt':
      return ['int32', only];
    case '$numberLong':
      return ['int64', only];
    case '$numberDouble':
      return ['double', Object.is(Number(only), -0) ? '-0' : String(Number(only))];
    case '$numberDecimal':
      return /\d|Inf|NaN/.test(only) ? readDecimal(only) : ['decimal', '?'];
    case '$date':
      return ['date', string(field(inner(keys), '$numberLong'))];
    case '$binary': {
      const bytes = Buffer.from(string(field(inner(keys), 'base64')), 'base64');
      return [
        'binary',
        String(parseInt(string(field(inner(keys), 'subType')), 16)),
        bytes.toString('latin1'),
      ];
    }
  }
  return undefined;
}

const readNul = (node: JsonNode): string => {
  const inner = node.kind === 'object' ? node.fields[0]?.[1] : undefined;
  const escaped = inner?.kind === 'string' ? inner.text : '?';
  return escaped.replace(/\\([\\0])/g, (_, mark) => (mark === '0' ? '\0' : '\\'));
};
