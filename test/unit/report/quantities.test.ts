import { expect, test } from 'vitest';
import {
  formatByteRate,
  formatBytes,
  formatCount,
  formatDuration,
  formatLag,
  formatRate,
  formatTime,
} from '../../../src/report/text/quantities.ts';

test.each([
  [0, '0'],
  [1234567, '1,234,567'],
])('count %d', (value, text) => expect(formatCount(value)).toBe(text));

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1_234_567, '1.2 MB'],
  [123_456_789, '123 MB'],
  [999_999, '1.0 MB'],
  [5e12, '5.0 TB'],
])('bytes %d', (value, text) => expect(formatBytes(value)).toBe(text));

test.each([
  [0, '0 s'],
  [0.0421, '43 ms'],
  [0.25, '0.3 s'],
  [59.99, '1 min 00 s'],
  [75, '1 min 15 s'],
  [7500, '2 h 05 min'],
  [111_600, '1 d 7 h'],
])('duration %d', (value, text) => expect(formatDuration(value)).toBe(text));

test('a rate needs a time', () => {
  expect(formatByteRate(1_000_000, 2)).toBe('500 kB/s');
  expect(formatByteRate(1_000_000, 0)).toBe('–');
});

test.each([
  [0, '0 s'],
  [12.4, '12 s'],
  [75, '1 min 15 s'],
])('lag %d', (value, text) => expect(formatLag(value)).toBe(text));

test.each([
  [0, '0/s'],
  [0.42, '0.4/s'],
  [9.96, '10/s'],
  [1234.5, '1,235/s'],
])('rate %d', (value, text) => expect(formatRate(value)).toBe(text));

test('a time says its zone', () =>
  expect(formatTime('2026-03-01T08:15:30.123Z')).toBe('2026-03-01 08:15:30 UTC'));
