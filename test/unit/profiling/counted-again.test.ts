import { Double, deserialize, Int32, Long, ObjectId, serialize } from 'bson';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placesOf } from '../../../src/profiling/inspect-paths.ts';
import { profileOf } from '../../support/profile-documents.ts';

/** What a simple program counts at one path, from documents that another library has read. */
interface Counted {
  types: Record<string, number>;
  wholes: bigint[];
  lengths: number[];
  elements: number[];
  fields: number[];
}

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (value instanceof Int32) return 'int';
  if (value instanceof Long) return 'long';
  if (value instanceof Double) return 'double';
  if (value instanceof ObjectId) return 'objectId';
  if (value instanceof Date) return 'date';
  if (Array.isArray(value)) return 'array';
  return { string: 'string', boolean: 'bool' }[typeof value as string] ?? 'object';
};

const wholeOf = (value: unknown): bigint | undefined => {
  if (value instanceof Int32) return BigInt(value.value);
  if (value instanceof Long) return value.toBigInt();
  if (!(value instanceof Double) || !Number.isInteger(value.value)) return undefined;
  const whole = BigInt(value.value);
  return whole < 2n ** 63n && whole > -(2n ** 63n) ? whole : undefined;
};

function countValue(value: unknown, path: string, counts: Map<string, Counted>): void {
  const counted = counts.get(path) ?? { types: {}, wholes: [], lengths: [], elements: [], fields: [] };
  counts.set(path, counted);
  const type = typeOf(value);
  counted.types[type] = (counted.types[type] ?? 0) + 1;
  const whole = wholeOf(value);
  if (whole !== undefined) counted.wholes.push(whole);
  if (typeof value === 'string') counted.lengths.push([...value].length);
  if (Array.isArray(value)) {
    counted.elements.push(value.length);
    for (const element of value) countValue(element, `${path}[]`, counts);
  } else if (type === 'object') {
    const entries = Object.entries(value as object);
    counted.fields.push(entries.length);
    for (const [key, inside] of entries) countValue(inside, `${path}.${key}`, counts);
  }
}

const key = fc.constantFrom('a', 'b', 'ab', 'c', 'd');
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.integer().map((n) => new Int32(n)),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => Long.fromBigInt(n)),
    fc.double().map((n) => new Double(n)),
    fc.integer().map((n) => new Double(n)),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom(null, true, new Date(0), new ObjectId('65a1b2c3d4e5f60718293a4b')),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const documents = fc.array(fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: true }), {
  maxLength: 12,
});

const least = <T extends bigint | number>(numbers: readonly T[]): T =>
  numbers.reduce((a, b) => (b < a ? b : a));
const greatest = <T extends bigint | number>(numbers: readonly T[]): T =>
  numbers.reduce((a, b) => (b > a ? b : a));

test('a profile says what counting parsed documents says', () => {
  fc.assert(
    fc.property(documents, (given) => {
      const counts = new Map<string, Counted>();
      for (const document of given) {
        const read = deserialize(serialize(document), { promoteValues: false });
        for (const [name, inside] of Object.entries(read)) countValue(inside, name, counts);
      }
      const { root } = profileOf(given);
      const places = [...placesOf(root)];
      expect(places.map(({ path }) => path).toSorted()).toEqual([...counts.keys()].toSorted());
      for (const { path, value: seen } of places) {
        const counted = counts.get(path)!;
        expect(Object.fromEntries(seen.types.map(({ type, count }) => [type, count]))).toEqual(counted.types);
        expect(seen.count).toBe(Object.values(counted.types).reduce((sum, count) => sum + count, 0));
        if (counted.wholes.length === 0) expect(seen.integers).toBeUndefined();
        else {
          const { wholes } = counted;
          expect(seen.integers).toEqual({ count: wholes.length, min: least(wholes), max: greatest(wholes) });
        }
        const { lengths, elements, fields } = counted;
        if (lengths.length > 0) {
          expect(seen.strings).toMatchObject({ minLength: least(lengths), maxLength: greatest(lengths) });
        }
        if (elements.length > 0) {
          expect(seen.arrays).toMatchObject({ minLength: least(elements), maxLength: greatest(elements) });
        }
        if (fields.length > 0) {
          expect(seen.objects).toMatchObject({ minFields: least(fields), maxFields: greatest(fields) });
        }
      }
    }),
    { numRuns: 400 },
  );
});
