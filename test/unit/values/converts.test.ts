import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ConvertName } from '../../../src/mapping/mapping.ts';
import {
  adjustedRow,
  columnOf,
  convertFields,
  convertOne,
  mappingOf,
  row,
} from '../../support/plain-conversion.ts';
import { type RawValue, raw } from '../../support/raw-bson.ts';

type Case = readonly [type: string, value: RawValue, expected: string | null];

const oid = '0123456789abcdef01234567';
const failed = 'value-convert-failed';
const uuid = 'a0112233-4455-6677-8899-aabbccddeeff';

const converting =
  (convert: ConvertName) =>
  (...[type, value, expected]: Case): void =>
    expect(convertOne(columnOf(type, { convert }), value)).toBe(expected);

/** The version 5 UUID of a name, by the textbook. */
function uuidOf(name: string): string {
  const namespace = Buffer.from('6f7a2c1e3f4b5d8a9c6e2b1d0a9f8e7d', 'hex');
  const hex = createHash('sha1')
    .update(Buffer.concat([namespace, Buffer.from(name)]))
    .digest('hex');
  const variant = (8 + (Number.parseInt(hex[16] ?? '', 16) % 4)).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

describe('convert: ejson', () => {
  it.each<Case>([
    ['text', raw.int32(1), '{"$numberLong":"1"}'],
    ['text', raw.int64(1), '{"$numberLong":"1"}'],
    ['text', raw.double(1), '{"$numberLong":"1"}'],
    ['text', raw.double(-0), '{"$numberLong":"0"}'],
    ['text', raw.decimal(100n, -2), '{"$numberLong":"1"}'],
    ['text', raw.decimal(0n, -3), '{"$numberLong":"0"}'],
    ['text', raw.decimal(1n, 18), '{"$numberLong":"1000000000000000000"}'],
    ['text', raw.double(1.5), '{"$numberDouble":"1.5"}'],
    ['text', raw.decimal(150n, -2), '{"$numberDouble":"1.5"}'],
    ['text', raw.decimal(1n, -1), '{"$numberDecimal":"0.1"}'],
    ['text', raw.double(0.1), '{"$numberDouble":"0.1"}'],
    ['text', raw.decimal(1230n, 5000), '{"$numberDecimal":"1.23E+5003"}'],
    ['text', raw.double(2 ** 63), '{"$numberDouble":"9223372036854776000"}'],
    ['text', raw.decimal(2n ** 63n, 0), '{"$numberDouble":"9223372036854776000"}'],
    ['text', raw.decimal(2n ** 63n + 1n, 0), '{"$numberDecimal":"9223372036854775809"}'],
    ['text', raw.decimal(1n, 22), '{"$numberDouble":"1e+22"}'],
    ['text', raw.double(1e22), '{"$numberDouble":"1e+22"}'],
    ['text', raw.doubleBits(0xfff8_0000_0000_0001n), '{"$numberDouble":"NaN"}'],
    ['text', raw.decimalNaN(), '{"$numberDouble":"NaN"}'],
    ['text', raw.decimalInfinity(true), '{"$numberDouble":"-Infinity"}'],
    ['text', raw.string('a\0"'), '"a\\u0000\\""'],
    ['text', raw.objectId(oid), `{"$oid":"${oid}"}`],
    ['text', raw.undefined(), '{"$undefined":true}'],
    [
      'text',
      raw.document([
        ['a', raw.double(1)],
        ['a', raw.array([raw.int32(2)])],
      ]),
      '{"a":{"$numberLong":"1"},"a":[{"$numberLong":"2"}]}',
    ],
    [
      'text',
      raw.codeWithScope('f', [['x', raw.double(2)]]),
      '{"$code":"f","$scope":{"x":{"$numberLong":"2"}}}',
    ],
    ['varchar(5)', raw.int32(1), 'value-out-of-range'],
    ['text', raw.string(Buffer.from([0xff])), 'value-invalid-utf8'],
    ['text', raw.null(), null],
  ])('into %s %#', converting('ejson'));
});

describe('convert: uuidv5', () => {
  it.each<Case>([
    ['uuid', raw.uuid(uuid), uuid],
    ['uuid', raw.string(uuid.toUpperCase()), uuid],
    ['text', raw.string(uuid.toUpperCase()), uuid],
    ['uuid', raw.objectId(oid), uuidOf(`{"$oid":"${oid}"}`)],
    ['uuid', raw.int32(1), uuidOf('{"$numberLong":"1"}')],
    ['uuid', raw.double(1), uuidOf('{"$numberLong":"1"}')],
    ['text', raw.string('é\0'), uuidOf('"é\\u0000"')],
    [
      'uuid',
      raw.binary(Buffer.alloc(16), 3),
      uuidOf('{"$binary":{"base64":"AAAAAAAAAAAAAAAAAAAAAA==","subType":"03"}}'),
    ],
    ['uuid', raw.null(), null],
  ])('into %s %#', converting('uuidv5'));
});

describe('convert: hex, text and base64', () => {
  it.each<Case>([
    ['text', raw.objectId(oid), oid],
    ['text', raw.string(oid), failed],
    ['text', raw.binary(Buffer.alloc(12)), failed],
  ])('hex into %s %#', converting('hex'));

  it.each<Case>([
    ['text', raw.int32(-1), '-1'],
    ['text', raw.int64(2n ** 62n), '4611686018427387904'],
    ['text', raw.double(1), '1'],
    ['text', raw.double(-0), '0'],
    ['text', raw.double(1e-7), '1e-7'],
    ['text', raw.double(Number.NaN), 'NaN'],
    ['text', raw.decimal(10n, 2), '1.0E+3'],
    ['text', raw.boolean(false), 'false'],
    ['text', raw.string('x'), 'x'],
    ['text', raw.string('a\0'), 'value-nul-character'],
    ['varchar(2)', raw.int32(100), 'value-out-of-range'],
    ['text', raw.objectId(oid), failed],
    ['text', raw.document([]), failed],
  ])('text into %s %#', converting('text'));

  it.each<Case>([
    ['text', raw.binary(Uint8Array.of(1, 0xff), 4), 'Af8='],
    ['text', raw.oldBinary(Uint8Array.of(1)), 'AQ=='],
    ['text', raw.string('AQ=='), failed],
    ['bytea', raw.string('Af8='), '\\x01ff'],
    ['bytea', raw.string(''), '\\x'],
    ['bytea', raw.string('Af8'), failed],
    ['bytea', raw.string('Af9='), failed],
    ['bytea', raw.string('_-8='), failed],
    ['bytea', raw.string('Af8=\n'), failed],
    ['bytea', raw.binary(Uint8Array.of(1)), failed],
  ])('base64 into %s %#', converting('base64'));
});

describe('convert: iso', () => {
  it.each<Case>([
    ['text', raw.date(-1), '1969-12-31T23:59:59.999Z'],
    ['text', raw.string('stays'), 'stays'],
    ['text', raw.int32(1), failed],
    ['timestamptz', raw.string('2024-02-29T12:00:00.5'), '2024-02-29 12:00:00.5+00'],
    ['timestamp', raw.string('2024-02-29 12:00:00-01:30'), '2024-02-29 13:30:00'],
    ['timestamptz', raw.string('2024-02-29T12:00:00.123456Z'), '2024-02-29 12:00:00.123456+00'],
    ['timestamptz', raw.string('2024-02-30T12:00:00'), failed],
    ['timestamptz', raw.string('2024-02-29'), '2024-02-29 00:00:00+00'],
    ['timestamptz', raw.string('29.2.2024'), failed],
    ['timestamptz', raw.date(0), '1970-01-01 00:00:00+00'],
    ['timestamptz', raw.timestamp(1, 1), failed],
  ])('into %s %#', converting('iso'));
});

describe('convert: epoch-ms and epoch-s', () => {
  it.each<Case>([
    ['timestamptz', raw.int64(1_709_210_096_789n), '2024-02-29 12:34:56.789+00'],
    ['timestamp', raw.double(-1), '1969-12-31 23:59:59.999'],
    ['timestamptz', raw.decimal(10n, 2), '1970-01-01 00:00:01+00'],
    ['timestamptz', raw.double(0.5), failed],
    ['timestamptz', raw.double(Number.NaN), failed],
    ['timestamptz', raw.string('1'), failed],
    ['timestamptz', raw.int64(2n ** 62n), 'value-out-of-range'],
    ['timestamptz', raw.date(5), '1970-01-01 00:00:00.005+00'],
    ['bigint', raw.date(-1), '-1'],
    ['numeric', raw.date(1500), '1500'],
    ['double precision', raw.date(1500), '1500'],
    ['double precision', raw.date(2n ** 60n), 'value-out-of-range'],
    ['bigint', raw.int32(7), '7'],
    ['bigint', raw.double(1.5), 'value-mismatch'],
    ['bigint', raw.string('7'), failed],
  ])('epoch-ms into %s %#', converting('epoch-ms'));

  it.each<Case>([
    ['timestamptz', raw.int32(1), '1970-01-01 00:00:01+00'],
    ['timestamptz', raw.double(1_709_210_096.123456), '2024-02-29 12:34:56.123456+00'],
    ['timestamptz', raw.double(-0.000001), '1969-12-31 23:59:59.999999+00'],
    ['timestamptz', raw.double(0.1234567), failed],
    ['timestamptz', raw.decimal(1500000000n, -9), '1970-01-01 00:00:01.5+00'],
    ['bigint', raw.date(2000), '2'],
    ['bigint', raw.date(1500), failed],
    ['numeric', raw.date(-1500), '-1.5'],
    ['numeric', raw.date(1999), '1.999'],
    ['numeric(10,2)', raw.date(1999), 'value-out-of-range'],
    ['double precision', raw.date(1999), '1.999'],
    ['numeric', raw.decimal(10n, -1), '1.0'],
  ])('epoch-s into %s %#', converting('epoch-s'));
});

describe('a convert that fails', () => {
  const column = columnOf('text', { convert: 'hex', mismatch: 'null' });

  it('is a mismatch for the policy', () => {
    expect(convertFields([['v', raw.int32(1)]], mappingOf([column]))).toEqual(
      adjustedRow([null], { column: 'c', kind: 'mismatch-null' }),
    );
  });

  it('does not touch defaults', () => {
    expect(convertFields([], mappingOf([{ ...column, default: 'none' }]))).toEqual(row('none'));
  });
});
