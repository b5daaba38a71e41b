import { describe, expect, it } from 'vitest';
import { checkDocument } from '../../../src/bson/check-document.ts';
import type { DocrowError } from '../../../src/errors/docrow-error.ts';
import { nestedDocument, type RawField, raw, rawDocument, viewOf } from '../../support/raw-bson.ts';

const oid = '0123456789abcdef01234567';

function problemOf(
  bytes: Buffer,
  start = 0,
  utf8 = false,
): Pick<DocrowError, 'code' | 'context'> | undefined {
  try {
    checkDocument(bytes, viewOf(bytes), start, { utf8 });
    return undefined;
  } catch (error) {
    return error as DocrowError;
  }
}

const everyType: readonly RawField[] = [
  ['double', raw.double(1)],
  ['string', raw.string('é')],
  ['document', raw.document([['a', raw.array([raw.null(), raw.document([['b', raw.int32(1)]])])]])],
  ['array', { type: 4, bytes: rawDocument([['not a number', raw.null()]]) }],
  ['binary', raw.binary(Uint8Array.of(1))],
  ['old', raw.oldBinary(Uint8Array.of(1))],
  ['undefined', raw.undefined()],
  ['objectId', raw.objectId(oid)],
  ['boolean', raw.boolean(true)],
  ['date', raw.date(1)],
  ['null', raw.null()],
  ['regex', raw.regex('a', 'i')],
  ['dbPointer', raw.dbPointer('a', oid)],
  ['code', raw.code('f')],
  ['symbol', raw.symbol('s')],
  ['codeWithScope', raw.codeWithScope('f', [['x', raw.string('y')]])],
  ['int32', raw.int32(1)],
  ['timestamp', raw.timestamp(1, 2)],
  ['int64', raw.int64(1)],
  ['decimal', raw.decimal(1n, 0)],
  ['minKey', raw.minKey()],
  ['maxKey', raw.maxKey()],
];

describe('checkDocument', () => {
  it('accepts every type, wherever the document stands', () => {
    const document = Buffer.concat([Buffer.alloc(5, 0xff), rawDocument(everyType), Buffer.alloc(5, 0xff)]);
    expect(problemOf(document, 5, true)).toBeUndefined();
  });

  it('accepts two million levels', () => {
    expect(problemOf(nestedDocument(2_000_000))).toBeUndefined();
  });

  it('never fails in another way than document-corrupt, whatever byte is damaged', () => {
    const whole = rawDocument(everyType);
    for (let at = 0; at < whole.length; at++) {
      for (const byte of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
        const damaged = Buffer.from(whole);
        damaged[at] = byte;
        const problem = problemOf(damaged);
        if (problem !== undefined) expect(problem.code).toBe('document-corrupt');
      }
      expect(problemOf(whole.subarray(0, at))?.code).toBe('document-corrupt');
    }
  });

  it('names offset and path of what is wrong', () => {
    const document = rawDocument([
      ['a', raw.array([raw.null(), raw.document([['b', { type: 8, bytes: Buffer.from([2]) }]])])],
    ]);
    expect(problemOf(document)).toMatchObject({
      code: 'document-corrupt',
      context: { path: 'a.1.b', offset: document.length - 4 },
    });
  });

  it.each<[string, RawField]>([
    ['an unknown type', ['x', { type: 0x14, bytes: Buffer.alloc(0) }]],
    ['a type byte of zero', ['x', { type: 0, bytes: Buffer.alloc(0) }]],
    ['a string without end', ['x', { type: 2, bytes: Buffer.from([1, 0, 0, 0, 0x61]) }]],
    ['a string of negative length', ['x', { type: 2, bytes: Buffer.from([255, 255, 255, 255, 0]) }]],
    ['a boolean of 2', ['x', { type: 8, bytes: Buffer.from([2]) }]],
    [
      'a document with bytes after its last element',
      ['x', { type: 3, bytes: Buffer.from([6, 0, 0, 0, 0, 0]) }],
    ],
    ['a binary that is too long', ['x', { type: 5, bytes: Buffer.from([99, 0, 0, 0, 0]) }]],
    [
      'a scope of another length',
      [
        'x',
        {
          type: 15,
          bytes: Buffer.concat([Buffer.from([15, 0, 0, 0, 1, 0, 0, 0, 0]), Buffer.from([6, 0, 0, 0, 0, 0])]),
        },
      ],
    ],
  ])('refuses %s', (_name, field) => {
    expect(problemOf(rawDocument([field]))?.code).toBe('document-corrupt');
  });

  it.each<[string, RawField, string]>([
    ['key', [Buffer.from([0xc3]), raw.null()], '\ufffd'],
    ['overlong string', ['x', raw.string(Buffer.from([0xc0, 0x80]))], 'x'],
    ['surrogate', ['x', raw.symbol(Buffer.from([0xed, 0xa0, 0x80]))], 'x'],
    ['beyond U+10FFFF', ['x', raw.code(Buffer.from([0xf4, 0x90, 0x80, 0x80]))], 'x'],
    ['options of a regex', ['x', raw.regex('a', Buffer.from([0x80]))], 'x'],
    ['namespace', ['x', raw.dbPointer(Buffer.from([0xe2, 0x82]), oid)], 'x'],
    ['inside a scope', ['x', raw.codeWithScope('f', [['y', raw.string(Buffer.from([0xff]))]])], 'x.y'],
  ])('refuses what is not UTF-8, when asked: %s', (_name, field, path) => {
    expect(problemOf(rawDocument([field]))).toBeUndefined();
    expect(problemOf(rawDocument([field]), 0, true)).toMatchObject({
      code: 'value-invalid-utf8',
      context: { path },
    });
  });
});
