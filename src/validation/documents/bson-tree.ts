import { decimal128Text } from '../../bson/decimal128.ts';
import type { BsonValue } from '../../values/bson-value.ts';
import { microsPerMs } from '../../values/calendar.ts';
import { readElements } from '../../values/decode-value.ts';

/**
 * A BSON value in a form in which equal values are equal texts. NaNs are one value, and so are zeros that Decimal128 can
 * spell in more than one way. A date has microseconds here, so that those a column holds beyond BSON's are seen.
 */
export type BsonTree = DocumentTree | ArrayTree | CodeTree | ScalarTree;

export interface DocumentTree {
  readonly type: 'document';
  /** In their order, and as often as they are there. */
  readonly fields: readonly (readonly [key: string, value: BsonTree])[];
}

export interface ArrayTree {
  readonly type: 'array';
  readonly items: readonly BsonTree[];
  /** Keys that are not 0, 1, 2 …; undefined for an array as it should be. */
  readonly oddKeys: readonly string[] | undefined;
}

export interface CodeTree {
  readonly type: 'codeWithScope';
  readonly code: string;
  readonly scope: DocumentTree;
}

export interface ScalarTree {
  readonly type: Exclude<BsonValue['type'], 'document' | 'array' | 'codeWithScope'> | 'unreadable';
  /** int32, int64: digits; double: as JavaScript prints it, and `-0`; date: microseconds; bytes: hex. */
  readonly text: string;
  /** Of a binary. */
  readonly subtype?: number;
  /** Options of a regular expression; namespace of a DBPointer; increment of a timestamp. */
  readonly more?: string;
}

export const scalarTree = (type: ScalarTree['type'], text = ''): ScalarTree => ({ type, text });

/** What a column holds that no value becomes. */
export const unreadable = (text: string): ScalarTree => ({ type: 'unreadable', text });

export const doubleText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

function treeOf(value: BsonValue): BsonTree {
  switch (value.type) {
    case 'document':
      return documentTree(value.raw);
    case 'array': {
      const elements = readElements(value.raw);
      const isOdd = elements.some(({ key }, index) => key.toString('latin1') !== String(index));
      return {
        type: 'array',
        items: elements.map((element) => treeOf(element.value)),
        oddKeys: isOdd ? elements.map(({ key }) => key.toString()) : undefined,
      };
    }
    case 'codeWithScope':
      return { type: 'codeWithScope', code: value.code.toString(), scope: documentTree(value.scope) };
    case 'double':
      return scalarTree('double', doubleText(value.value));
    case 'decimal128':
      return scalarTree('decimal128', decimal128Text(value.value));
    case 'int32':
    case 'int64':
    case 'boolean':
      return scalarTree(value.type, String(value.value));
    case 'date':
      return scalarTree('date', String(value.milliseconds * microsPerMs));
    case 'string':
    case 'symbol':
    case 'code':
      return scalarTree(value.type, value.text.toString());
    case 'binary':
      return { type: 'binary', text: value.bytes.toString('hex'), subtype: value.subtype };
    case 'objectId':
      return scalarTree('objectId', value.bytes.toString('hex'));
    case 'timestamp':
      return { type: 'timestamp', text: String(value.seconds), more: String(value.increment) };
    case 'regex':
      return { type: 'regex', text: value.pattern.toString(), more: value.options.toString() };
    case 'dbPointer':
      return { type: 'dbPointer', text: value.id.toString('hex'), more: value.namespace.toString() };
    default:
      return scalarTree(value.type);
  }
}

/** @param document exactly one well-formed document */
export const documentTree = (document: Buffer): DocumentTree => ({
  type: 'document',
  fields: readElements(document).map(({ key, value }) => [key.toString(), treeOf(value)]),
});

/** The very same value: types, order of fields and keys of arrays included. */
export function isSameTree(a: BsonTree, b: BsonTree): boolean {
  if (a.type === 'document') {
    return (
      b.type === 'document' &&
      a.fields.length === b.fields.length &&
      a.fields.every(([key, value], index) => {
        const [otherKey, other] = b.fields[index]!;
        return key === otherKey && isSameTree(value, other);
      })
    );
  }
  if (a.type === 'array') {
    return (
      b.type === 'array' &&
      a.items.length === b.items.length &&
      a.oddKeys?.join('\0') === b.oddKeys?.join('\0') &&
      a.items.every((item, index) => isSameTree(item, b.items[index]!))
    );
  }
  if (a.type === 'codeWithScope') {
    return b.type === 'codeWithScope' && a.code === b.code && isSameTree(a.scope, b.scope);
  }
  return (
    a.type === b.type &&
    a.type !== 'unreadable' &&
    a.text === b.text &&
    a.subtype === b.subtype &&
    a.more === b.more
  );
}

/** Documents with more fields than this are looked into by an index: keys may be data, and very many. */
const mostToScan = 32;
const indexes = new WeakMap<DocumentTree, ReadonlyMap<string, BsonTree>>();

/** The value under a key; of two the last. */
export function fieldOf(document: DocumentTree, key: string): BsonTree | undefined {
  if (document.fields.length <= mostToScan) return document.fields.findLast(([name]) => name === key)?.[1];
  let index = indexes.get(document);
  if (index === undefined) {
    index = new Map(document.fields);
    indexes.set(document, index);
  }
  return index.get(key);
}
