import { expect, test } from 'vitest';
import { renderLines } from '../../../../scripts/bench/render-lines.ts';
import { renderPage } from '../../../../scripts/bench/render-page.ts';
import type { BenchResults } from '../../../../scripts/bench/results.ts';

const results: BenchResults = {
  startedAt: '2026-02-03T04:05:06.000Z',
  minutes: 27.6,
  command: 'npm run bench -- --documents 1000000',
  documents: 1_000_000,
  rounds: 5,
  machine: {
    cpu: 'Some CPU',
    cores: 2,
    memoryGibibytes: 8,
    system: 'Linux 6.1',
    node: '20.19.0',
    docrow: '0.1.0',
  },
  postgres: { version: '18.4', kind: 'started', settings: { fsync: 'on', shared_buffers: '256MB' } },
  psql: 'psql (PostgreSQL) 18.0',
  mongo: undefined,
  figures: [
    {
      ...{ figure: 1, shape: 'nested', what: 'one ÷ other', value: 52_310.4, unit: 'docs/s' },
      ...{ reference: 54_900, result: 0.953, low: 0.934, high: 0.977 },
      ...{ target: { kind: 'at least', value: 0.97 }, verdict: 'below' },
    },
    {
      ...{ figure: 7, shape: 'flat', what: 'memory', value: 98.4, unit: 'MiB', reference: undefined },
      ...{ result: 98.4, low: 97.2, high: 101.6 },
      ...{ target: { kind: 'at most', value: 110 }, verdict: 'ok' },
    },
    {
      ...{
        figure: 15,
        shape: 'nested',
        what: 'inspect',
        value: 98_765.4,
        unit: 'docs/s',
        reference: undefined,
      },
      ...{ result: 98_765.4, low: 97_000, high: 101_000 },
      ...{ target: { kind: 'at least', value: 80_000 }, verdict: 'ok' },
    },
  ],
  measurements: [],
  sync: undefined,
};

test('the terminal gets one line per figure', () => {
  const [header, first, second, ...rest] = renderLines(results).split('\n');
  expect(header).toMatch(/^# {3}shape {3}what +docrow +reference +ratio +target$/);
  expect(first).toMatch(
    /^1 .*52,310 docs\/s {2}54,900 docs\/s {2}0\.95 \(0\.93–0\.98\) {2}≥ 0\.97 {4}below$/,
  );
  expect(second).toMatch(/^7 .*98 MiB \(97–102\) .*≤ 110 .*ok$/);
  expect(rest.join('\n')).toContain(
    'docrow 0.1.0, Node 20.19.0, PostgreSQL 18.4, psql (PostgreSQL) 18.0\nSome CPU, 2 cores',
  );
});

test('the page holds command, table, machine, versions and explanation', () => {
  const page = renderPage(results);
  expect(page).toMatch(/^# Benchmarks\n/);
  for (const part of [
    '`npm run bench -- --documents 1000000`, 2026-02-03, 28 minutes:',
    '| 1 | nested | one ÷ other | 52,310 docs/s | 54,900 docs/s | 0.95 (0.93–0.98) | ≥ 0.97 | below |',
    '| 7 | flat | memory | 98 MiB (97–102) |  |  | ≤ 110 | ok |',
    '| 15 | nested | inspect | 98,765 docs/s (97,000–101,000) |  |  | ≥ 80,000 | ok |',
    '- Machine: Some CPU, 2 cores, 8 GiB, Linux 6.1',
    '- PostgreSQL was started for the run: fsync = on, shared_buffers = 256MB',
    '- MongoDB server of the live loads: none',
    '## What is compared',
    '60,000 *nested*, 10,000 *orders* and 1,000 *large* documents',
    'updates 1,000 and 5,000 documents per second for\n  20 seconds',
  ]) {
    expect(page).toContain(part);
  }
});
