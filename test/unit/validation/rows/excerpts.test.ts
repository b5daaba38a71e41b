import { describe, expect, test } from 'vitest';
import { excerpts } from '../../../../src/validation/rows/excerpts.ts';

describe('excerpts', () => {
  test('keeps short texts whole, and leaves out NULL', () => {
    expect(excerpts('1.10', '1.1')).toEqual({ expected: '1.10', actual: '1.1' });
    expect(excerpts(null, '')).toEqual({ actual: '' });
    expect(excerpts('', null)).toEqual({ expected: '' });
  });

  test('keeps of long texts the part in which they differ', () => {
    const expected = `${'x'.repeat(50_000)}A${'y'.repeat(50_000)}`;
    const actual = `${'x'.repeat(50_000)}B${'y'.repeat(50_000)}`;
    const kept = excerpts(expected, actual);
    expect(kept.expected).toContain('xAy');
    expect(kept.actual).toContain('xBy');
    expect(kept.expected).toMatch(/^….{2000}…$/);
    expect(excerpts(expected, `${expected}!`).actual).toMatch(/y!$/);
  });

  test('does not cut a character in two', () => {
    const text = '😀'.repeat(5_000);
    for (const actual of [text.slice(0, 6_001), text.slice(0, 6_002), 'x']) {
      for (const one of Object.values(excerpts(text, `${actual}`))) {
        if (one !== actual) expect(JSON.stringify(one)).not.toMatch(/\\ud[89a-f]/i);
      }
    }
  });
});
