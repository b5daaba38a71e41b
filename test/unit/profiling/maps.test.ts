import { describe, expect, test } from 'vitest';
import { createProfiler, profileOf, typeCounts, valueAt } from '../../support/profile-documents.ts';

const mapAt = (documents: readonly object[], key = 'm') => valueAt(profileOf(documents).root, key).objects;

describe('keys that are data', () => {
  test.each([
    ['ObjectIds', '65a1b2c3d4e5f60718293a4b', '65a1b2c3d4e5f60718293a4c'],
    ['UUIDs', '0b0e3a1c-3b2a-4c5d-8e6f-0a1b2c3d4e5f', '1b0e3a1c-3b2a-4c5d-8e6f-0a1b2c3d4e5f'],
    ['dates', '2024-01-01', '2024-01-02'],
    ['numbers', '17', '-4'],
  ])('%s', (_, first, second) => {
    const map = mapAt([{ m: { [first]: 1 } }, { m: { [second]: 2 } }, { m: {} }]);
    expect(map).toMatchObject({
      isMap: true,
      fields: [],
      distinctKeys: 2,
      count: 3,
      emptyCount: 1,
      maxFields: 1,
    });
    expect(map?.anyValue?.integers).toEqual({ count: 2, min: 1n, max: 2n });
  });

  test('many keys that are each in few objects', () => {
    const documents = Array.from({ length: 400 }, (_, index) => ({
      m: { [`user${index % 80}`]: { name: 'a', at: index }, [`user${(index * 7) % 80}x`]: { name: 'b' } },
    }));
    const map = mapAt(documents);
    expect(map?.isMap).toBe(true);
    expect(map?.anyValue?.objects?.fields.map(({ key, value }) => [key, value.count])).toEqual([
      ['name', 800],
      ['at', 400],
    ]);
  });

  test('many alike in a single document', () => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`user${index}`, { n: index }]),
    );
    expect(mapAt([{ m: many }])?.isMap).toBe(true);
  });

  test('maps in maps', () => {
    const inner = (seed: number) =>
      Object.fromEntries(
        Array.from({ length: 5 }, (_, index) => [`2024-01-${10 + ((index * seed) % 20)}`, index]),
      );
    const map = mapAt(
      Array.from({ length: 10 }, (_, index) => ({
        m: { [`${index}`]: inner(index + 1), [`${index + 50}`]: inner(3) },
      })),
    );
    expect(map?.isMap).toBe(true);
    expect(map?.anyValue?.objects?.isMap).toBe(true);
    expect(typeCounts(map!.anyValue!.objects!.anyValue!)).toHaveProperty('int');
  });
});

describe('keys that are names', () => {
  test('a stable object, a few optional fields', () => {
    const documents = Array.from({ length: 100 }, (_, index) => ({
      m: { a: 1, b: 2, ...(index % 10 === 0 ? { c: 3 } : {}), ...(index === 7 ? { d: 4 } : {}) },
    }));
    expect(mapAt(documents)).toMatchObject({ isMap: false, distinctKeys: 4 });
  });

  test('a stable core with a long tail', () => {
    const documents = Array.from({ length: 1000 }, (_, index) => ({
      m: { id: 1, kind: 'x', at: 2, name: 'n', [`extra${index % 60}`]: 1 },
    }));
    expect(mapAt(documents)?.isMap).toBe(false);
  });

  test('120 fields of mixed types in one object', () => {
    const wide = Object.fromEntries(
      Array.from({ length: 120 }, (_, index) => [`field${index}`, index % 2 === 0 ? index : 'text']),
    );
    expect(mapAt([{ m: wide }])?.isMap).toBe(false);
  });

  test('the document itself is no map, however sparse', () => {
    const documents = Array.from({ length: 500 }, (_, index) => ({ _id: index, [`f${index % 200}`]: 1 }));
    expect(profileOf(documents).root).toMatchObject({ isMap: false, distinctKeys: 201 });
  });
});

test('what stands under the keys of a map is put together with its counts', () => {
  const documents = Array.from({ length: 60 }, (_, index) => ({
    m: { [`2024-01-${10 + (index % 20)}`]: index % 3 === 0 ? 'no' : 'yes' },
  }));
  expect(valueAt(profileOf(documents).root, 'm', '*').strings).toMatchObject({
    count: 60,
    distinct: 2,
    values: [
      { text: 'yes', count: 40 },
      { text: 'no', count: 20 },
    ],
  });
});

describe('limits', () => {
  test('95,000 keys in one document', { timeout: 60_000 }, () => {
    const many = Object.fromEntries(Array.from({ length: 95_000 }, (_, index) => [`key ${index}`, index]));
    const { profiler, add, finish } = createProfiler();
    add([
      { _id: 1, m: many },
      { _id: 2, m: many },
    ]);
    expect(profiler.places).toBeLessThan(10);
    const profile = finish();
    const map = valueAt(profile.root, 'm').objects;
    expect(profile.duplicateKeyDocuments).toBe(0);
    expect(map).toMatchObject({ isMap: true, maxFields: 95_000, minFields: 95_000, fields: [] });
    expect(map?.anyValue?.integers).toEqual({ count: 190_000, min: 0n, max: 94_999n });
  });

  test('a document with over 1,000 keys of its own becomes a map', () => {
    const many = Object.fromEntries(Array.from({ length: 1200 }, (_, index) => [`key ${index}`, index]));
    const { root } = profileOf([many, many]);
    expect(root).toMatchObject({ isMap: true, fields: [] });
    expect(root.anyValue?.count).toBe(2400);
  });

  test('1,000,000 different keys over a collection', { timeout: 60_000 }, () => {
    const { profiler, add, finish } = createProfiler();
    let most = 0;
    for (let batch = 0; batch < 100; batch++) {
      add(
        Array.from({ length: 1000 }, (_, index) => ({
          a: Object.fromEntries(
            Array.from({ length: 5 }, (_k, key) => [`${batch}/${index}/${key}`, { n: 1 }]),
          ),
          b: {
            [`x${index % 50}`]: Object.fromEntries(
              Array.from({ length: 5 }, (_k, key) => [`${batch}.${index}.${key}`, 'v']),
            ),
          },
        })),
      );
      most = Math.max(most, profiler.places);
    }
    expect(most).toBeLessThanOrEqual(20_000 + 10_000);
    expect(profiler.places).toBeLessThan(1000);
    const { root, documents } = finish();
    expect(documents).toBe(100_000);
    expect(valueAt(root, 'a', '*', 'n').count).toBe(500_000);
  });

  test('one document with very many places', () => {
    const many = Object.fromEntries(
      Array.from({ length: 90 }, (_, outer) => [
        `outer${outer}`,
        Object.fromEntries(
          Array.from({ length: 90 }, (_k, inner) => [`${outer}.${inner}`, outer % 2 ? inner : 'x']),
        ),
      ]),
    );
    let most = 0;
    const { profiler, add, finish } = createProfiler({ maxPlaces: 400 });
    for (let index = 0; index < 3; index++) {
      add([{ many }]);
      most = Math.max(most, profiler.places);
    }
    expect(most).toBeLessThanOrEqual(400);
    const { root, duplicateKeyDocuments } = finish();
    expect(duplicateKeyDocuments).toBe(0);
    expect(valueAt(root, 'many').objects).toMatchObject({ count: 3, maxFields: 90 });
  });

  test('keys that always differ at ever new places keep within the limit', () => {
    const { profiler, add, finish } = createProfiler({ maxPlaces: 500 });
    const tree = (levels: number, name: string): object =>
      levels === 0
        ? { leaf: 1 }
        : { [`${name}l`]: tree(levels - 1, `${name}l`), [`${name}r`]: tree(levels - 1, `${name}r`) };
    for (let index = 0; index < 50; index++) {
      add([{ t: tree(8, `n${index % 7}`) }]);
      expect(profiler.places).toBeLessThanOrEqual(1500);
    }
    const { root, documents } = finish();
    expect(documents).toBe(50);
    expect(valueAt(root, 't').count).toBe(50);
  });
});
