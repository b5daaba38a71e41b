import { describe, expect, test } from 'vitest';
import { createProfiler, profileOf, typeCounts, valueAt } from '../../support/profile-documents.ts';
import { nestedDocument, raw, rawDocument } from '../../support/raw-bson.ts';

const keysOf = (documents: Parameters<typeof profileOf>[0]) =>
  profileOf(documents).root.fields.map(({ key }) => key);

describe('fields', () => {
  test('come in their usual order: a new key after the one it was first seen behind', () => {
    expect(
      keysOf([
        { a: 1, c: 1 },
        { a: 1, b: 1, c: 1 },
        { z: 1, c: 1, d: 1 },
      ]),
    ).toEqual(['z', 'a', 'b', 'c', 'd']);
  });

  test('are found in any order', () => {
    const documents = [
      { a: 1, b: 'x', c: true },
      { c: true, a: 1 },
      { b: 'x', c: true },
      { a: 1, b: 'x', c: true },
    ];
    const { root } = profileOf(documents);
    expect(typeCounts(valueAt(root, 'a'))).toEqual({ int: 3 });
    expect(typeCounts(valueAt(root, 'b'))).toEqual({ string: 3 });
    expect(typeCounts(valueAt(root, 'c'))).toEqual({ bool: 4 });
    expect(root).toMatchObject({ count: 4, minFields: 2, maxFields: 3, distinctKeys: 3, emptyCount: 0 });
  });

  test('one key that begins with another, an empty key and one that is not UTF-8', () => {
    const document = rawDocument([
      ['ab', raw.int32(1)],
      ['a', raw.int32(1)],
      ['', raw.int32(1)],
      [Buffer.from([0xff]), raw.int32(1)],
      [Buffer.from([0xfe]), raw.int32(1)],
    ]);
    const { fields } = profileOf([document, document]).root;
    expect(fields.map(({ key, isBrokenKey }) => [key, isBrokenKey])).toEqual([
      ['ab', false],
      ['a', false],
      ['', false],
      ['\ufffd', true],
      ['\ufffd', true],
    ]);
  });
});

test('objects and arrays in each other', () => {
  const { root, depth } = profileOf([{ a: [{ b: [1, 2] }, { b: [] }, 'x'] }, { a: [] }, { a: { c: {} } }]);
  expect(depth).toBe(4);
  expect(valueAt(root, 'a').arrays).toMatchObject({
    count: 2,
    empty: 1,
    minLength: 0,
    maxLength: 3,
    elements: 3,
  });
  expect(typeCounts(valueAt(root, 'a', '[]'))).toEqual({ object: 2, string: 1 });
  expect(valueAt(root, 'a', '[]', 'b').arrays).toMatchObject({ count: 2, empty: 1, maxLength: 2 });
  expect(typeCounts(valueAt(root, 'a', '[]', 'b', '[]'))).toEqual({ int: 2 });
  expect(valueAt(root, 'a', 'c').objects).toMatchObject({
    count: 1,
    emptyCount: 1,
    minFields: 0,
    maxFields: 0,
  });
});

describe('duplicate keys', () => {
  const twice = (key: string) =>
    [
      [key, raw.int32(1)],
      [key, raw.string('x')],
    ] as const;

  test('are found at every level, and the first value counts', () => {
    const profile = profileOf([
      rawDocument([
        ['list', raw.array([raw.int32(1), raw.document([['in', raw.document([...twice('k')])]])])],
      ]),
      rawDocument(twice('a')),
      { a: 1 },
    ]);
    expect(profile).toMatchObject({ duplicateKeyDocuments: 2, duplicateKeyPath: 'list.1.in.k' });
    expect(typeCounts(valueAt(profile.root, 'a'))).toEqual({ int: 2 });
  });

  test('in a map, also of a key from before it was one', () => {
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
    const fields = keys.map((key) => [key, raw.int32(1)] as const);
    const { add, finish } = createProfiler({ maxKeys: 10 });
    add([rawDocument([['m', raw.document(fields)]])]);
    add([rawDocument([['m', raw.document(fields)]])]);
    add([rawDocument([['m', raw.document([...fields, ['k3', raw.int32(1)]])]])]);
    expect(finish()).toMatchObject({ duplicateKeyDocuments: 1, duplicateKeyPath: 'm.k3' });
    const early = profileOf([rawDocument([['m', raw.document([...fields, ['k3', raw.int32(1)]])]])], {
      maxKeys: 10,
    });
    expect(early.duplicateKeyDocuments).toBe(1);
  });

  test('below the levels that are looked into', () => {
    const document = rawDocument([
      ['a', raw.document([['b', raw.document([['c', raw.document([...twice('k')])]])]])],
    ]);
    const profile = profileOf([document, document], { maxProfiledDepth: 2 });
    expect(profile).toMatchObject({ duplicateKeyDocuments: 2, duplicateKeyPath: 'a.b.c.k', depth: 4 });
    expect(valueAt(profile.root, 'a', 'b').objects).toBeUndefined();
    expect(typeCounts(valueAt(profile.root, 'a', 'b'))).toEqual({ object: 1 * 2 });
  });
});

test('damaged documents are counted and left out', () => {
  const good = rawDocument([
    ['_id', raw.int32(1)],
    ['a', raw.document([['b', raw.boolean(true)]])],
  ]);
  const bad = Buffer.from(good);
  bad[bad.lastIndexOf(1)] = 7;
  const profile = profileOf([good, bad, good]);
  expect(profile).toMatchObject({ documents: 2, damagedDocuments: 1, bytes: good.length * 2 });
  expect(valueAt(profile.root, 'a', 'b').count).toBe(2);
});

test('documents without an _id, and those of an export that were given one', () => {
  expect(profileOf([{ a: 1 }, { _id: 1 }, { a: { _id: 1 } }]).missingIds).toBe(2);
  const documents = [
    { _id: 'things#0' },
    { _id: 'things#12' },
    { _id: 'things#' },
    { _id: 'other#1' },
    { _id: 'things#1x' },
  ];
  expect(profileOf(documents).missingIds).toBe(0);
  const { add, finish } = createProfiler({}, true);
  add(documents);
  expect(finish().missingIds).toBe(2);
});

test('500 and 20,000 levels', () => {
  for (const levels of [500, 20_000]) {
    const document = nestedDocument(levels);
    const profile = profileOf([document]);
    expect(profile.depth).toBeGreaterThanOrEqual(levels);
    expect(profile.damagedDocuments).toBe(0);
  }
});

test('the largest document', () => {
  const sizes = profileOf([{ a: 'x'.repeat(100) }, { a: '' }]);
  expect(sizes.largestDocument).toBeGreaterThan(100);
  expect(sizes.bytes).toBe(sizes.largestDocument + sizes.largestDocument - 100);
});
