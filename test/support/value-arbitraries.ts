import fc from 'fast-check';
import { nestedDocument, type RawField, type RawKey, type RawValue, raw } from './raw-bson.ts';

/** Generated BSON of every type, leaning towards the values that are easy to get wrong. */

const decimalLimit = 10n ** 34n - 1n;
const int64Limit = 2n ** 63n;

/** Milliseconds at the edges of what JavaScript, PostgreSQL and four-digit years can hold. */
const dateEdges = [
  0n,
  -1n,
  999n,
  -62_135_596_800_000n,
  -62_135_596_800_001n,
  -62_167_219_200_001n,
  253_402_300_799_999n,
  253_402_300_800_000n,
  8_640_000_000_000_000n,
  8_640_000_000_000_001n,
  -210_866_803_200_000n,
  -210_866_803_200_001n,
  9_224_318_015_999_999n,
  9_224_318_016_000_000n,
  int64Limit - 1n,
  -int64Limit,
];

const millisecondsArbitrary: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt({ min: -2_000_000_000_000n, max: 4_000_000_000_000n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: -30_000n, max: 30_000n }).map((day) => day * 86_400_000n) },
  { weight: 1, arbitrary: fc.constantFrom(...dateEdges) },
);

const int64Arbitrary = fc.oneof(
  fc.bigInt({ min: -1000n, max: 1000n }),
  fc.bigInt({ min: -int64Limit, max: int64Limit - 1n }),
  fc.constantFrom(
    2n ** 53n,
    2n ** 53n + 1n,
    -(2n ** 53n) - 1n,
    32_768n,
    2n ** 31n,
    int64Limit - 1n,
    -int64Limit,
  ),
);

const doubleArbitrary = fc.oneof(
  fc.integer({ min: -70_000, max: 70_000 }),
  fc.double(),
  fc.float(),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1000),
  fc.constantFrom(
    0,
    -0,
    1.5,
    0.1,
    1e21,
    1e-7,
    5e-324,
    2 ** 31,
    2 ** 63,
    -(2 ** 63),
    Number.MAX_VALUE,
    Infinity,
    -Infinity,
    Number.NaN,
  ),
);

const decimalArbitrary: fc.Arbitrary<RawValue> = fc.oneof(
  fc
    .tuple(fc.bigInt({ min: -100_000n, max: 100_000n }), fc.integer({ min: -8, max: 4 }))
    .map(([coefficient, exponent]) => raw.decimal(coefficient, exponent)),
  fc
    .tuple(fc.bigInt({ min: -decimalLimit, max: decimalLimit }), fc.integer({ min: -6176, max: 6111 }))
    .map(([coefficient, exponent]) => raw.decimal(coefficient, exponent)),
  fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map(
    // Any 128 bits are a Decimal128, coefficients that are not allowed and NaN with a payload included.
    ([high, low]) => raw.decimalBits(high, low),
  ),
  fc.constantFrom(
    raw.decimalNaN(),
    raw.decimalInfinity(),
    raw.decimalInfinity(true),
    raw.decimal(0n, -5),
    raw.decimal(0n, 3),
  ),
  fc.constantFrom(
    raw.decimalBits(0xb040n << 48n, 0n),
    raw.decimal(decimalLimit, 6111),
    raw.decimal(1n, -6176),
  ),
);

export const numberArbitrary: fc.Arbitrary<RawValue> = fc.oneof(
  fc.oneof(fc.integer({ min: -40_000, max: 40_000 }), fc.integer()).map(raw.int32),
  int64Arbitrary.map(raw.int64),
  doubleArbitrary.map(raw.double),
  fc.constantFrom(raw.doubleBits(0xfff0_0000_0000_0001n), raw.doubleBits(0x7ff8_dead_beef_0001n)),
  decimalArbitrary,
);

const invalidUtf8 = [
  [0xff],
  [0xc0, 0x80],
  [0xe0, 0x80, 0x80],
  [0xed, 0xa0, 0x80],
  [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0x61, 0xe2, 0x82],
].map((bytes) => Buffer.from(bytes));

const oddTexts = [
  '',
  'a\0b',
  '\0',
  '\\0',
  'back\\slash "quoted" {a,b} NULL',
  '\ufeffbom',
  'line\nbreak\ttab\r\b\f\u0001\u001f\u007f\u2028',
  'é\u{1F600}\u{10FFFF}',
  '$docrowNul',
  'x'.repeat(300),
];

/** Texts that some column type other than text takes, and near misses. */
const typedTexts = [
  'true',
  'false',
  'True',
  '0',
  '-0',
  '-0.00',
  '12.50',
  '01',
  '1e3',
  '.5',
  '123456789012345678901234567890.123',
  '00112233-4455-6677-8899-aabbccddeeff',
  'A0112233-4455-6677-8899-AABBCCDDEEFF',
  '00112233445566778899aabbccddeeff',
  '2024-02-29',
  '2023-02-29',
  '0000-01-01',
  '2024-02-29T23:59:59Z',
  '2024-02-29t23:59:59.123456z',
  '2024-02-29 23:59:59.5+14:00',
  '0001-01-01T00:00:00+23:59',
  '9999-12-31T23:59:59.999999-23:59',
  '2024-02-29T23:59:60Z',
  '2024-02-29T24:00:00Z',
  '2024-02-29T23:59:59.1234567Z',
  '2024-02-29T23:59:59',
  '2024-02-29T23:59:59+0100',
  '00:00:00',
  '23:59:59.999999',
  '24:00:00',
  '12:30',
  'AQI=',
  'AQJ=',
  'AQI',
  '_-8=',
];

export const timeOfDayArbitrary: fc.Arbitrary<string> = fc.constantFrom(
  '00:00:00',
  '23:59:59.999999',
  '12:30:00.500',
  '24:00:00',
  '12:30',
);

export const textArbitrary: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 2, arbitrary: fc.constantFrom(...oddTexts) },
  { weight: 1, arbitrary: fc.constantFrom('a\0b', '\0', 'back\\slash and \0', 'true\0') },
  { weight: 2, arbitrary: fc.constantFrom(...typedTexts) },
);

const textBytesArbitrary: fc.Arbitrary<string | Buffer> = fc.oneof(
  { weight: 30, arbitrary: textArbitrary },
  { weight: 1, arbitrary: fc.constantFrom(...invalidUtf8) },
);

const noNul = (text: string | Buffer): string | Buffer =>
  typeof text === 'string' ? text.replaceAll('\0', '') : text;

const oddKeys = [
  '',
  '__proto__',
  'constructor',
  '_bsontype',
  '$oid',
  '$ref',
  'a.b',
  '"',
  '\\',
  '\ufeffa',
  'é',
  '1',
  '0',
];

const keyArbitrary: fc.Arbitrary<RawKey> = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'name', 'variable_indices', 'é'.repeat(3)) },
  { weight: 8, arbitrary: fc.constantFrom(...oddKeys) },
  {
    weight: 4,
    arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }).map((key) => key.replaceAll('\0', '')),
  },
  { weight: 1, arbitrary: fc.constantFrom('$docrowNul', ...invalidUtf8) },
);

const objectIdArbitrary = fc
  .uint8Array({ minLength: 12, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));

export const binaryArbitrary: fc.Arbitrary<RawValue> = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => raw.binary(bytes, 4)),
  fc
    .tuple(fc.uint8Array({ maxLength: 20 }), fc.constantFrom(0, 1, 3, 4, 5, 6, 0x80, 0xff))
    .map(([bytes, subtype]) => raw.binary(bytes, subtype)),
  fc.uint8Array({ maxLength: 20 }).map(raw.oldBinary),
  // Without the inner length that subtype 2 should have.
  fc.uint8Array({ maxLength: 6 }).map((bytes) => raw.binary(bytes, 2)),
);

export const dateArbitrary: fc.Arbitrary<RawValue> = millisecondsArbitrary.map(raw.date);

const timestampArbitrary = fc
  .tuple(fc.oneof(fc.nat(), fc.constantFrom(2 ** 31, 2 ** 32 - 1)), fc.nat())
  .map(([seconds, increment]) => raw.timestamp(seconds, increment));

/** Values without others inside. */
export const scalarArbitrary: fc.Arbitrary<RawValue> = fc.oneof(
  { weight: 6, arbitrary: numberArbitrary },
  { weight: 6, arbitrary: textBytesArbitrary.map(raw.string) },
  { weight: 2, arbitrary: fc.boolean().map(raw.boolean) },
  { weight: 2, arbitrary: dateArbitrary },
  { weight: 2, arbitrary: objectIdArbitrary.map(raw.objectId) },
  { weight: 2, arbitrary: binaryArbitrary },
  { weight: 2, arbitrary: fc.constant(raw.null()) },
  { weight: 1, arbitrary: timestampArbitrary },
  {
    weight: 3,
    arbitrary: fc.oneof(
      fc
        .tuple(textBytesArbitrary, fc.constantFrom('', 'i', 'imsx'))
        .map(([text, flags]) => raw.regex(noNul(text), flags)),
      textBytesArbitrary.map(raw.symbol),
      textBytesArbitrary.map(raw.code),
      fc.tuple(textBytesArbitrary, objectIdArbitrary).map(([text, id]) => raw.dbPointer(text, id)),
      fc.constantFrom(raw.undefined(), raw.minKey(), raw.maxKey()),
    ),
  },
);

const { value } = fc.letrec<{ value: RawValue; fields: RawField[] }>((tie) => ({
  fields: fc.array(fc.tuple(keyArbitrary, tie('value')), { maxLength: 5 }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: scalarArbitrary },
    { weight: 2, arbitrary: tie('fields').map(raw.document) },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 5 }).map(raw.array) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(textBytesArbitrary, tie('fields'))
        .map(([code, scope]) => raw.codeWithScope(code, scope)),
    },
  ),
}));

/** Any value: all types, nested, seldom with texts that are not UTF-8 or with more levels than fit. */
export const valueArbitrary: fc.Arbitrary<RawValue> = fc.oneof(
  { weight: 200, arbitrary: value },
  {
    weight: 1,
    arbitrary: fc.constantFrom(3, 2000, 2001).map((levels) => ({ type: 3, bytes: nestedDocument(levels) })),
  },
);

export const fieldsArbitrary: fc.Arbitrary<RawField[]> = fc.array(fc.tuple(keyArbitrary, valueArbitrary), {
  maxLength: 6,
});
