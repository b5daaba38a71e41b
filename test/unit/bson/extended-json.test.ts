import { EJSON } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDocument } from '../../../src/bson/check-document.ts';
import { extendedJsonOfDocument, extendedJsonText } from '../../../src/bson/extended-json.ts';
import { arbitraryDocument } from '../../support/bson-arbitraries.ts';
import {
  nestedDocument,
  type RawField,
  type RawValue,
  raw,
  rawDocument,
  viewOf,
} from '../../support/raw-bson.ts';

const oid = '0123456789abcdef01234567';

function textOf(value: RawValue): string {
  const bytes = Buffer.concat([Buffer.alloc(3), value.bytes]);
  return extendedJsonText(value.type, bytes, viewOf(bytes), 3);
}

const documentText = (fields: readonly RawField[]): string => {
  const bytes = rawDocument(fields);
  return extendedJsonOfDocument(bytes, viewOf(bytes), 0);
};

describe('extendedJsonText', () => {
  it('is JSON for any document', () => {
    fc.assert(
      fc.property(arbitraryDocument(), (document) => {
        checkDocument(document, viewOf(document), 0);
        let text = '{}';
        try {
          text = extendedJsonOfDocument(document, viewOf(document), 0);
        } catch (error) {
          expect(error).toMatchObject({ code: 'document-too-deep' });
        }
        JSON.parse(text);
      }),
    );
  });

  it.each<[RawValue, string]>([
    [raw.double(1), '{"$numberDouble":"1.0"}'],
    [raw.double(-0), '{"$numberDouble":"-0.0"}'],
    [raw.double(0.1), '{"$numberDouble":"0.1"}'],
    [raw.double(1e21), '{"$numberDouble":"1e+21"}'],
    [raw.double(Number.NaN), '{"$numberDouble":"NaN"}'],
    [raw.double(-Infinity), '{"$numberDouble":"-Infinity"}'],
    [raw.int32(-5), '{"$numberInt":"-5"}'],
    [raw.int64(2n ** 63n - 1n), '{"$numberLong":"9223372036854775807"}'],
    [raw.decimal(1n, 3), '{"$numberDecimal":"1E+3"}'],
    [raw.decimal(-100n, -2), '{"$numberDecimal":"-1.00"}'],
    [raw.decimal(0n, -6), '{"$numberDecimal":"0.000000"}'],
    [raw.decimal(0n, -7), '{"$numberDecimal":"0E-7"}'],
    [raw.decimal(123n, -8), '{"$numberDecimal":"0.00000123"}'],
    [raw.decimal(123n, -9), '{"$numberDecimal":"1.23E-7"}'],
    [raw.decimal(10n ** 34n - 1n, 6111), '{"$numberDecimal":"9.999999999999999999999999999999999E+6144"}'],
    [raw.decimal(10n ** 34n, 0), '{"$numberDecimal":"0"}'],
    [raw.decimalBits(0x6c10n << 48n, 5n), '{"$numberDecimal":"0"}'],
    [raw.decimalNaN(), '{"$numberDecimal":"NaN"}'],
    [raw.decimalInfinity(true), '{"$numberDecimal":"-Infinity"}'],
    [raw.string('a"\\\0\u0001\n/é\u2028\u007f'), '"a\\"\\\\\\u0000\\u0001\\n/é\u2028\u007f"'],
    [raw.string(Buffer.from([0xff])), '"\ufffd"'],
    [raw.boolean(true), 'true'],
    [raw.null(), 'null'],
    [raw.undefined(), '{"$undefined":true}'],
    [raw.date(-1), '{"$date":{"$numberLong":"-1"}}'],
    [raw.objectId(oid), `{"$oid":"${oid}"}`],
    [raw.binary(Uint8Array.of(1, 2), 0x80), '{"$binary":{"base64":"AQI=","subType":"80"}}'],
    [raw.oldBinary(Uint8Array.of(1, 2)), '{"$binary":{"base64":"AQI=","subType":"02"}}'],
    [raw.timestamp(4294967295, 3), '{"$timestamp":{"t":4294967295,"i":3}}'],
    [raw.regex('a/"', 'i'), '{"$regularExpression":{"pattern":"a/\\"","options":"i"}}'],
    [raw.dbPointer('db.c', oid), `{"$dbPointer":{"$ref":"db.c","$id":{"$oid":"${oid}"}}}`],
    [raw.code('f()'), '{"$code":"f()"}'],
    [raw.symbol('s'), '{"$symbol":"s"}'],
    [raw.codeWithScope('f', [['x', raw.null()]]), '{"$code":"f","$scope":{"x":null}}'],
    [raw.minKey(), '{"$minKey":1}'],
    [raw.maxKey(), '{"$maxKey":1}'],
    [raw.array([]), '[]'],
    [raw.array([raw.document([]), raw.array([raw.null(), raw.boolean(false)])]), '[{},[null,false]]'],
  ])('writes %#: %s', (value, expected) => {
    expect(textOf(value)).toBe(expected);
  });

  it('keeps order and duplicates of keys', () => {
    expect(
      documentText([
        ['b', raw.null()],
        ['1', raw.null()],
        ['b', raw.boolean(true)],
        ['__proto__', raw.document([['$oid', raw.null()]])],
        ['', raw.null()],
      ]),
    ).toBe('{"b":null,"1":null,"b":true,"__proto__":{"$oid":null},"":null}');
  });

  it('is read back by the bson package as the same bytes', () => {
    const values = { a: [1, 2.5, { b: 'x' }], c: new Date(5) };
    const document = rawDocument([
      ['a', raw.array([raw.int32(1), raw.double(2.5), raw.document([['b', raw.string('x')]])])],
      ['c', raw.date(5)],
    ]);
    expect(EJSON.parse(extendedJsonOfDocument(document, viewOf(document), 0))).toEqual(values);
  });

  it('writes 2,000 levels and refuses more, however many', () => {
    const deep = (levels: number): string => textOf({ type: 3, bytes: nestedDocument(levels) });
    expect(deep(2000).length).toBe(1999 * 6 + 2);
    for (const levels of [2001, 2_000_000]) {
      expect(() => deep(levels)).toThrowError(expect.objectContaining({ code: 'document-too-deep' }));
    }
  });
});
