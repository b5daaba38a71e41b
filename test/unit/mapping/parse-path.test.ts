import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePath } from '../../../src/mapping/parse-path.ts';

describe('parsePath', () => {
  it.each([
    ['a', ['a']],
    ['a.b.c', ['a', 'b', 'c']],
    ['a."b.c"', ['a', 'b.c']],
    ['"$ref".x', ['$ref', 'x']],
    ['"a\\"b\\\\"', ['a"b\\']],
    ['""', ['']],
    ['größe.名', ['größe', '名']],
    ['a.0', ['a', '0']],
  ])('reads %s', (text, path) => {
    expect(parsePath(text)).toEqual({ path });
  });

  it.each(['', '.', 'a.', '.a', 'a..b', '"a', 'a"b"', '"a"b'])('refuses %s', (text) => {
    expect(parsePath(text)).toEqual({ problem: expect.stringContaining('path') });
  });

  it('reads any keys in quotes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (path) => {
        const quoted = path.map((key) => `"${key.replace(/["\\]/g, '\\$&')}"`);
        expect(parsePath(quoted.join('.'))).toEqual({ path });
      }),
    );
  });
});
