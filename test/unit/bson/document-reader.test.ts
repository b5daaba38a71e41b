import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'bson';
import { describe, expect, it } from 'vitest';
import { createDocumentReader, type MovableDocumentReader } from '../../../src/bson/document-reader.ts';
import { nestedDocument, type RawField, raw, rawDocument, viewOf } from '../../support/raw-bson.ts';

const oid = '0123456789abcdef01234567';

function readerOf(fields: readonly RawField[]): MovableDocumentReader {
  const bytes = Buffer.concat([Buffer.alloc(3), rawDocument(fields)]);
  const reader = createDocumentReader();
  reader.pointAt(bytes, viewOf(bytes), 3);
  return reader;
}

describe('createDocumentReader', () => {
  it.each([
    ['double', raw.double(-0), -0],
    ['double', raw.double(1), 1],
    ['int32', raw.int32(-2147483648), -2147483648],
    ['int64', raw.int64(5), 5n],
    ['string', raw.string('é\u{1F600}\0x'), 'é\u{1F600}\0x'],
    ['long string', raw.string('a'.repeat(100)), 'a'.repeat(100)],
    ['boolean', raw.boolean(true), true],
    ['null', raw.null(), null],
    ['undefined', raw.undefined(), undefined],
    ['date', raw.date(-62135596800001), new Date(-62135596800001)],
    ['ObjectId', raw.objectId(oid), new ObjectId(oid)],
    [
      'UUID',
      raw.uuid('00112233-4455-6677-8899-aabbccddeeff'),
      new UUID('00112233-4455-6677-8899-aabbccddeeff'),
    ],
    ['binary', raw.binary(Uint8Array.of(1, 2), 0x80), new Binary(Uint8Array.of(1, 2), 0x80)],
    ['UUID of a wrong size', raw.binary(Uint8Array.of(1), 4), new Binary(Uint8Array.of(1), 4)],
    ['old binary', raw.oldBinary(Uint8Array.of(1, 2)), new Binary(Uint8Array.of(1, 2), 2)],
    ['Decimal128', raw.decimal(-100n, -2), Decimal128.fromString('-1.00')],
    ['timestamp', raw.timestamp(4294967295, 7), new Timestamp({ t: 4294967295, i: 7 })],
    ['regex', raw.regex('a.b', 'ix'), new BSONRegExp('a.b', 'ix')],
    ['symbol', raw.symbol('s'), new BSONSymbol('s')],
    ['code', raw.code('f()'), new Code('f()')],
    ['dbPointer', raw.dbPointer('db.c', oid), new DBRef('db.c', new ObjectId(oid))],
    ['MinKey', raw.minKey(), new MinKey()],
    ['MaxKey', raw.maxKey(), new MaxKey()],
    ['array', raw.array([raw.int32(1), raw.null(), raw.string('x')]), [1, null, 'x']],
  ])('reads %s', (_type, value, expected) => {
    expect(readerOf([['v', value]]).get('v')).toEqual(expected);
    expect(
      readerOf([
        ['a', raw.null()],
        ['v', value],
      ]).has('v'),
    ).toBe(true);
  });

  it('reads a code with its scope', () => {
    const code = readerOf([['v', raw.codeWithScope('f', [['x', raw.int32(1)]])]]).get('v');
    expect(code).toBeInstanceOf(Code);
    expect((code as Code).scope).toEqual({ x: 1 });
  });

  it('gives objects whose keys are data, even __proto__', () => {
    const value = readerOf([
      [
        'v',
        raw.document([
          ['__proto__', raw.int32(1)],
          ['toString', raw.int32(2)],
        ]),
      ],
    ]).get('v');
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.entries(value as object)).toEqual([
      ['__proto__', 1],
      ['toString', 2],
    ]);
  });

  it('follows paths, and tells missing from null', () => {
    const reader = readerOf([
      ['a', raw.document([['b', raw.null()]])],
      ['c', raw.array([raw.int32(1)])],
    ]);
    expect(reader.get('a', 'b')).toBeNull();
    expect(reader.get('a', 'x')).toBeUndefined();
    expect(reader.get('c', '0')).toBeUndefined();
    expect(reader.has('a', 'b')).toBe(true);
    expect(reader.has('a', 'x')).toBe(false);
    expect(reader.get()).toEqual({ a: { b: null }, c: [1] });
  });

  it('moves to another document', () => {
    const reader = readerOf([['a', raw.int32(1)]]);
    const next = rawDocument([['a', raw.int32(2)]]);
    expect(reader.get('a')).toBe(1);
    reader.pointAt(next, viewOf(next), 0);
    expect(reader.get('a')).toBe(2);
  });

  it('shares no memory with the document', () => {
    const bytes = rawDocument([
      ['b', raw.binary(Uint8Array.of(1, 2))],
      ['o', raw.objectId(oid)],
    ]);
    const reader = createDocumentReader();
    reader.pointAt(bytes, viewOf(bytes), 0);
    const values = [reader.get('b'), reader.get('o')];
    bytes.fill(0);
    expect(values).toEqual([new Binary(Uint8Array.of(1, 2), 0), new ObjectId(oid)]);
  });

  it.each([
    ['value-invalid-utf8', raw.string(Buffer.from([0x61, 0xff]))],
    ['value-out-of-range', raw.date(8_640_000_000_000_001n)],
    ['document-corrupt', raw.document([['x', { type: 2, bytes: Buffer.from([99, 0, 0, 0, 0]) }]])],
    ['document-too-deep', { type: 3, bytes: nestedDocument(100_000) }],
  ])('throws %s', (code, value) => {
    expect(() => readerOf([['v', value]]).get('v')).toThrowError(expect.objectContaining({ code }));
  });

  it('reads nothing before it was pointed at a document', () => {
    expect(createDocumentReader().get('a')).toBeUndefined();
  });
});
