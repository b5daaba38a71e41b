import { Decimal128, Double, Int32, Long, ObjectId, UUID } from 'bson';
import { describe, expect, test } from 'vitest';
import { profileOf, typeCounts, valueAt } from '../../support/profile-documents.ts';
import { raw, rawDocument } from '../../support/raw-bson.ts';

const valuesOf = (...values: readonly unknown[]) =>
  valueAt(profileOf(values.map((value, index) => ({ _id: index, value }))).root, 'value');

describe('numbers', () => {
  test('whole numbers of every type have one range', () => {
    const value = valuesOf(new Int32(5), new Double(-7), Long.fromBigInt(2n ** 60n + 1n), new Double(0.5));
    expect(typeCounts(value)).toEqual({ int: 1, double: 2, long: 1 });
    expect(value.integers).toEqual({ count: 3, min: -7n, max: 2n ** 60n + 1n });
    expect(value.doubles).toMatchObject({ count: 2, integral: 1, min: -7, max: 0.5 });
  });

  test('neighbours beyond 2^53 are told apart', () => {
    const big = 2n ** 53n;
    const value = valuesOf(
      ...[big + 3n, big + 1n, big + 2n, -big - 3n, -big - 1n].map((n) => Long.fromBigInt(n)),
    );
    expect(value.integers).toEqual({ count: 5, min: -big - 3n, max: big + 3n });
    const edge = valuesOf(
      new Double(2 ** 53),
      Long.fromBigInt(big + 1n),
      new Double(2 ** 53 + 2),
      Long.fromBigInt(big - 1n),
    );
    expect(edge.integers).toEqual({ count: 4, min: big - 1n, max: big + 2n });
    const limits = valuesOf(Long.MAX_VALUE, Long.MIN_VALUE, new Double(2 ** 62));
    expect(limits.integers).toEqual({ count: 3, min: -(2n ** 63n), max: 2n ** 63n - 1n });
  });

  test('what doubles hold', () => {
    const value = valuesOf(
      ...[-0, 0.1, 0.5, 1e300, 2 ** 63, -(2 ** 63), Number.NaN, Infinity, 2 ** 62].map((n) => new Double(n)),
    );
    expect(value.doubles).toEqual({
      count: 9,
      integral: 2,
      negativeZero: 1,
      notFinite: 2,
      singlePrecision: 7,
      min: -(2 ** 63),
      max: 1e300,
    });
    expect(value.integers).toEqual({ count: 2, min: 0n, max: 2n ** 62n });
  });

  test('only NaN has no range', () => {
    expect(valuesOf(new Double(Number.NaN)).doubles).toMatchObject({ min: undefined, max: undefined });
  });

  test('decimals', () => {
    const texts = ['12345.67', '-0.001', '1E+3', 'NaN', 'Infinity', '-0', '0E-10', '0E+4'];
    expect(valuesOf(...texts.map((text) => Decimal128.fromString(text))).decimals).toEqual({
      count: 8,
      notFinite: 2,
      negativeZero: 1,
      exponentForms: 2,
      maxIntegerDigits: 5,
      maxScale: 10,
    });
  });
});

describe('texts', () => {
  test('lengths are in code points', () => {
    const value = valuesOf('角色', '😀', 'abcde', '');
    expect(value.strings).toMatchObject({ count: 4, empty: 1, minLength: 0, maxLength: 5, distinct: 4 });
  });

  test('NUL is found at every place, and only NUL', () => {
    for (let length = 1; length < 12; length++) {
      for (let at = 0; at < length; at++) {
        const text = `${'x'.repeat(at)}\0${'\u0001'.repeat(length - at - 1)}`;
        expect(valuesOf(text).strings?.withNul, JSON.stringify(text)).toBe(1);
      }
      expect(valuesOf('\u0001'.repeat(length), '\u0080\u00ff'.repeat(length)).strings?.withNul).toBe(0);
    }
  });

  test('what is not UTF-8 is counted, is no damage, and makes no list of texts', () => {
    const document = rawDocument([
      ['_id', raw.int32(1)],
      ['value', raw.string(Buffer.from([0x61, 0xff, 0x62]))],
    ]);
    const profile = profileOf([document, { _id: 2, value: 'a' }]);
    expect(profile).toMatchObject({ documents: 2, damagedDocuments: 0 });
    expect(valueAt(profile.root, 'value').strings).toMatchObject({
      notUtf8: 1,
      values: undefined,
      distinct: 2,
    });
  });

  test.each([
    ['uuids', '0b0e3a1c-3B2A-4c5d-8e6f-0a1b2c3d4e5f', true],
    ['uuids', '0b0e3a1c-3b2a-4c5d-8e6f-0a1b2c3d4e5g', false],
    ['uuids', '0b0e3a1c3b2a-4c5d-8e6f-0a1b2c3d4e5f-', false],
    ['objectIds', '65a1b2c3d4e5f60718293A4b', true],
    ['objectIds', '65a1b2c3d4e5f60718293a4x', false],
    ['dates', '2024-02-29', true],
    ['dates', '2023-02-29', false],
    ['dates', '1900-02-29', false],
    ['dates', '2000-02-29', true],
    ['dates', '0000-01-01', false],
    ['dates', '2023-04-31', false],
    ['dates', '20a3-04-30', false],
    ['dateTimes', '2023-01-02T03:04:05Z', true],
    ['dateTimes', '2023-01-02t03:04:05.123456z', true],
    ['dateTimes', '2023-01-02 03:04:05.1+02:00', true],
    ['dateTimes', '2023-01-02T03:04:05-23:59', true],
    ['dateTimes', '2023-01-02T03:04:05', false],
    ['dateTimes', '2023-01-02T03:04:05.1234567Z', false],
    ['dateTimes', '2023-01-02T03:04:05.Z', false],
    ['dateTimes', '2023-01-02T24:00:00Z', false],
    ['dateTimes', '2023-01-02T03:04:60Z', false],
    ['dateTimes', '2023-01-02T03:04:05+0200', false],
    ['dateTimes', '2023-13-02T03:04:05Z', false],
  ] as const)('%s: %s is %s', (form, text, expected) => {
    expect(valuesOf(text).strings?.[form]).toBe(expected ? 1 : 0);
  });

  test('up to 32 short texts are kept with their counts, most frequent first', () => {
    const value = valuesOf('b', 'a', 'b', 'c', 'b', 'a');
    expect(value.strings?.values).toEqual([
      { text: 'b', count: 3 },
      { text: 'a', count: 2 },
      { text: 'c', count: 1 },
    ]);
    const texts = Array.from({ length: 32 }, (_, index) => `text ${index}`);
    expect(valuesOf(...texts, ...texts).strings).toMatchObject({ distinct: 32, values: { length: 32 } });
    expect(valuesOf(...texts, 'one more').strings).toMatchObject({ values: undefined });
    expect(valuesOf('x'.repeat(64)).strings?.values).toHaveLength(1);
    expect(valuesOf('x'.repeat(65)).strings?.values).toBeUndefined();
  });

  test.each([100, 5000, 100_000])('%i different texts are estimated', (count) => {
    const documents = Array.from({ length: count }, (_, index) => ({ value: `text ${index * 7919}` }));
    const distinct = valueAt(profileOf([...documents, ...documents]).root, 'value').strings?.distinct ?? 0;
    expect(distinct / count).toBeGreaterThan(0.88);
    expect(distinct / count).toBeLessThan(1.12);
  });
});

test('dates', () => {
  const date = (milliseconds: bigint) =>
    rawDocument([
      ['_id', raw.int32(1)],
      ['value', raw.date(milliseconds)],
    ]);
  const values = [
    0n,
    86_400_000n,
    1n,
    -210_866_803_200_000n,
    -210_866_803_200_001n,
    9_224_318_015_999_999n,
    9_224_318_016_000_000n,
  ];
  expect(valueAt(profileOf(values.map(date)).root, 'value').dates).toEqual({
    count: 7,
    min: -210_866_803_200_001n,
    max: 9_224_318_016_000_000n,
    midnight: 4,
    outOfRange: 2,
  });
});

test('binaries', () => {
  const value = valuesOf(new UUID(), Buffer.alloc(20), new UUID());
  expect(value.binaries).toEqual({
    count: 3,
    subtypes: [
      { subtype: 4, count: 2 },
      { subtype: 0, count: 1 },
    ],
    uuids: 2,
    maxLength: 20,
  });
});

test('types without statistics of their own are counted', () => {
  const value = valuesOf(new ObjectId(), null, true, undefined, /a/, new ObjectId());
  expect(typeCounts(value)).toEqual({ objectId: 2, null: 1, bool: 1, regex: 1 });
  expect(value.types[0]).toEqual({ type: 'objectId', count: 2 });
});
