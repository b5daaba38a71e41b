import { expect, test } from 'vitest';
import { combineExitCodes } from '../../../src/errors/combine-exit-codes.ts';
import type { ExitCode } from '../../../src/errors/error-codes.ts';

test.each<[ExitCode[], ExitCode]>([
  [[], 0],
  [[0, 0], 0],
  [[0, 6], 6],
  [[6, 3], 3],
  [[6, 8], 8],
  [[8, 3, 6], 3],
  [[8, 5, 4, 7], 4],
  [[7, 8], 7],
  [[6, 130], 130],
  [[143, 8], 8],
  [[3, 2], 2],
  [[3, 1, 2], 1],
])('%j ends with %i', (codes, expected) => {
  expect(combineExitCodes(codes)).toBe(expected);
  expect(combineExitCodes([...codes].reverse())).toBe(expected);
});
