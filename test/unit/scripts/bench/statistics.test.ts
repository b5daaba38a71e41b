import { expect, test } from 'vitest';
import { rotate } from '../../../../scripts/bench/rotate.ts';
import { median, pairedRatios, percentile, spread } from '../../../../scripts/bench/statistics.ts';

test.each([
  [[5], 5],
  [[10, 9, 100], 10],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %d', (numbers, expected) => {
  expect(median(numbers)).toBe(expected);
});

test('the median leaves its numbers in their order and refuses none', () => {
  const numbers = [3, 1, 2];
  median(numbers);
  expect(numbers).toEqual([3, 1, 2]);
  expect(() => median([])).toThrow(RangeError);
});

test.each([
  [[7], 0.95, 7],
  [[3, 1, 2], 0.5, 2],
  [Array.from({ length: 100 }, (_, at) => 100 - at), 0.95, 95],
  [[1, 2], 1, 2],
])('of %j, a share of %d is not above %d', (numbers, share, expected) => {
  expect(percentile(numbers, share)).toBe(expected);
  expect(() => percentile([], share)).toThrow(RangeError);
});

test('a spread has the lowest and the highest', () => {
  expect(spread([7, 3, 5])).toEqual({ median: 5, low: 3, high: 7 });
});

test('ratios are taken round by round', () => {
  // The machine was ten times slower in the second round, for both.
  expect(pairedRatios([2, 20, 3], [1, 10, 2])).toEqual({ median: 2, low: 1.5, high: 2 });
  expect(() => pairedRatios([1], [1, 2])).toThrow(RangeError);
});

test('every round begins with another one', () => {
  const rounds = [0, 1, 2, 3].map((round) => rotate(['a', 'b', 'c'], round).join(''));
  expect(rounds).toEqual(['abc', 'bca', 'cab', 'abc']);
  expect(rotate([], 2)).toEqual([]);
});
