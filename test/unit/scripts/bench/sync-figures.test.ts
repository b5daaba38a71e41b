import { describe, expect, test } from 'vitest';
import { needsSync } from '../../../../scripts/bench/figure-loads.ts';
import { computeSync } from '../../../../scripts/bench/sync/sync-figures.ts';
import type { SyncMeasurements, SyncSample } from '../../../../scripts/bench/sync/sync-samples.ts';

const sample = (seconds: number, more: Partial<SyncSample> = {}): SyncSample => ({
  ...{ seconds, reportedSeconds: seconds - 0.5, cpuSeconds: 2, peakMebibytes: 100, events: 0 },
  ...more,
});

const measured: SyncMeasurements = {
  idle: [sample(1), sample(1.5), sample(1)],
  backlogs: [
    {
      ...{ name: 'deletes', what: 'deletes', collection: 'nested', events: 10_000 },
      samples: [sample(2), sample(3), sample(6)],
    },
    {
      ...{ name: 'small-updates', what: 'updates of one field', collection: 'nested', events: 40_000 },
      samples: [sample(5, { peakMebibytes: 200 }), sample(6, { peakMebibytes: 150 }), sample(5)],
    },
  ],
  lag: [
    { wanted: 1000, made: 999, seconds: [0.3, 0.1, 0.2, 0.4, 5] },
    { wanted: 5000, made: 3210.4, seconds: [1] },
  ],
  refresh: { documents: 1000, load: [10, 20, 10], full: [6, 10, 5], forced: [15, 60, 20] },
};

const none: SyncMeasurements = { backlogs: [], idle: [], lag: [], refresh: undefined };

test('looking at everything again is time over time of the first load, by rounds', () => {
  const figures = computeSync({ ...none, refresh: measured.refresh });
  expect(
    figures.map(({ figure, value, reference, result, verdict }) => [
      figure,
      value,
      reference,
      result,
      verdict,
    ]),
  ).toEqual([
    [10, 6, 10, 0.5, 'ok'],
    [10, 20, 10, 2, 'below'],
  ]);
  expect(figures[1]).toMatchObject({ unit: 's', low: 1.5, high: 3, target: { kind: 'at most', value: 1.4 } });
});

describe('changes', () => {
  const figures = computeSync({ ...measured, refresh: undefined, lag: [] });
  const shown = figures.map(({ what, value, low, high, verdict }) => [what, value, low, high, verdict]);

  test('are events per second by the report, and with start and end of the process', () => {
    expect(shown.slice(0, 2)).toEqual([
      ['deletes', 4_000, 10_000 / 5.5, 10_000 / 1.5, 'no target'],
      ['the same with start and end of the process', 10_000 / 3, 10_000 / 6, 5_000, 'no target'],
    ]);
  });

  test('that are small updates have a target, and are counted per CPU time too', () => {
    expect(shown.slice(2, 5)).toEqual([
      ['updates of one field', 40_000 / 4.5, 40_000 / 5.5, 40_000 / 4.5, 'below'],
      ['the same with start and end of the process', 8_000, 40_000 / 6, 8_000, 'no target'],
      ['the same per second of CPU time of docrow', 20_000, 20_000, 20_000, 'no target'],
    ]);
    expect(figures[2]!.target).toEqual({ kind: 'at least', value: 11_000 });
  });

  test('show what a sync takes that has none of them, and the memory of the most', () => {
    expect(shown.slice(5)).toEqual([
      ['a sync with nothing to do', 0.5, 0.5, 1, 'no target'],
      ['the same with start and end of the process', 1, 1, 1.5, 'no target'],
      ['peak memory of docrow: 40,000 events', 150, 100, 200, 'no target'],
    ]);
  });
});

test('being behind is a median and a 95th percentile, with what the server took where that was less', () => {
  const figures = computeSync({ ...none, lag: measured.lag });
  expect(figures.map(({ what, value, unit }) => [what, value, unit])).toEqual([
    ['--follow, 1,000 changes/s: behind by, median', 0.3, 's'],
    ['the same, 95th percentile', 5, 's'],
    ['--follow, 5,000 changes/s (the server took 3,210): behind by, median', 1, 's'],
    ['the same, 95th percentile', 1, 's'],
  ]);
});

test('nothing is shown of what was not measured', () => {
  expect(computeSync(undefined)).toEqual([]);
  expect(computeSync(none)).toEqual([]);
});

test.each([
  [[10], ['nested'], true],
  [[12], ['nested', 'flat'], true],
  [[12], ['flat'], false],
  [[1, 13], ['nested'], false],
] as const)('figures %j with %j measure it: %j', (figures, shapes, expected) => {
  expect(needsSync(new Set(figures), shapes)).toBe(expected);
});
