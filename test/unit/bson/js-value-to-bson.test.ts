import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'bson';
import { describe, expect, it } from 'vitest';
import type { BsonJsValue } from '../../../src/bson/bson-js-value.ts';
import { jsValueToBson } from '../../../src/bson/js-value-to-bson.ts';
import { type RawValue, raw, rawDocument } from '../../support/raw-bson.ts';

const oid = '0123456789abcdef01234567';
const uuid = '00112233-4455-6677-8899-aabbccddeeff';

describe('jsValueToBson', () => {
  it.each<[BsonJsValue, RawValue]>([
    [1, raw.int32(1)],
    [-0, raw.double(-0)],
    [2 ** 31, raw.double(2 ** 31)],
    [-(2 ** 31), raw.int32(-(2 ** 31))],
    [1.5, raw.double(1.5)],
    [Infinity, raw.double(Infinity)],
    [1n, raw.int64(1)],
    ['é\0', raw.string('é\0')],
    [true, raw.boolean(true)],
    [null, raw.null()],
    [new Date(-1), raw.date(-1)],
    [Uint8Array.of(1, 2), raw.binary(Uint8Array.of(1, 2))],
    [new ObjectId(oid), raw.objectId(oid)],
    [new UUID(uuid), raw.uuid(uuid)],
    [new Binary(Uint8Array.of(1), 2), raw.oldBinary(Uint8Array.of(1))],
    [new Int32(7), raw.int32(7)],
    [new Double(1), raw.double(1)],
    [Long.fromNumber(1), raw.int64(1)],
    [Decimal128.fromString('1.50'), raw.decimal(150n, -2)],
    [new Timestamp({ t: 5, i: 6 }), raw.timestamp(5, 6)],
    [new BSONRegExp('a', 'i'), raw.regex('a', 'i')],
    [new BSONSymbol('s'), raw.symbol('s')],
    [new Code('f'), raw.code('f')],
    [new Code('f', { x: 1 }), raw.codeWithScope('f', [['x', raw.int32(1)]])],
    [new MinKey(), raw.minKey()],
    [new MaxKey(), raw.maxKey()],
    [[1, undefined, [null]], raw.array([raw.int32(1), raw.null(), raw.array([raw.null()])])],
    [
      { b: 1, a: { ['__proto__']: 2n }, _bsontype: 'ObjectId', none: undefined },
      raw.document([
        ['b', raw.int32(1)],
        ['a', raw.document([['__proto__', raw.int64(2)]])],
        ['_bsontype', raw.string('ObjectId')],
      ]),
    ],
  ])('writes %#', (value, expected) => {
    expect(Buffer.from(jsValueToBson(value))).toEqual(rawDocument([['', expected]]));
  });

  const nested = (levels: number): BsonJsValue => {
    let value: BsonJsValue = null;
    for (let level = 0; level < levels; level++) value = [value];
    return value;
  };

  it.each<[string, unknown]>([
    ['half a character', 'a\ud800'],
    ['half a character in a key', { '\udc00': 1 }],
    ['NUL in a key', { 'a\0': 1 }],
    ['an invalid date', new Date(Number.NaN)],
    ['a bigint over 64 bits', 2n ** 63n],
    ['a function', { f: () => 1 }],
    ['a symbol', Symbol('x')],
    ['a map', new Map()],
    ['too many levels', nested(3000)],
  ])('refuses %s', (_what, value) => {
    expect(() => jsValueToBson(value as BsonJsValue)).toThrowError(
      expect.objectContaining({ code: 'transform-failed' }),
    );
  });
});
