import { describe, expect, it } from 'vitest';
import { columnOf, convertFields, convertOne, mappingOf } from '../../support/plain-conversion.ts';
import { nestedDocument, type RawValue, raw } from '../../support/raw-bson.ts';

type Case = readonly [type: string, value: RawValue, expected: string | null];

const check = ([type, value, expected]: Case): void =>
  expect(convertOne(columnOf(type), value)).toBe(expected);
const day = (text: string): RawValue => raw.string(text);
const nothing = raw.null();

describe('numbers', () => {
  it.each<Case>([
    ['smallint', raw.int32(32767), '32767'],
    ['smallint', raw.int32(-32769), 'value-out-of-range'],
    ['integer', raw.int64(2n ** 31n), 'value-out-of-range'],
    ['integer', raw.double(-0), '0'],
    ['integer', raw.double(Infinity), 'value-mismatch'],
    ['bigint', raw.int64(-(2n ** 63n)), '-9223372036854775808'],
    ['bigint', raw.double(-(2 ** 63)), '-9223372036854775808'],
    ['bigint', raw.double(2 ** 63), 'value-out-of-range'],
    ['bigint', raw.timestamp(2 ** 31 - 1, 2 ** 32 - 1), '9223372036854775807'],
    ['bigint', raw.timestamp(2 ** 31, 0), 'value-out-of-range'],
    ['numeric', raw.double(-0), '0'],
    ['numeric', raw.double(0.1), '0.1'],
    ['numeric', raw.double(1e21), '1000000000000000000000'],
    ['numeric', raw.double(1.5e-7), '0.00000015'],
    ['numeric', raw.double(-Infinity), '-Infinity'],
    ['numeric', raw.decimal(1n, 3), '1000'],
    ['numeric', raw.decimal(0n, 3), '0'],
    ['numeric', raw.decimal(0n, -5), '0.00000'],
    ['numeric', raw.decimalBits(0xb036n << 48n, 0n), '0.00000'],
    ['numeric', raw.decimal(1n, 6111), `1${'0'.repeat(6111)}`],
    ['numeric', raw.decimal(-1n, -6176), `-0.${'0'.repeat(6175)}1`],
    ['numeric', raw.decimalBits(0xfc00n << 48n, 1n), 'NaN'],
    ['numeric', raw.decimalInfinity(true), '-Infinity'],
    ['numeric', raw.string('-0.50'), '-0.50'],
    ['numeric', raw.string('-0'), '0'],
    ['numeric', raw.string('01'), 'value-mismatch'],
    ['numeric', raw.string('1.'), 'value-mismatch'],
    ['numeric', raw.string('+1'), 'value-mismatch'],
    ['numeric', raw.string('1\n'), 'value-mismatch'],
    ['numeric(5,2)', raw.decimal(123_000n, -3), '123.00'],
    ['numeric(5,2)', raw.decimal(123_001n, -3), 'value-out-of-range'],
    ['numeric(5,2)', raw.double(-999.99), '-999.99'],
    ['numeric(5,2)', raw.int32(1000), 'value-out-of-range'],
    ['numeric(5,2)', raw.decimalNaN(), 'NaN'],
    ['numeric(5,2)', raw.double(Infinity), 'value-out-of-range'],
    ['real', raw.double(0.1), 'value-out-of-range'],
    ['real', raw.double(Math.fround(0.1)), String(Math.fround(0.1))],
    ['real', raw.double(-0), '-0'],
    ['real', raw.double(Infinity), 'Infinity'],
    ['real', raw.double(1e39), 'value-out-of-range'],
    ['real', raw.int32(2 ** 24 + 1), 'value-out-of-range'],
    ['real', raw.int64(2n ** 60n), '1152921504606846976'],
    ['double precision', raw.double(-0), '-0'],
    ['double precision', raw.int64(2n ** 53n), '9007199254740992'],
    ['double precision', raw.int64(-(2n ** 53n) - 2n), 'value-out-of-range'],
  ])('%s %#', (...row) => check(row));
});

describe('texts', () => {
  it.each<Case>([
    ['varchar(3)', raw.string('\u{1F600}\u{1F600}\u{1F600}'), '\u{1F600}\u{1F600}\u{1F600}'],
    ['varchar(3)', raw.string('abcd'), 'value-out-of-range'],
    ['text', raw.string(Buffer.from([0xed, 0xa0, 0x80])), 'value-invalid-utf8'],
    ['text', raw.regex(Buffer.from([0xff]), ''), 'value-invalid-utf8'],
    ['integer', raw.string(Buffer.from([0xff])), 'value-invalid-utf8'],
    ['integer', raw.symbol(Buffer.from([0xff])), 'value-mismatch'],
    ['boolean', raw.string('TRUE'), 'value-mismatch'],
    ['uuid', raw.string('00112233445566778899aabbccddeeff'), 'value-mismatch'],
    ['uuid', raw.binary(Buffer.alloc(15), 4), 'value-mismatch'],
    ['text', raw.binary(Buffer.alloc(15), 4), 'value-mismatch'],
  ])('%s %#', (...row) => check(row));
});

describe('times', () => {
  it.each<Case>([
    ['timestamptz', raw.date(-62_135_596_800_001n), '0001-12-31 23:59:59.999+00 BC'],
    ['timestamptz', raw.date(-62_198_755_200_000n), '0002-01-01 00:00:00+00 BC'],
    ['timestamptz', raw.date(-210_866_803_200_000n), '4714-11-24 00:00:00+00 BC'],
    ['timestamptz', raw.date(-210_866_803_200_001n), 'value-out-of-range'],
    ['timestamptz', raw.date(9_224_318_015_999_999n), '294276-12-31 23:59:59.999+00'],
    ['timestamptz', raw.date(9_224_318_016_000_000n), 'value-out-of-range'],
    ['timestamptz', raw.date(2n ** 63n - 1n), 'value-out-of-range'],
    ['timestamptz', day('2024-02-29 23:59:59.123456Z'), '2024-02-29 23:59:59.123456+00'],
    ['timestamptz', day('0001-01-01T00:00:00+23:59'), '0001-12-31 00:01:00+00 BC'],
    ['timestamptz', day('9999-12-31T23:59:59-00:01'), '10000-01-01 00:00:59+00'],
    ['timestamptz', day('2024-02-29T23:59:59'), 'value-mismatch'],
    ['timestamptz', day('2024-02-29'), 'value-mismatch'],
    ['timestamptz', day('2024-02-30T00:00:00Z'), 'value-mismatch'],
    ['timestamptz', day('2023-02-29T00:00:00Z'), 'value-mismatch'],
    ['timestamptz', day('1900-02-29T00:00:00Z'), 'value-mismatch'],
    ['timestamptz', day('2000-02-29T00:00:00Z'), '2000-02-29 00:00:00+00'],
    ['timestamptz', day('0000-01-01T00:00:00Z'), 'value-mismatch'],
    ['timestamptz', day('2024-01-01T24:00:00Z'), 'value-mismatch'],
    ['timestamptz', day('2024-01-01T00:00:60Z'), 'value-mismatch'],
    ['timestamptz', day('2024-01-01T00:00:00.1234567Z'), 'value-mismatch'],
    ['timestamptz', day('2024-01-01T00:00:00.Z'), 'value-mismatch'],
    ['timestamptz', day('2024-01-01T00:00:00+24:00'), 'value-mismatch'],
    ['timestamptz', day('2024-01-01T00:00:00+0100'), 'value-mismatch'],
    ['timestamptz', raw.timestamp(2 ** 32 - 1, 9), '2106-02-07 06:28:15+00'],
    ['date', raw.date(-62_135_683_200_000n), '0001-12-31 BC'],
    ['date', raw.date(1n), 'value-mismatch'],
    ['date', raw.date(185_331_706_992_000_000n), '5874897-12-31'],
    ['date', raw.date(185_331_707_078_400_000n), 'value-out-of-range'],
    ['date', raw.date(-210_866_889_600_000n), 'value-out-of-range'],
    ['date', day('2024-2-29'), 'value-mismatch'],
    ['time', day('00:00:00.000001'), '00:00:00.000001'],
    ['time', day('24:00:00'), 'value-mismatch'],
    ['time', day('12:00'), 'value-mismatch'],
    ['time', raw.date(0), 'value-mismatch'],
  ])('%s %#', (...row) => check(row));
});

describe('json', () => {
  const json = (value: RawValue, canonical = false): string | null =>
    convertOne(columnOf('json', { json: canonical ? 'canonical' : 'natural' }), raw.array([value]));

  it.each<[RawValue, string, string]>([
    [nothing, 'null', 'null'],
    [raw.double(1), '1', '{"$numberDouble":"1.0"}'],
    [raw.double(-0), '0', '{"$numberDouble":"-0.0"}'],
    [raw.double(1e21), '1e+21', '{"$numberDouble":"1e+21"}'],
    [raw.double(-Infinity), '"-Infinity"', '{"$numberDouble":"-Infinity"}'],
    [raw.int64(2n ** 63n - 1n), '9223372036854775807', '{"$numberLong":"9223372036854775807"}'],
    [raw.decimal(1n, 3), '1E+3', '{"$numberDecimal":"1E+3"}'],
    [raw.decimalBits(0xb03en << 48n, 0n), '0.0', '{"$numberDecimal":"-0.0"}'],
    [raw.decimalNaN(), '"NaN"', '{"$numberDecimal":"NaN"}'],
    [
      raw.date(253_402_300_800_000n),
      '"+010000-01-01T00:00:00.000Z"',
      '{"$date":{"$numberLong":"253402300800000"}}',
    ],
    [
      raw.date(-62_167_219_200_001n),
      '"-000001-12-31T23:59:59.999Z"',
      '{"$date":{"$numberLong":"-62167219200001"}}',
    ],
    [
      raw.date(2n ** 63n - 1n),
      '"+292278994-08-17T07:12:55.807Z"',
      '{"$date":{"$numberLong":"9223372036854775807"}}',
    ],
    [
      raw.string('"\\/\b\f\n\r\t\u0001\u007fé'),
      '"\\"\\\\/\\b\\f\\n\\r\\t\\u0001\u007fé"',
      '"\\"\\\\/\\b\\f\\n\\r\\t\\u0001\u007fé"',
    ],
    [
      raw.document([
        ['__proto__', nothing],
        ['1', nothing],
        ['0', nothing],
      ]),
      '{"__proto__":null,"1":null,"0":null}',
      '{"__proto__":null,"1":null,"0":null}',
    ],
  ])('writes %#', (value, natural, canonical) => {
    expect(json(value)).toBe(`[${natural}]`);
    expect(json(value, true)).toBe(`[${canonical}]`);
  });

  it('agrees with JavaScript about dates', () => {
    for (let ms = -8.64e15; ms <= 8.64e15; ms += 1.2345678e13) {
      const whole = Math.floor(ms);
      expect(json(raw.date(BigInt(whole)))).toBe(`["${new Date(whole).toISOString()}"]`);
    }
  });

  it('holds 2,000 levels and refuses more, however many', () => {
    const deep = (levels: number): string | null =>
      convertOne(columnOf('jsonb'), { type: 3, bytes: nestedDocument(levels) });
    expect(deep(2000)).toBe(`${'{"a":'.repeat(1999)}{}${'}'.repeat(1999)}`);
    for (const levels of [2001, 500_000]) expect(deep(levels)).toBe('document-too-deep');
  });

  it('names the path of what is not UTF-8, keys included', () => {
    const value = raw.document([
      ['list', raw.array([nothing, raw.document([[Buffer.from([0x6b, 0xff]), nothing]])])],
    ]);
    expect(convertFields([['v', value]], mappingOf([columnOf('jsonb')]))).toMatchObject({
      code: 'value-invalid-utf8',
      path: 'v.list.1.k\ufffd',
    });
  });
});

describe('arrays', () => {
  it.each<Case>([
    ['text[]', raw.array([]), '{}'],
    [
      'text[]',
      raw.array([raw.string('a"b\\'), nothing, raw.string('NULL'), raw.string('')]),
      '{"a\\"b\\\\",NULL,"NULL",""}',
    ],
    ['integer[]', raw.array([raw.int32(1), nothing, raw.double(2)]), '{"1",NULL,"2"}'],
    ['bytea[]', raw.array([raw.binary(Uint8Array.of(1))]), '{"\\\\x01"}'],
    ['integer[]', raw.int32(1), 'value-mismatch'],
    ['integer[]', raw.document([['0', raw.int32(1)]]), 'value-mismatch'],
    ['integer[]', nothing, null],
  ])('%s %#', (...row) => check(row));

  it('names the position of an element that does not fit', () => {
    const items = raw.array([raw.string('a'), nothing, raw.int32(3)]);
    expect(convertFields([['v', items]], mappingOf([columnOf('text[]')]))).toMatchObject({
      code: 'value-mismatch',
      path: 'v.2',
    });
  });
});
