import { describe, expect, it } from 'vitest';
import { maxDepth } from '../../../../src/source/export/document-parser.ts';
import { jsonToBson } from '../../../../src/source/export/json-to-bson.ts';
import { nestedDocument, type RawValue, raw, rawDocument } from '../../../support/raw-bson.ts';

const bsonOf = (value: string): string => jsonToBson(`{"a": ${value}}`).toString('hex');
const expected = (value: RawValue): string => rawDocument([['a', value]]).toString('hex');

describe('bare values', () => {
  it.each<[string, RawValue]>([
    ['0', raw.int32(0)],
    ['-1', raw.int32(-1)],
    ['2147483647', raw.int32(2147483647)],
    ['-2147483648', raw.int32(-2147483648)],
    ['2147483648', raw.int64(2147483648n)],
    ['-2147483649', raw.int64(-2147483649n)],
    ['9007199254740993', raw.int64(9007199254740993n)],
    ['-9007199254740993', raw.int64(-9007199254740993n)],
    ['9223372036854775807', raw.int64(9223372036854775807n)],
    ['-9223372036854775808', raw.int64(-9223372036854775808n)],
    ['9223372036854775808', raw.double(2 ** 63)],
    ['100000000000000000000', raw.double(1e20)],
    ['123456789012345680000', raw.double(Number('123456789012345680000'))],
    ['-0', raw.double(-0)],
    ['-0.0', raw.double(-0)],
    ['1.0', raw.double(1)],
    ['0.1', raw.double(0.1)],
    ['-1.5', raw.double(-1.5)],
    ['1e2', raw.double(100)],
    ['1E+21', raw.double(1e21)],
    ['1.25e-7', raw.double(1.25e-7)],
    ['5e-324', raw.double(5e-324)],
    ['1.7976931348623157e+308', raw.double(Number.MAX_VALUE)],
    ['123456789012345.678', raw.double(Number('123456789012345.678'))],
    ['0.000000000000001', raw.double(1e-15)],
    ['NaN', raw.double(Number.NaN)],
    ['Infinity', raw.double(Infinity)],
    ['-Infinity', raw.double(-Infinity)],
    ['true', raw.boolean(true)],
    ['false', raw.boolean(false)],
    ['null', raw.null()],
    ['undefined', raw.undefined()],
    ['""', raw.string('')],
    ['"a\\u0000b\\n\\/\\"\\\\\\b\\f\\r\\t"', raw.string('a\0b\n/"\\\b\f\r\t')],
    ['"\\ud83d\\ude00é€😀"', raw.string('😀é€😀')],
    ['"\\u00e9\\u20ac\\u007f\\u0080\\u07ff\\u0800\\uffff"', raw.string('é€\u007f\u0080\u07ff\u0800\uffff')],
    [`"${'long é '.repeat(100)}"`, raw.string('long é '.repeat(100))],
    ['{}', raw.document([])],
    ['[]', raw.array([])],
    ['[[],{},[1]]', raw.array([raw.array([]), raw.document([]), raw.array([raw.int32(1)])])],
    [`[${'1,'.repeat(1233)}1]`, raw.array(Array.from({ length: 1234 }, () => raw.int32(1)))],
  ])('%s', (json, value) => {
    expect(bsonOf(json)).toBe(expected(value));
  });
});

describe('keys', () => {
  it('stay in their order, as often as they are there', () => {
    const json = '{"b":1,"10":2,"9":3,"b":4,"":5,"__proto__":6,"a.b":7,"\\u00e9\\"":8}';
    const names = ['b', '10', '9', 'b', '', '__proto__', 'a.b', 'é"'];
    expect(jsonToBson(json)).toEqual(rawDocument(names.map((name, index) => [name, raw.int32(index + 1)])));
  });

  it('and texts that are not UTF-8 stay what they are', () => {
    const wrong = Buffer.of(0x61, 0xff, 0xed, 0xa0, 0x80);
    const json = Buffer.concat([Buffer.from('{"'), wrong, Buffer.from('":"'), wrong, Buffer.from('"}')]);
    expect(jsonToBson(json)).toEqual(rawDocument([[wrong, raw.string(wrong)]]));
  });
});

describe('damage is named with its place', () => {
  it.each<[string, number, RegExp]>([
    ['{"a":1,}', 7, /no key/],
    ['{a:1}', 1, /no key/],
    ["{'a':1}", 1, /no key/],
    ['{"a" 1}', 5, /no colon/],
    ['{"a":1 "b":2}', 7, /neither a comma/],
    ['{"a":[1 2]}', 8, /neither a comma/],
    ['{"a":[1,]}', 8, /no value/],
    ['{"a":}', 5, /no value/],
    ['{"a":1]', 6, /neither a comma/],
    ['{"a":+1}', 5, /no value/],
    ['{"a":01}', 5, /zero/],
    ['{"a":1.}', 7, /no digit/],
    ['{"a":1e}', 7, /no digit/],
    ['{"a":.5}', 5, /no value/],
    ['{"a":-}', 6, /minus/],
    ['{"a":-x}', 6, /minus/],
    ['{"a":18446744073709551617}', 5, /neither 64 bits/],
    [`{"a":${'9'.repeat(400)}}`, 5, /neither 64 bits/],
    ['{"a":1e999}', 5, /than a double/],
    ['{"a":1e-999}', 5, /than a double/],
    ['{"a":tru}', 5, /no value/],
    ['{"a":truely}', 5, /no value/],
    ['{"a":"\t"}', 6, /control character/],
    ['{"a":"x\ny"}', 7, /control character/],
    ['{"a":"\\x"}', 6, /escape/],
    ['{"a":"\\u12g4"}', 6, /hexadecimal/],
    ['{"a":"\\ud83d"}', 6, /surrogate/],
    ['{"a":"\\ud83dx"}', 6, /surrogate/],
    ['{"a":"\\ud83d\\n"}', 6, /surrogate/],
    ['{"a":"\\ud83d\\u0041"}', 6, /surrogate/],
    ['{"a":"\\ude00"}', 6, /surrogate/],
    ['{"a":"\\ude00\\ude00"}', 6, /surrogate/],
    ['{"\\u0000":1}', 2, /NUL/],
    ['{"a":ObjectId("12")}', 13, /brackets of ObjectId/],
    ['{"a":NumberLong("x")}', 15, /brackets of NumberLong/],
    ['{"a":ISODate("2014-13-01")}', 12, /brackets of ISODate/],
    ['{"a":Function("x")}', 5, /no value/],
  ])('%s', (json, offset, message) => {
    expect(failureOf(json)).toMatchObject({
      code: 'source-corrupt',
      message: expect.stringMatching(message),
      context: { offset },
    });
  });

  it('and a text that ends too early as such', () => {
    const whole =
      '{"a":[1.5,"x\\u00e9",{"$oid":"63dde1050a0b0c0d000003ad"},NumberLong(5),-Infinity,true],"b":{"$date":5}}';
    for (let length = 1; length < whole.length; length++) {
      expect(failureOf(whole.slice(0, length))).toMatchObject({
        code: 'source-corrupt',
        message: 'the text ends within a document',
      });
    }
  });
});

describe('nesting', () => {
  it('is read to the limit', () => {
    const levels = maxDepth;
    const json = `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;
    expect(jsonToBson(json).equals(nestedDocument(levels))).toBe(true);
  });

  it('of codes in scopes is read as such as deep as servers have it, and as documents below', () => {
    const nested = (levels: number): string =>
      '{"$code":"x","$scope":{"y":'.repeat(levels) + 1 + '}}'.repeat(levels);
    const types = (levels: number) => {
      const bytes = jsonToBson(`{"a":${nested(levels)}}`);
      return [bytes[4], bytes.includes('$scope')];
    };
    expect(types(100)).toEqual([0x0f, false]);
    expect(types(3000)).toEqual([0x0f, true]);
  });

  it.each(['{"a":', '[', '{"$code":"x","$scope":'])(
    'of 20,000 times %s is refused at its place',
    (opening) => {
      const failure = failureOf(`{"a":${opening.repeat(20_000)}`);
      expect(failure).toMatchObject({ code: 'source-corrupt', message: expect.stringMatching(/nested/) });
    },
  );
});

function failureOf(json: string): unknown {
  try {
    jsonToBson(json);
  } catch (error) {
    return error;
  }
  return undefined;
}
