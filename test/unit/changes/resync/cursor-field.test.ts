import { Decimal128, Double, deserialize, Int32, Long, MaxKey, ObjectId, serialize, Timestamp } from 'bson';
import { describe, expect, test } from 'vitest';
import { boundOf, CursorField, isSince, noLaterThan } from '../../../../src/changes/resync/cursor-field.ts';

const valueIn = (name: string, document: object) => {
  const bytes = serialize(document, { ignoreUndefined: false });
  return new CursorField(name).valueIn(bytes, new DataView(bytes.buffer, bytes.byteOffset), 0);
};
const valueIs = (value: unknown): Uint8Array => {
  const found = valueIn('f', { f: value });
  if (!('value' in found)) throw new Error('no value');
  return found.value;
};
const shown = (value: Uint8Array): unknown => deserialize(value, { promoteValues: false })['_id'];

describe('a field of a document', () => {
  test.each([
    ['f', { f: 1 }, 'number'],
    ['f', { f: Long.fromNumber(1) }, 'number'],
    ['f', { f: Decimal128.fromString('1.5') }, 'number'],
    ['f', { f: 'a' }, 'string'],
    ['f', { f: new Date(0) }, 'date'],
    ['f', { f: new Timestamp({ t: 1, i: 2 }) }, 'timestamp'],
    ['f', { f: new ObjectId() }, 'objectId'],
    ['_id', { _id: new ObjectId() }, 'objectId'],
    ['a.b', { a: { b: new Date(0) } }, 'date'],
    ['f', {}, 'other'],
    ['f', { f: null }, 'other'],
    ['f', { f: new MaxKey() }, 'other'],
    ['f', { f: true }, 'other'],
    ['f', { f: Number.NaN }, 'other'],
    ['a.b', { a: 1 }, 'other'],
    ['f', { f: [new Date(0)] }, 'array'],
    ['a.b', { a: [{ b: new Date(0) }] }, 'array'],
  ])('%s of %o is %s', (name, document, kind) => {
    expect(valueIn(name, document).kind).toBe(kind);
  });

  test('is looked at again at the bound and above it, and whenever it is of another kind', () => {
    const bound = valueIs(new Int32(5));
    expect(isSince(valueIn('f', { f: new Double(5) }), bound)).toBe(true);
    expect(isSince(valueIn('f', { f: 4.9 }), bound)).toBe(false);
    expect(isSince(valueIn('f', { f: Long.fromNumber(6) }), bound)).toBe(true);
    expect(isSince(valueIn('f', { f: 'a' }), bound)).toBe(true);
    expect(isSince(valueIn('f', {}), bound)).toBe(true);
    expect(isSince(valueIn('f', { f: [1] }), bound)).toBe(true);
  });
});

describe('where reading begins again', () => {
  test('is so many seconds before a time', () => {
    expect(shown(boundOf(valueIs(new Date(60_000)), 1.5))).toEqual(new Date(58_500));
    expect(shown(boundOf(valueIs(new Timestamp({ t: 60, i: 7 })), 10))).toEqual(
      new Timestamp({ t: 50, i: 0 }),
    );
    expect(shown(boundOf(valueIs(new Timestamp({ t: 60, i: 7 })), 0))).toEqual(
      new Timestamp({ t: 60, i: 7 }),
    );
    const id = new ObjectId('0000003cffffffffffffffff');
    expect(String(shown(boundOf(valueIs(id), 0)))).toBe('0000003c0000000000000000');
    expect(String(shown(boundOf(valueIs(id), 60)))).toBe('000000000000000000000000');
    expect(String(shown(boundOf(valueIs(id), 90)))).toBe('000000000000000000000000');
  });

  test('is the value itself where it says no time', () => {
    expect(shown(boundOf(valueIs('b'), 60))).toBe('b');
    expect(Number(shown(boundOf(valueIs(7), 60)))).toBe(7);
  });

  test('does not go below the lowest date', () => {
    const lowest = serialize({ f: 0 });
    const bound = boundOf(valueIs(new Date(-8.64e15)), Number.MAX_SAFE_INTEGER / 1000);
    expect(bound.length).toBeGreaterThan(lowest.length);
    expect(Buffer.from(bound).readBigInt64LE(9)).toBeGreaterThanOrEqual(-(2n ** 63n));
  });

  test('is not in the future', () => {
    const now = new Date(100_500);
    expect(shown(noLaterThan(valueIs(new Date(100_501)), now))).toEqual(now);
    expect(shown(noLaterThan(valueIs(new Date(100_499)), now))).toEqual(new Date(100_499));
    expect(shown(noLaterThan(valueIs(new Timestamp({ t: 101, i: 3 })), now))).toEqual(
      new Timestamp({ t: 100, i: 0 }),
    );
    expect(String(shown(noLaterThan(valueIs(new ObjectId('7fffffff0000000000000001')), now)))).toBe(
      '000000640000000000000000',
    );
    expect(Number(shown(noLaterThan(valueIs(1e15), now)))).toBe(1e15);
  });
});
