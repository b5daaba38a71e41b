import { describe, expect, test } from 'vitest';
import { judge, type Measurements } from '../../../../scripts/bench/figure.ts';
import { computeRatios } from '../../../../scripts/bench/ratio-figures.ts';
import { computeReading } from '../../../../scripts/bench/reading-figures.ts';
import { computeUsage } from '../../../../scripts/bench/usage-figures.ts';

const measured: Measurements = {
  shape: 'nested',
  documents: 1000,
  rows: 6000,
  bytes: 1e9,
  samples: {
    B1: [
      { seconds: 10, workSeconds: 10 },
      { seconds: 20, workSeconds: 20 },
      { seconds: 11, workSeconds: 11 },
    ],
    T1: [{ seconds: 15 }, { seconds: 30 }, { seconds: 15 }],
    'docrow-1': [
      { seconds: 10, workSeconds: 9, cpuSeconds: 2, peakMebibytes: 100 },
      { seconds: 25, workSeconds: 24, cpuSeconds: 3, peakMebibytes: 104 },
      { seconds: 10, workSeconds: 9, cpuSeconds: 2, peakMebibytes: 120 },
    ],
    'docrow-live': [
      { seconds: 20, firstBatchSeconds: 5, cpuSeconds: 4, peakMebibytes: 150 },
      { seconds: 40, firstBatchSeconds: 10, cpuSeconds: 8, peakMebibytes: 180 },
      { seconds: 20, firstBatchSeconds: 5, cpuSeconds: 4, peakMebibytes: 150 },
    ],
  },
  small: {
    documents: 200,
    rows: 200,
    bytes: 2e8,
    samples: { 'docrow-1': [{ seconds: 2, cpuSeconds: 0.8, peakMebibytes: 90 }] },
  },
};

test.each([
  [0.97, { kind: 'at least', value: 0.97 }, 'ok'],
  [0.96, { kind: 'at least', value: 0.97 }, 'below'],
  [1.1, { kind: 'at most', value: 1.1 }, 'ok'],
  [1.11, { kind: 'at most', value: 1.1 }, 'below'],
  [5, undefined, 'no target'],
] as const)('%d against %j is %s', (result, target, verdict) => {
  expect(judge(result, target)).toBe(verdict);
});

describe('ratios', () => {
  test('figure 1 is the rate of docrow over that of B1, by rounds', () => {
    expect(computeRatios(measured, new Set([1]))).toEqual([
      {
        figure: 1,
        shape: 'nested',
        what: 'dump, 1 worker ÷ psql \\copy of binary (B1)',
        value: 100,
        unit: 'docs/s',
        reference: 1000 / 11,
        result: 1,
        low: 0.8,
        high: 1.1,
        target: { kind: 'at least', value: 0.97 },
        verdict: 'ok',
      },
    ]);
  });

  test('figure 9 is time over time, inside the processes', () => {
    const [figure] = computeRatios(measured, new Set([9]));
    expect(figure).toMatchObject({
      unit: 's',
      value: 9,
      reference: 11,
      result: 0.9,
      high: 1.2,
      verdict: 'ok',
    });
  });

  test('figure 13 leaves the wait for the first batch out, and shows it with it too', () => {
    const figures = computeRatios(measured, new Set([13]));
    expect(figures.map(({ result, verdict }) => [result, verdict])).toEqual([
      [1, 'ok'],
      [0.75, 'no target'],
    ]);
  });

  test('figures 1 and 3 are the same of the two shapes', () => {
    const numbers = (shape: 'nested' | 'flat') =>
      computeRatios({ ...measured, shape }, new Set([1, 3])).map(({ figure }) => figure);
    expect([numbers('nested'), numbers('flat')]).toEqual([[1], [3]]);
  });

  test('figure 14 counts the rows of both tables', () => {
    const [figure] = computeRatios({ ...measured, shape: 'orders' }, new Set([1, 5, 14]));
    expect(figure).toMatchObject({ figure: 14, unit: 'rows/s', value: 600, reference: 6000 / 11, result: 1 });
  });

  test('what was not measured has no figure', () => {
    expect(computeRatios(measured, new Set([4, 8]))).toEqual([]);
  });
});

describe('inspecting', () => {
  const samples = { 'docrow-inspect': [{ seconds: 2, workSeconds: 1, cpuSeconds: 4 }] };
  const inspected: Measurements = { ...measured, documents: 200_000, samples };

  test('is documents per second: of the whole process, of its work, of CPU time', () => {
    const figures = computeReading(inspected, new Set([15]));
    expect(figures.map(({ value, verdict }) => [value, verdict])).toEqual([
      [100_000, 'ok'],
      [200_000, 'ok'],
      [50_000, 'below'],
    ]);
    expect(figures[0]).toMatchObject({ figure: 15, unit: 'docs/s', reference: undefined });
  });

  test('has no figure where nobody asked for it, or it was not measured', () => {
    expect(computeReading(inspected, new Set([1]))).toEqual([]);
    expect(computeReading(measured, new Set([15]))).toEqual([]);
  });
});

describe('CPU time and memory', () => {
  test('are judged by their medians, with what more documents add', () => {
    const figures = computeUsage(measured, new Set([6, 7])).map(({ figure, what, result, verdict }) => [
      figure,
      what,
      Number(result.toFixed(3)),
      verdict,
    ]);
    expect(figures).toEqual([
      [6, 'CPU time of docrow per GB: dump, 1 worker', 2, 'ok'],
      [6, 'of it for each further GB, without the start', 1.5, 'no target'],
      [7, 'peak memory of docrow: dump, 1 worker', 104, 'ok'],
      [7, 'more than with a fifth of the documents', 14, 'below'],
      [6, 'CPU time of docrow per GB: live, 1 worker', 4, 'ok'],
      [7, 'peak memory of docrow: live, 1 worker', 150, 'ok'],
    ]);
  });

  test('of flat documents have no target per GB', () => {
    const [figure] = computeUsage({ ...measured, shape: 'flat' }, new Set([6]));
    expect(figure).toMatchObject({ result: 2, verdict: 'no target' });
  });
});
