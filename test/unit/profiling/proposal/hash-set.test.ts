import { expect, test } from 'vitest';
import { HashSet } from '../../../../src/profiling/proposal/hash-set.ts';

const random = (n: number): [number, number] => {
  const mixed = Math.imul(n ^ (n >>> 15), 0x2c1b3c6d) >>> 0;
  return [Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) >>> 0, (mixed * 31) >>> 0];
};

test('it has what was added, and says what was there already', () => {
  const set = new HashSet(10_000);
  for (let n = 0; n < 5000; n++) expect(set.add(...random(n))).toBe(true);
  for (let n = 0; n < 5000; n++) expect(set.add(...random(n))).toBe(false);
  expect(set.isSample).toBe(false);
  expect(set.has(...random(1))).toBe(true);
  expect(set.has(...random(6000))).toBe(false);
  expect(set.add(0, 0)).toBe(false);
});

test('beyond its limit it keeps a part, and knows which', () => {
  const set = new HashSet(1000);
  for (let n = 0; n < 20_000; n++) set.add(...random(n));
  expect(set.isSample).toBe(true);
  const covered = Array.from({ length: 20_000 }, (_, n) => random(n)).filter(([low]) => set.covers(low));
  expect(covered.length).toBeGreaterThan(300);
  expect(covered.length).toBeLessThan(1200);
  expect(covered.every(([low, high]) => set.has(low, high))).toBe(true);
});
