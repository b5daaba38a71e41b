import { describe, expect, it } from 'vitest';
import { createMemory } from '../../../src/encoding/memory.ts';
import { type JsonNul, writeJsonString } from '../../../src/encoding/write-json-string.ts';
import { memoryOf } from '../../support/fast-encoder.ts';

const output = createMemory(5000);

function jsonOf(text: string | Buffer, nul: JsonNul = 'reject'): string {
  const bytes = Buffer.from(text as string);
  try {
    const end = writeJsonString(memoryOf(bytes), 0, bytes.length, output, 0, nul);
    return output.bytes.toString('utf8', 0, end);
  } catch (problem) {
    return (problem as { code: string }).code;
  }
}

describe('a JSON string', () => {
  it('escapes exactly what JSON demands, at every place in a word', () => {
    for (let code = 1; code <= 0x300; code++) {
      for (let before = 0; before < 8; before++) {
        const text = `${'x'.repeat(before)}${String.fromCharCode(code)}yz`;
        expect(jsonOf(text)).toBe(JSON.stringify(text));
      }
    }
  });

  it('escapes many in a row', () => {
    const text = '"\\\b\f\n\r\t\u0001\u001f/\u007fé\u{1F600}'.repeat(40);
    for (const nul of ['reject', 'strip', 'wrap', 'json'] as const) {
      expect(jsonOf(text, nul)).toBe(JSON.stringify(text));
    }
  });

  it.each<[JsonNul, string]>([
    ['reject', 'value-nul-character'],
    ['strip', '"a\\\\b\\n"'],
    ['escape', '"a\\\\0\\\\\\\\b\\n"'],
    ['wrap', '{"$docrowNul":"a\\\\0\\\\\\\\b\\n"}'],
    ['json', '"a\\u0000\\\\b\\n"'],
  ])('with NUL under the policy %s', (nul, expected) => {
    expect(jsonOf('a\0\\b\n', nul)).toBe(expected);
  });

  it('doubles backslashes under `escape` even without NUL, and under no other policy', () => {
    expect(jsonOf('\\', 'escape')).toBe('"\\\\\\\\"');
    for (const nul of ['reject', 'strip', 'wrap', 'json'] as const) expect(jsonOf('\\', nul)).toBe('"\\\\"');
  });

  it.each([
    ['overlong', [0xc0, 0x80]],
    ['overlong in three', [0xe0, 0x9f, 0xbf]],
    ['overlong in four', [0xf0, 0x8f, 0xbf, 0xbf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a lead byte that is none', [0xf5, 0x80, 0x80, 0x80]],
    ['a lone continuation', [0x80]],
    ['cut short', [0xe2, 0x82]],
    ['not continued', [0xe2, 0x82, 0x41]],
  ])('that is not UTF-8 is refused: %s', (_name, bytes) => {
    for (const before of ['', 'abc', 'x'.repeat(300)]) {
      for (const after of ['', 'xyz\0"', 'y'.repeat(300)]) {
        const text = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
        for (const nul of ['reject', 'strip', 'escape', 'wrap', 'json'] as const) {
          expect(jsonOf(text, nul)).toBe('value-invalid-utf8');
        }
      }
    }
  });

  it('takes every valid form of UTF-8 at its ends', () => {
    const text = '\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}';
    expect(jsonOf(text)).toBe(JSON.stringify(text));
    expect(jsonOf(text.repeat(50))).toBe(JSON.stringify(text.repeat(50)));
  });
});
