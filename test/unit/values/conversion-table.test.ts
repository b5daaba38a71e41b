import { describe, expect, it } from 'vitest';
import { columnOf, convertOne } from '../../support/plain-conversion.ts';
import { type RawValue, raw } from '../../support/raw-bson.ts';

const oid = '0123456789abcdef01234567';
const uuid = '00112233-4455-6677-8899-aabbccddeeff';

/** One value of each BSON type, and of the forms of a type that columns tell apart. */
const samples = {
  int32: raw.int32(7),
  int64: raw.int64(8),
  'integral double': raw.double(9),
  double: raw.double(1.5),
  NaN: raw.double(Number.NaN),
  decimal: raw.decimal(1250n, -2),
  string: raw.string('some text'),
  'decimal string': raw.string('-12.50'),
  'boolean string': raw.string('true'),
  'uuid string': raw.string(uuid.toUpperCase()),
  'date string': raw.string('2024-02-29'),
  'instant string': raw.string('2024-02-29t12:00:00.25+01:00'),
  'time string': raw.string('23:59:59.500'),
  objectId: raw.objectId(oid),
  uuid: raw.uuid(uuid),
  'legacy uuid': raw.binary(Buffer.alloc(16, 1), 3),
  binary: raw.binary(Uint8Array.of(1, 0xff), 0x80),
  'old binary': raw.oldBinary(Uint8Array.of(1, 0xff)),
  date: raw.date('2024-02-29T12:34:56.789Z'),
  midnight: raw.date('2024-02-29T00:00:00Z'),
  timestamp: raw.timestamp(1_700_000_000, 3),
  boolean: raw.boolean(false),
  undefined: raw.undefined(),
  symbol: raw.symbol('sym'),
  regex: raw.regex('a.b', 'i'),
  code: raw.code('f()'),
  'code with scope': raw.codeWithScope('f()', [['x', raw.int32(1)]]),
  dbPointer: raw.dbPointer('db.c', oid),
  minKey: raw.minKey(),
  maxKey: raw.maxKey(),
  document: raw.document([['a', raw.int32(1)]]),
  array: raw.array([raw.int32(1)]),
} satisfies Record<string, RawValue>;

type SampleName = keyof typeof samples;

const integers = { int32: '7', int64: '8', 'integral double': '9' };
const floats = { ...integers, double: '1.5', NaN: 'NaN' };
const texts = {
  string: 'some text',
  'decimal string': '-12.50',
  'boolean string': 'true',
  'uuid string': uuid.toUpperCase(),
  'date string': '2024-02-29',
  'instant string': '2024-02-29t12:00:00.25+01:00',
  'time string': '23:59:59.500',
  symbol: 'sym',
  objectId: oid,
  uuid,
  timestamp: '1700000000:3',
  regex: '/a.b/i',
};
const jsonOnly = {
  undefined: '{"$undefined":true}',
  timestamp: '{"$timestamp":{"t":1700000000,"i":3}}',
  symbol: '{"$symbol":"sym"}',
  regex: '{"$regularExpression":{"pattern":"a.b","options":"i"}}',
  code: '{"$code":"f()"}',
  dbPointer: `{"$dbPointer":{"$ref":"db.c","$id":{"$oid":"${oid}"}}}`,
  minKey: '{"$minKey":1}',
  maxKey: '{"$maxKey":1}',
  'code with scope': '{"$code":"f()","$scope":{"x":{"$numberInt":"1"}}}',
  boolean: 'false',
  string: '"some text"',
  'decimal string': '"-12.50"',
  'boolean string': '"true"',
  'uuid string': `"${uuid.toUpperCase()}"`,
  'date string': '"2024-02-29"',
  'instant string': '"2024-02-29t12:00:00.25+01:00"',
  'time string': '"23:59:59.500"',
};
const natural = {
  ...jsonOnly,
  ...integers,
  double: '1.5',
  NaN: '"NaN"',
  decimal: '12.50',
  objectId: `"${oid}"`,
  uuid: `"${uuid}"`,
  'legacy uuid': '"AQEBAQEBAQEBAQEBAQEBAQ=="',
  binary: '"Af8="',
  'old binary': '"Af8="',
  date: '"2024-02-29T12:34:56.789Z"',
  midnight: '"2024-02-29T00:00:00.000Z"',
  document: '{"a":1}',
  array: '[1]',
};
const canonical = {
  ...jsonOnly,
  int32: '{"$numberInt":"7"}',
  int64: '{"$numberLong":"8"}',
  'integral double': '{"$numberDouble":"9.0"}',
  double: '{"$numberDouble":"1.5"}',
  NaN: '{"$numberDouble":"NaN"}',
  decimal: '{"$numberDecimal":"12.50"}',
  objectId: `{"$oid":"${oid}"}`,
  uuid: '{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"04"}}',
  'legacy uuid': '{"$binary":{"base64":"AQEBAQEBAQEBAQEBAQEBAQ==","subType":"03"}}',
  binary: '{"$binary":{"base64":"Af8=","subType":"80"}}',
  'old binary': '{"$binary":{"base64":"Af8=","subType":"02"}}',
  date: '{"$date":{"$numberLong":"1709210096789"}}',
  midnight: '{"$date":{"$numberLong":"1709164800000"}}',
  document: '{"a":{"$numberInt":"1"}}',
  array: '[{"$numberInt":"1"}]',
};

/** What each type makes of the samples; those that are not named here it refuses. */
const table: Readonly<Record<string, Partial<Record<SampleName, string>>>> = {
  smallint: integers,
  integer: integers,
  bigint: { ...integers, timestamp: String(1_700_000_000n * 2n ** 32n + 3n) },
  numeric: { ...floats, decimal: '12.50', 'decimal string': '-12.50' },
  'numeric(10,3)': {
    int32: '7.000',
    int64: '8.000',
    'integral double': '9.000',
    double: '1.500',
    NaN: 'NaN',
    decimal: '12.500',
    'decimal string': '-12.500',
  },
  real: floats,
  'double precision': floats,
  boolean: { boolean: 'false', 'boolean string': 'true' },
  text: texts,
  'varchar(36)': texts,
  uuid: { uuid, 'uuid string': uuid },
  bytea: {
    objectId: `\\x${oid}`,
    uuid: `\\x${uuid.replaceAll('-', '')}`,
    'legacy uuid': `\\x${'01'.repeat(16)}`,
    binary: '\\x01ff',
    'old binary': '\\x01ff',
  },
  date: { midnight: '2024-02-29', 'date string': '2024-02-29' },
  time: { 'time string': '23:59:59.5' },
  timestamp: {
    date: '2024-02-29 12:34:56.789',
    midnight: '2024-02-29 00:00:00',
    'instant string': '2024-02-29 11:00:00.25',
    timestamp: '2023-11-14 22:13:20',
  },
  timestamptz: {
    date: '2024-02-29 12:34:56.789+00',
    midnight: '2024-02-29 00:00:00+00',
    'instant string': '2024-02-29 11:00:00.25+00',
    timestamp: '2023-11-14 22:13:20+00',
  },
  jsonb: natural,
  json: natural,
};

describe('the table of BSON types and column types', () => {
  for (const [type, cells] of Object.entries(table)) {
    it.each(Object.entries(samples))(`${type} and %s`, (name, value) => {
      expect(convertOne(columnOf(type), value)).toBe(cells[name as SampleName] ?? 'value-mismatch');
    });

    it(`${type} and null`, () => {
      expect(convertOne(columnOf(type), raw.null())).toBeNull();
    });
  }

  it.each(Object.entries(samples))('canonical jsonb and %s', (name, value) => {
    expect(convertOne(columnOf('jsonb', { json: 'canonical' }), value)).toBe(canonical[name as SampleName]);
  });
});
