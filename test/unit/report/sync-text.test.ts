import { expect, test } from 'vitest';
import type { SyncReport } from '../../../src/report/sync-report.ts';
import { createStyle } from '../../../src/report/text/style.ts';
import { renderSync } from '../../../src/report/text/sync-text.ts';
import { sampleSync } from '../cli/sample-sync.ts';

const of = (more: Partial<SyncReport> = {}, width = 120): string =>
  renderSync(createStyle(false, width), { ...sampleSync, ...more });

const noWork = {
  ...sampleSync.totals,
  events: 0,
  changed: 0,
  deleted: 0,
  unchanged: 0,
  rejected: 0,
  rows: 0,
};

test('what was done, up to when, and collection by collection', () => {
  const text = of();
  expect(text).toMatch(
    /^! 910 documents changed, 4 deleted, 3 set aside\n {2}In step with the source as of 2026-03-01 08:15:30 UTC, 0 s behind\n {2}by change events, 2\.5 s\n/,
  );
  expect(text).toMatch(/^Collection +Events +Changed +Deleted +Unchanged +Set aside +Rows written$/m);
  expect(text).toMatch(/^tasks +1,180 +900 +4 +100 +3 +tasks 904$/m);
  expect(text).toMatch(/^Total +1,200 +910 +4 +102 +3 +945$/m);
  expect(text).toContain('Set aside: 3 documents');
  expect(text).toContain('docrow rejects list');
  expect(text).toContain('docrow validate');
});

test('nothing had changed', () => {
  const text = of({ status: 'done', exitCode: 0, collections: [], totals: noWork, rejections: [] });
  expect(text).toBe(
    '✓ Nothing had to be changed\n  In step with the source as of 2026-03-01 08:15:30 UTC, 0 s behind\n  by change events, 2.5 s\n',
  );
});

test('how far it got, where it did not get to the end', () => {
  const position = { ...sampleSync.position!, reachedBy: '2026-03-01T08:16:45.000Z' };
  const text = of({ status: 'interrupted', exitCode: 143, position });
  expect(text).toContain('■ Stopped: 910 documents changed, 4 deleted; the same command goes on from here');
  expect(text).toContain('Every change up to 2026-03-01 08:15:30 UTC is in the tables, 1 min 15 s behind');
  expect(text).not.toContain('Next\n');
  expect(of({ status: 'failed', totals: noWork })).toMatch(/^✗ Not brought in step\n/);
});

test('without events the documents that were read are counted, and no time of the source is said', () => {
  const text = of({ mode: 'cursor', position: undefined });
  expect(text).toMatch(/^Collection +Read +Changed/m);
  expect(text).toMatch(/^tasks +1,003 +900/m);
  expect(text).not.toContain('In step');
});

test('the gap, and the command that closes it', () => {
  const error = {
    code: 'source-history-lost',
    message: 'Gone',
    hint: 'Recover',
    location: undefined,
  } as const;
  const gap = { from: '2026-03-01T05:00:00.000Z', to: '2026-03-01T08:12:00.000Z' };
  const text = of({ status: 'failed', exitCode: 7, gap, errors: [error] });
  expect(text).toContain('✗ The source has lost changes that are not in the tables yet');
  expect(text).toContain('Changes from 2026-03-01 05:00:00 UTC to 2026-03-01 08:12:00 UTC (3 h 12 min)');
  expect(text).toContain('docrow sync --once --recover');
  expect(of({ status: 'failed', gap: { ...gap, to: undefined } })).toContain(
    'Changes after 2026-03-01 05:00:00 UTC are not in the tables',
  );
});

test('collections that are followed no more are said once, with the reason and the way on', () => {
  const [tasks, users] = sampleSync.collections;
  const reason = 'It was renamed to old\u001b[2J';
  const stopped = { code: 'collection-gone', reason, at: '2026-03-01T08:10:00.000Z' } as const;
  const errors = [
    { code: 'collection-gone', message: reason, hint: 'Recover it', location: 'users' },
  ] as const;
  const collections = [tasks!, { ...users!, stopped }];
  const text = of({ status: 'failed', exitCode: 5, collections, errors });
  expect(text).toContain('✗ Not all collections are kept in step: 910 documents changed, 4 deleted');
  expect(text).toContain(
    '✗ users since 2026-03-01 08:10:00 UTC: It was renamed to old\\u001b[2J [collection-gone]',
  );
  expect(text.match(/It was renamed/g)).toHaveLength(1);
  expect(text).toContain('docrow sync --once --recover');
  const other = {
    code: 'target-disk-full',
    message: 'Disk full',
    hint: 'Free some',
    location: 'users',
  } as const;
  const worse = of({ status: 'failed', collections, errors: [...errors, other] });
  expect(worse).toContain('✗ Not brought in step');
  expect(worse).toContain('✗ users  Disk full [target-disk-full]');
});

test('rows that somebody else wrote', () => {
  const collections = sampleSync.collections.map((line) => ({ ...line, foreignWrites: 2 }));
  expect(of({ collections })).toContain('! tasks: 2 rows were written by somebody else');
});

test.each([80, 120])('no line below the verdict is longer than %d columns', (width) => {
  for (const line of of({}, width).split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(width);
});
