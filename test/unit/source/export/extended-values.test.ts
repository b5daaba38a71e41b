import { describe, expect, it } from 'vitest';
import { jsonToBson } from '../../../../src/source/export/json-to-bson.ts';
import { type RawValue, raw, rawDocument } from '../../../support/raw-bson.ts';

const bsonOf = (value: string): string => jsonToBson(`{"a": ${value}}`).toString('hex');
const expected = (value: RawValue): string => rawDocument([['a', value]]).toString('hex');
const hex = '63dde1050a0b0c0d000003ad';
const uuid = '6b027927-8592-4a53-a5d8-a9226b027927';

describe('Extended JSON', () => {
  it.each<[string, RawValue]>([
    [`{"$oid":"${hex}"}`, raw.objectId(hex)],
    [`{ "$oid" : "${hex.toUpperCase()}" }`, raw.objectId(hex)],
    ['{"\\u0024numberInt":"5"}', raw.int32(5)],
    ['{"$numberInt":"-2147483648"}', raw.int32(-2147483648)],
    ['{"$numberLong":"5"}', raw.int64(5)],
    ['{"$numberLong":"-9223372036854775808"}', raw.int64(-(2n ** 63n))],
    ['{"$numberDouble":"1.0"}', raw.double(1)],
    ['{"$numberDouble":"-0.0"}', raw.double(-0)],
    ['{"$numberDouble":"NaN"}', raw.double(Number.NaN)],
    ['{"$numberDouble":"-Infinity"}', raw.double(-Infinity)],
    ['{"$numberDouble":"1.2345678901234567E+300"}', raw.double(1.2345678901234567e300)],
    ['{"$numberDecimal":"67.05"}', raw.decimal(6705n, -2)],
    ['{"$numberDecimal":"-Infinity"}', raw.decimalInfinity(true)],
    ['{"$numberDecimal":"0E-6176"}', raw.decimal(0n, -6176)],
    ['{"$date":{"$numberLong":"-9223372036854775808"}}', raw.date(-(2n ** 63n))],
    ['{"$date":{"$numberLong":"1675485445233"}}', raw.date(1675485445233n)],
    ['{"$binary":{"base64":"AQI=","subType":"80"}}', raw.binary(Uint8Array.of(1, 2), 128)],
    ['{"$binary":{"subType":"0","base64":""}}', raw.binary(new Uint8Array(0))],
    ['{"$binary":{"base64":"AQI=","subType":"02"}}', raw.oldBinary(Uint8Array.of(1, 2))],
    [`{"$uuid":"${uuid}"}`, raw.uuid(uuid)],
    ['{"$regularExpression":{"pattern":"^a\\\\d","options":"im"}}', raw.regex('^a\\d', 'im')],
    ['{"$timestamp":{"t":4294967295,"i":1}}', raw.timestamp(4294967295, 1)],
    [`{"$dbPointer":{"$ref":"db.c","$id":{"$oid":"${hex}"}}}`, raw.dbPointer('db.c', hex)],
    ['{"$code":"f()"}', raw.code('f()')],
    ['{"$code":"f()","$scope":{"x":{"$numberLong":"1"}}}', raw.codeWithScope('f()', [['x', raw.int64(1)]])],
    ['{"$scope":{},"$code":"f"}', raw.codeWithScope('f', [])],
    ['{"$symbol":"s"}', raw.symbol('s')],
    ['{"$undefined":true}', raw.undefined()],
    ['{"$minKey":1}', raw.minKey()],
    ['{"$maxKey":{"$numberInt":"1"}}', raw.maxKey()],
  ])('%s', (json, value) => {
    expect(bsonOf(json)).toBe(expected(value));
  });
});

describe('what versions before 4.2 wrote', () => {
  it.each<[string, RawValue]>([
    ['{"$date":123}', raw.date(123n)],
    ['{"$date":-62135596800001}', raw.date(-62135596800001n)],
    ['{"$date":"2014-04-03T01:02:03.123Z"}', raw.date('2014-04-03T01:02:03.123Z')],
    ['{"$date":"2014-04-03T01:02:03.9Z"}', raw.date('2014-04-03T01:02:03.900Z')],
    ['{"$date":"2014-04-03T01:02:03.45Z"}', raw.date('2014-04-03T01:02:03.450Z')],
    ['{"$date":"2014-04-03T01:02:03Z"}', raw.date('2014-04-03T01:02:03Z')],
    ['{"$date":"2014-04-03T01:02Z"}', raw.date('2014-04-03T01:02:00Z')],
    ['{"$date":"2014-04-03T01:02:03.123000Z"}', raw.date('2014-04-03T01:02:03.123Z')],
    ['{"$date":"2014-04-03T01:02:03.123+0000"}', raw.date('2014-04-03T01:02:03.123Z')],
    ['{"$date":"2014-04-03T01:02:03.123-0700"}', raw.date('2014-04-03T08:02:03.123Z')],
    ['{"$date":"2014-04-03T01:02:03+05:30"}', raw.date('2014-04-02T19:32:03Z')],
    ['{"$date":"0000-01-01T00:00:00Z"}', raw.date('0000-01-01T00:00:00Z')],
    ['{"$date":"1969-12-31T23:59:59.999Z"}', raw.date(-1n)],
    ['{"$date":"2000-02-29T00:00:00Z"}', raw.date('2000-02-29T00:00:00Z')],
    ['{"$binary":"AQI=","$type":"00"}', raw.binary(Uint8Array.of(1, 2))],
    ['{"$type":"5","$binary":"AQID"}', raw.binary(Uint8Array.of(1, 2, 3), 5)],
    ['{"$binary":"AQI=","$type":"ffffff80"}', raw.binary(Uint8Array.of(1, 2), 128)],
    ['{"$binary":"AQI=","$type":"02"}', raw.oldBinary(Uint8Array.of(1, 2))],
    ['{"$regex":"a","$options":""}', raw.regex('a', '')],
    ['{"$options":"i","$regex":"a"}', raw.regex('a', 'i')],
    [
      '{"$ref":"c","$id":{"$oid":"63dde1050a0b0c0d000003ad"}}',
      raw.document([
        ['$ref', raw.string('c')],
        ['$id', raw.objectId(hex)],
      ]),
    ],
    [`ObjectId("${hex}")`, raw.objectId(hex)],
    [`ObjectId( '${hex}' )`, raw.objectId(hex)],
    ['NumberLong("9007199254740993")', raw.int64(9007199254740993n)],
    ['NumberLong(-5)', raw.int64(-5)],
    ['NumberInt(5)', raw.int32(5)],
    ['NumberDecimal("1.50")', raw.decimal(150n, -2)],
    ['ISODate("2014-04-03T01:02:03.123Z")', raw.date('2014-04-03T01:02:03.123Z')],
    ['ISODate("2014-04-03")', raw.date('2014-04-03T00:00:00Z')],
    ['new Date(123)', raw.date(123n)],
    ['Date( -5 )', raw.date(-5n)],
    ['new ISODate("2014-04-03T01:02:03")', raw.date('2014-04-03T01:02:03Z')],
    ['Timestamp(1412180887, 1)', raw.timestamp(1412180887, 1)],
    ['Timestamp({ t: 1412180887, i: 1 })', raw.timestamp(1412180887, 1)],
    ['BinData(5,"AQI=")', raw.binary(Uint8Array.of(1, 2), 5)],
    [`UUID("${uuid}")`, raw.uuid(uuid)],
    ['[MinKey, MaxKey()]', raw.array([raw.minKey(), raw.maxKey()])],
  ])('%s', (json, value) => {
    expect(bsonOf(json)).toBe(expected(value));
  });
});

describe('a document that only looks like a wrapped value stays a document', () => {
  const text = (key: string, value: string) => raw.document([[key, raw.string(value)]]);
  it.each<[string, RawValue]>([
    [
      '{"$date":1,"x":2}',
      raw.document([
        ['$date', raw.int32(1)],
        ['x', raw.int32(2)],
      ]),
    ],
    [
      '{"x":1,"$date":2}',
      raw.document([
        ['x', raw.int32(1)],
        ['$date', raw.int32(2)],
      ]),
    ],
    ['{"$oid":"63dde"}', text('$oid', '63dde')],
    [`{"$oid":"${hex.slice(1)}g"}`, text('$oid', `${hex.slice(1)}g`)],
    [
      `{"$oid":"${hex}","$oid":"${hex}"}`,
      raw.document([
        ['$oid', raw.string(hex)],
        ['$oid', raw.string(hex)],
      ]),
    ],
    ['{"$numberInt":"2147483648"}', text('$numberInt', '2147483648')],
    ['{"$numberInt":"01"}', text('$numberInt', '01')],
    ['{"$numberInt":5}', raw.document([['$numberInt', raw.int32(5)]])],
    ['{"$numberLong":"9223372036854775808"}', text('$numberLong', '9223372036854775808')],
    ['{"$numberDouble":"1e999"}', text('$numberDouble', '1e999')],
    ['{"$numberDouble":""}', text('$numberDouble', '')],
    ['{"$numberDecimal":"1.2.3"}', text('$numberDecimal', '1.2.3')],
    [
      '{"$numberDecimal":"12345678901234567890123456789012345"}',
      text('$numberDecimal', '12345678901234567890123456789012345'),
    ],
    ['{"$date":"yesterday"}', text('$date', 'yesterday')],
    ['{"$date":"2014-02-29T00:00:00Z"}', text('$date', '2014-02-29T00:00:00Z')],
    ['{"$date":"2014-04-03T24:00:00Z"}', text('$date', '2014-04-03T24:00:00Z')],
    ['{"$date":"2014-04-03T01:02:03.1234Z"}', text('$date', '2014-04-03T01:02:03.1234Z')],
    ['{"$date":1.5}', raw.document([['$date', raw.double(1.5)]])],
    ['{"$date":null}', raw.document([['$date', raw.null()]])],
    [
      '{"$binary":"A","$type":"00"}',
      raw.document([
        ['$binary', raw.string('A')],
        ['$type', raw.string('00')],
      ]),
    ],
    ['{"$binary":"AQI="}', text('$binary', 'AQI=')],
    [
      '{"$binary":{"base64":"A?==","subType":"00"}}',
      raw.document([
        [
          '$binary',
          raw.document([
            ['base64', raw.string('A?==')],
            ['subType', raw.string('00')],
          ]),
        ],
      ]),
    ],
    ['{"$uuid":"6b02"}', text('$uuid', '6b02')],
    ['{"$regex":"a"}', text('$regex', 'a')],
    [
      '{"$regex":"a\\u0000","$options":""}',
      raw.document([
        ['$regex', raw.string('a\0')],
        ['$options', raw.string('')],
      ]),
    ],
    [
      '{"$timestamp":{"t":-1,"i":1}}',
      raw.document([
        [
          '$timestamp',
          raw.document([
            ['t', raw.int32(-1)],
            ['i', raw.int32(1)],
          ]),
        ],
      ]),
    ],
    [
      '{"$code":"f","$scope":5}',
      raw.document([
        ['$code', raw.string('f')],
        ['$scope', raw.int32(5)],
      ]),
    ],
    ['{"$undefined":false}', raw.document([['$undefined', raw.boolean(false)]])],
    ['{"$minKey":2}', raw.document([['$minKey', raw.int32(2)]])],
    ['{"$symbol":1}', raw.document([['$symbol', raw.int32(1)]])],
  ])('%s', (json, value) => {
    expect(bsonOf(json)).toBe(expected(value));
  });

  it('as does a whole document', () => {
    expect(jsonToBson(`{"$oid":"${hex}"}`)).toEqual(rawDocument([['$oid', raw.string(hex)]]));
  });
});
