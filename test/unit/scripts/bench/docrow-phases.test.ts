import { describe, expect, test } from 'vitest';
import { readPhases, readReading } from '../../../../scripts/bench/docrow-phases.ts';

const line = (seconds: number, kind: string, more: object = {}): string =>
  JSON.stringify({ at: new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString(), kind, ...more });

const run = [
  line(1, 'run-started'),
  line(2, 'collection-planned', { ranges: 1 }),
  // The first 1,000 documents took a second, and before them 3 seconds passed.
  line(6, 'chunk-committed', { loaded: 1000 }),
  line(7, 'chunk-committed', { loaded: 1000 }),
  line(8, 'chunk-committed', { loaded: 1000 }),
  line(8.5, 'collection-loaded'),
  line(8.5, 'step-started'),
  line(10.5, 'step-finished', { seconds: 2 }),
  line(12, 'step-finished', { seconds: 1.5 }),
];

test('phases are told apart by their events', () => {
  expect(readPhases(['a line of something else', ...run, ''].join('\n'))).toEqual({
    workSeconds: 11,
    loadSeconds: 6.5,
    steadySeconds: 2,
    steadyRate: 1000,
    firstBatchSeconds: 3,
    indexSeconds: 3.5,
  });
});

test('with a single commit there is no wait to be told apart', () => {
  const short = run.filter((_, at) => at < 3 || at > 4);
  expect(readPhases(short.join('\n')).firstBatchSeconds).toBeCloseTo(0, 1);
});

test.each(['run-started', 'collection-planned', 'collection-loaded', 'chunk-committed'])(
  'events without %s are an error',
  (kind) => {
    expect(() => readPhases(run.filter((each) => !each.includes(kind)).join('\n'))).toThrow();
  },
);

describe('reading alone', () => {
  const reading = [
    line(1, 'collection-planned', { ranges: 1 }),
    line(2, 'documents-read', { read: 1000 }),
    line(3.5, 'collection-read'),
  ];

  test('takes from the plan to the last document', () => {
    expect(readReading([...reading, ''].join('\n'))).toBe(2.5);
  });

  test('that did not come to an end is an error', () => {
    expect(() => readReading(reading.slice(0, 2).join('\n'))).toThrow('collection-read');
  });
});
