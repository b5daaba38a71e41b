import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invalidUtf8At } from '../../../src/bson/utf8.ts';

describe('invalidUtf8At', () => {
  it('finds the same texts wrong as Node does', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const bytes = Buffer.concat(pieces);
        expect(invalidUtf8At(bytes, 0, bytes.length) === -1).toBe(isUtf8(bytes));
      }),
    );
  });

  it('decides for every lead and second byte as Node does', () => {
    for (let lead = 0; lead < 256; lead++) {
      for (let second = 0; second < 256; second++) {
        for (const tail of [[], [0x80], [0x80, 0x80], [0xbf, 0xbf]]) {
          const bytes = Buffer.from([lead, second, ...tail]);
          expect(invalidUtf8At(bytes, 0, bytes.length) === -1).toBe(isUtf8(bytes));
        }
      }
    }
  });

  it('gives the offset of the first wrong sequence', () => {
    const bytes = Buffer.from([0x61, 0xc3, 0xa9, 0xe2, 0x82, 0x61]);
    expect(invalidUtf8At(bytes, 0, bytes.length)).toBe(3);
    expect(invalidUtf8At(bytes, 0, 3)).toBe(-1);
    expect(invalidUtf8At(bytes, 0, 2)).toBe(1);
  });
});
