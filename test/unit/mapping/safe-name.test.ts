import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnNameProblem, nameProblem, safeName } from '../../../src/mapping/safe-name.ts';

describe('safeName', () => {
  it('leaves names up to 63 bytes alone', () => {
    expect(safeName('a'.repeat(63))).toBe('a'.repeat(63));
    expect(safeName('ä'.repeat(31))).toBe('ä'.repeat(31));
  });

  it('cuts longer ones and adds a hash that stays the same from version to version', () => {
    expect(safeName('a'.repeat(64))).toBe(`${'a'.repeat(54)}_ffe054fe`);
    expect(safeName('ä'.repeat(32))).toBe(`${'ä'.repeat(27)}_${safeName('ä'.repeat(32)).slice(-8)}`);
  });

  it('keeps names apart that are alike in their first 63 bytes', () => {
    expect(safeName(`${'a'.repeat(70)}x`)).not.toBe(safeName(`${'a'.repeat(70)}y`));
  });

  it('always fits and stays valid text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 20, maxLength: 90 }), (name) => {
        const safe = safeName(name);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(63);
        expect(Buffer.from(safe).toString()).toBe(safe);
        expect(safeName(safe)).toBe(safe);
      }),
    );
  });
});

describe('nameProblem', () => {
  it.each(['', 'a\0b', 'a\ud800', '__proto__'])('refuses %j', (name) => {
    expect(nameProblem(name)).toBeDefined();
  });

  it.each(['select', 'Ünïcode', 'with space', 'constructor', 'a"b'])('takes %j', (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });

  it.each(['ctid', 'xmin', 'XMAX', 'cmin', 'cmax', 'tableoid', 'oid'])(
    'refuses the system column %s',
    (name) => {
      expect(columnNameProblem(name)).toContain('system column');
      expect(nameProblem(name)).toBeUndefined();
    },
  );
});
