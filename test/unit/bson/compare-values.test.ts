import { Decimal128 } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareIds } from '../../../src/bson/compare-ids.ts';
import { compareBsonValues } from '../../../src/bson/compare-values.ts';
import { nestedDocument, type RawValue, raw, rawDocument, viewOf } from '../../support/raw-bson.ts';

const oid = (last: string): string => last.padStart(24, '0');
const decimal = (text: string): RawValue => ({
  type: 0x13,
  bytes: Buffer.from(Decimal128.fromString(text).bytes),
});

/** Groups of values that are equal to each other, in rising order. */
const order: readonly (readonly RawValue[])[] = [
  [raw.minKey()],
  [raw.undefined()],
  [raw.null()],
  [raw.double(Number.NaN), raw.doubleBits(0xfff8_0000_0000_0001n), raw.decimalNaN()],
  [raw.double(-Infinity), raw.decimalInfinity(true)],
  [decimal('-1E+6000')],
  [raw.double(-Number.MAX_VALUE)],
  [raw.double(-(2 ** 63)), raw.int64(-(2n ** 63n)), decimal('-9223372036854775808')],
  [raw.int64(-(2n ** 63n) + 1n)],
  [raw.int32(-1), raw.double(-1), raw.int64(-1), decimal('-1.00')],
  [raw.double(-0.1)],
  [decimal('-1E-6000')],
  [
    raw.int32(0),
    raw.double(0),
    raw.double(-0),
    raw.int64(0),
    decimal('0'),
    decimal('-0E+100'),
    raw.decimalBits(0x6000n << 48n, 0n),
  ],
  [decimal('1E-6176')],
  [raw.double(Number.MIN_VALUE)],
  [decimal('0.1')],
  [raw.double(0.1)],
  [raw.double(0.5), decimal('0.50')],
  [raw.int32(2)],
  [raw.int32(10)],
  [raw.int64(2n ** 53n), raw.double(2 ** 53)],
  [raw.int64(2n ** 53n + 1n), decimal('9007199254740993')],
  [raw.int64(2n ** 63n - 1n)],
  [raw.double(2 ** 63)],
  [raw.double(1e300)],
  [decimal('1E+6000')],
  [raw.double(Infinity), raw.decimalInfinity()],
  [raw.string(''), raw.symbol('')],
  [raw.string('\0')],
  [raw.string('B')],
  [raw.string('a'), raw.symbol('a')],
  [raw.string('a\0')],
  [raw.string('ab')],
  [raw.string('\uffff')],
  [raw.string('\u{10000}')],
  [raw.document([])],
  [raw.document([['b', raw.int32(1)]]), raw.document([['b', raw.double(1)]])],
  [
    raw.document([
      ['b', raw.int32(1)],
      ['a', raw.int32(0)],
    ]),
  ],
  [raw.document([['c', raw.int32(0)]])],
  [raw.document([['a', raw.string('')]])],
  [raw.array([])],
  [raw.array([raw.int32(1)])],
  [raw.array([raw.int32(1), raw.int32(0)])],
  [raw.array([raw.int32(2)])],
  [raw.array([raw.string('')])],
  [raw.binary(Buffer.from(''))],
  [raw.binary(Buffer.from(''), 0x80)],
  [raw.binary(Buffer.from('z'), 0)],
  [raw.binary(Buffer.from('a'), 5)],
  [raw.binary(Buffer.from('aa'), 0)],
  [raw.oldBinary(Buffer.from(''))],
  [raw.objectId(oid('0'))],
  [raw.objectId(oid('ff'))],
  [raw.objectId('f'.repeat(24))],
  [raw.boolean(false)],
  [raw.boolean(true)],
  [raw.date(-(2n ** 63n))],
  [raw.date(-1)],
  [raw.date(0)],
  [raw.date(2n ** 32n)],
  [raw.timestamp(0, 1)],
  [raw.timestamp(1, 0)],
  [raw.timestamp(2 ** 31, 0)],
  [raw.timestamp(2 ** 32 - 1, 2 ** 32 - 1)],
  [raw.regex('a', 'x')],
  [raw.regex('ab', '')],
  [raw.regex('ab', 'i')],
  [raw.dbPointer('z', oid('2'))],
  [raw.dbPointer('aa', oid('1'))],
  [raw.code('a')],
  [raw.code('b')],
  [raw.codeWithScope('a', [['x', raw.int32(9)]])],
  [raw.codeWithScope('b', [])],
  [raw.codeWithScope('b', [['x', raw.int32(1)]])],
  [raw.maxKey()],
];

const ranked = order.flatMap((group, rank) => group.map((value) => ({ value, rank })));

function compare(a: RawValue, b: RawValue): number {
  // Other offsets on both sides, so that no offset is taken for another.
  const left = Buffer.concat([Buffer.alloc(3, 0xee), a.bytes]);
  const right = Buffer.concat([Buffer.alloc(7, 0xdd), b.bytes]);
  return Math.sign(compareBsonValues(a.type, left, viewOf(left), 3, b.type, right, viewOf(right), 7));
}

const asId = (value: RawValue): Uint8Array => new Uint8Array(rawDocument([['_id', value]]));

describe('compareBsonValues', () => {
  it('puts every value in its place against every other', () => {
    for (const a of ranked) {
      for (const b of ranked) {
        const expected = Math.sign(a.rank - b.rank);
        expect(compare(a.value, b.value), `${a.rank} against ${b.rank}`).toBe(expected);
      }
    }
  });

  it('compares finite numbers of all types as exact rationals', () => {
    const number = fc.oneof(
      fc.integer().map((n) => ({ value: raw.int32(n), exact: [BigInt(n), 0] as const })),
      fc
        .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
        .map((n) => ({ value: raw.int64(n), exact: [n, 0] as const })),
      fc
        .tuple(
          fc.bigInt({ min: -(10n ** 34n) + 1n, max: 10n ** 34n - 1n }),
          fc.integer({ min: -40, max: 20 }),
        )
        .map(([n, e]) => ({ value: raw.decimal(n, e), exact: [n, e] as const })),
      fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.constantFrom(0, 1, 2, 10)).map(([n, halvings]) => ({
        value: raw.double(n / 2 ** halvings),
        exact: [BigInt(n) * 5n ** BigInt(halvings), -halvings] as const,
      })),
    );
    const scale = ([n, e]: readonly [bigint, number]): bigint => n * 10n ** BigInt(e + 40);
    fc.assert(
      fc.property(number, number, (a, b) => {
        const left = scale(a.exact);
        const right = scale(b.exact);
        expect(compare(a.value, b.value)).toBe(left < right ? -1 : left > right ? 1 : 0);
      }),
    );
  });

  it('refuses values nested too deeply instead of overflowing the stack', () => {
    const deep: RawValue = { type: 3, bytes: nestedDocument(100_000) };
    expect(() => compare(deep, deep)).toThrowError(expect.objectContaining({ code: 'document-too-deep' }));
  });
});

describe('compareIds', () => {
  it('agrees with the order of values', () => {
    for (const a of ranked) {
      for (const b of ranked) {
        expect(Math.sign(compareIds(asId(a.value), asId(b.value)))).toBe(Math.sign(a.rank - b.rank));
      }
    }
  });
});
