import { Double, Int32, Long, serialize } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../../src/filtering/compile-filter.ts';
import type { YamlValue } from '../../../src/mapping/mapping.ts';

/** Values with a small vocabulary, so that documents and filters meet often. */
type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

const keys = fc.constantFrom('a', 'b', '0', '1');
const scalar = fc.constantFrom<Plain>(null, true, false, 0, 1, 2.5, -1, 'a', 'b', 'ab');
const value = fc.letrec<{ any: Plain }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(keys, tie('any'), { maxKeys: 3 }),
  ),
})).any;
const document = fc.dictionary(keys, value, { maxKeys: 3 });
const path = fc.array(keys, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));

const condition = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 2 }),
  fc.record({ $gt: scalar }),
  fc.record({ $gte: scalar, $lt: scalar }),
  fc.record({ $lte: scalar }),
  fc.record({ $ne: scalar }),
  fc.record({ $in: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ $nin: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $type: fc.constantFrom('string', 'number', 'array', 'object', 'null', 'bool') }),
  fc.record({ $regex: fc.constantFrom('a', '^b', 'b$') }),
  fc.record({ $not: fc.record({ $gt: scalar }) }),
);
const simple = fc.tuple(path, condition).map(([key, wanted]) => ({ [key]: wanted }));
const query = fc.oneof(
  simple,
  fc.record({ $or: fc.array(simple, { minLength: 1, maxLength: 2 }) }),
  fc.record({ $nor: fc.array(simple, { minLength: 1, maxLength: 2 }) }),
  fc.record({ $and: fc.array(simple, { minLength: 1, maxLength: 2 }) }),
);

const missing = Symbol('missing');
type Seen = Plain | typeof missing;

const isObject = (it: unknown): it is { readonly [key: string]: Plain } =>
  typeof it === 'object' && it !== null && !Array.isArray(it);

/** Everything that a path stands for in a document, on plain objects. */
function seen(
  container: { readonly [key: string]: Plain } | readonly Plain[],
  parts: readonly string[],
): readonly Seen[] {
  const [key, ...rest] = parts as [string, ...string[]];
  if (!Object.hasOwn(container, key)) return [missing];
  const next = (container as { readonly [key: string]: Plain })[key]!;
  if (rest.length === 0) return Array.isArray(next) ? [...next, next] : [next];
  if (isObject(next)) return seen(next, rest);
  if (!Array.isArray(next)) return [missing];
  return next.flatMap((item: Plain, index: number) => {
    const own = isObject(item) ? seen(item, rest) : [];
    if (String(index) !== rest[0]) return own;
    if (rest.length === 1) return [...own, item];
    return typeof item === 'object' && item !== null
      ? [...own, ...seen(item as Plain[], rest.slice(1))]
      : own;
  });
}

const kind = (it: Seen): string =>
  it === null || it === missing ? 'nothing' : Array.isArray(it) ? 'array' : typeof it;

function compare(a: Seen, b: Plain): number | undefined {
  if (kind(a) !== kind(b)) return undefined;
  if (kind(a) === 'nothing') return 0;
  if (Array.isArray(a) && Array.isArray(b)) {
    const same = a.length === b.length && a.every((item, i) => item === b[i]);
    return same ? 0 : Number.NaN;
  }
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}

function naive(where: YamlValue, root: { readonly [key: string]: Plain }): boolean {
  return Object.entries(where as Record<string, YamlValue>).every(([key, wanted]) => {
    if (key === '$and') return (wanted as YamlValue[]).every((part) => naive(part, root));
    if (key === '$or') return (wanted as YamlValue[]).some((part) => naive(part, root));
    if (key === '$nor') return !(wanted as YamlValue[]).some((part) => naive(part, root));
    const values = seen(root, key.split('.'));
    if (!isObject(wanted)) return values.some((it) => compare(it, wanted as Plain) === 0);
    return Object.entries(wanted).every(([operator, operand]) => holds(operator, operand as Plain, values));
  });
}

function holds(operator: string, operand: Plain, values: readonly Seen[]): boolean {
  const list = operand as readonly Plain[];
  const some = (test: (order: number) => boolean): boolean =>
    values.some((it) => {
      const order = compare(it, operand);
      return order !== undefined && test(order);
    });
  switch (operator) {
    case '$gt':
      return some((order) => order > 0);
    case '$gte':
      return some((order) => order >= 0);
    case '$lt':
      return some((order) => order < 0);
    case '$lte':
      return some((order) => order <= 0);
    case '$ne':
      return !some((order) => order === 0);
    case '$in':
      return values.some((it) => list.some((wanted) => compare(it, wanted) === 0));
    case '$nin':
      return !values.some((it) => list.some((wanted) => compare(it, wanted) === 0));
    case '$exists':
      return values.some((it) => it !== missing) === operand;
    case '$type':
      return values.some((it) => typeName(it) === operand);
    case '$regex':
      return values.some((it) => typeof it === 'string' && new RegExp(operand as string).test(it));
    case '$not': {
      const [[inner, innerOperand]] = Object.entries(operand as object) as [[string, Plain]];
      return !holds(inner, innerOperand, values);
    }
    default:
      throw new TypeError(operator);
  }
}

function typeName(it: Seen): string {
  if (it === null) return 'null';
  if (Array.isArray(it)) return 'array';
  return typeof it === 'boolean' ? 'bool' : typeof it;
}

/** The same numbers in BSON types that take turns. */
function encode(it: Plain, turn: { next: number }): unknown {
  if (typeof it === 'number') {
    if (!Number.isInteger(it)) return new Double(it);
    return [new Int32(it), Long.fromNumber(it), new Double(it)][turn.next++ % 3];
  }
  if (Array.isArray(it)) return it.map((item) => encode(item, turn));
  if (!isObject(it)) return it;
  return new Map(Object.entries(it).map(([key, item]) => [key, encode(item, turn)]));
}

describe('compileFilter', () => {
  it('agrees with a naive evaluation on plain objects', () => {
    fc.assert(
      fc.property(document, query, (plain, where) => {
        const bytes = serialize(encode(plain, { next: 0 }) as Record<string, unknown>);
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        expect(compileFilter(where as YamlValue)(bytes, view, 0)).toBe(naive(where as YamlValue, plain));
      }),
      { numRuns: 3000 },
    );
  });
});
