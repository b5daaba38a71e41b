import { expect, test } from 'vitest';
import { runReportSchema } from '../../../scripts/docs/run-report-schema.ts';
import { type ReportFormat, renderRunAs } from '../../../src/report/render-run.ts';
import type { RunStatus } from '../../../src/report/status-report.ts';
import type { SyncState } from '../../../src/report/sync-state.ts';
import { syncSentences, syncStateWord } from '../../../src/report/sync-words.ts';
import { renderStatus } from '../../../src/report/text/status-text.ts';
import { createStyle } from '../../../src/report/text/style.ts';
import { hostileText, makeReport, sampleFacts, sampleRun } from '../../support/sample-run.ts';
import { sampleSyncState } from '../../support/sample-sync-state.ts';

const run: RunStatus = {
  runId: '3f2a9c1e',
  state: 'finished',
  source: 'mongo, database shop',
  startedAt: '2026-03-01T08:15:30.123Z',
  finishedAt: '2026-03-01T08:20:00.000Z',
  changePosition: undefined,
  collections: [],
};
const statusOf = (more: Partial<RunStatus>): string =>
  renderStatus(createStyle(false, 120), {
    command: 'status',
    exitCode: 0,
    runs: [{ ...run, ...more }],
    errors: [],
  });

const formats: readonly ReportFormat[] = ['text', 'html', 'md'];

test('status: position, lag, totals and stops; nothing of it where a run was never followed', () => {
  const text = statusOf({ sync: sampleSyncState });
  expect(text).toContain(
    'Kept in step\n  Every change up to 2026-03-01 09:30:10 UTC is in the tables, which is 4 s ago\n  A process follows the changes\n',
  );
  expect(text).toMatch(/^tasks +followed +1,200 +900 +4 +100 +6$/m);
  expect(text).toMatch(/^users +stopped +34 +30 +0 +0 +0$/m);
  expect(text).toContain(
    '✗ users is followed no more since 2026-03-01 09:20:00 UTC: It was dropped in the source [collection-gone]',
  );
  expect(text).toContain('docrow sync --recover');
  expect(statusOf({})).not.toContain('Kept in step');
});

test('in words: not followed now, without events, a recovery that is not through, after the switch', () => {
  const of = (more: Partial<SyncState>, cutOverAt?: string): string =>
    syncSentences({ ...sampleSyncState, ...more }, cutOverAt).join('; ');
  expect(of({ isFollowed: false })).toContain('No process follows the changes now');
  const without = of({ isFollowed: false, position: undefined, lagSeconds: undefined });
  expect(without).toBe(
    'Changes are not followed by events; the tables were last compared on 2026-03-01 09:30:12 UTC',
  );
  expect(of({ recoveringFrom: '2026-03-01T09:00:00.000Z' })).toContain('is not through');
  const after = of({ isFollowed: false }, '2026-03-01T10:00:00.000Z');
  expect(after).toContain('The switch to PostgreSQL was recorded on 2026-03-01 10:00:00 UTC');
  expect(after).not.toMatch(/ago|sync --follow/);
});

test('a collection’s state in a word', () => {
  const [tasks, users] = sampleSyncState.collections;
  const cursor = { position: undefined, isFollowed: false };
  expect(syncStateWord(users!, sampleSyncState)).toBe('stopped');
  expect(syncStateWord(tasks!, sampleSyncState)).toBe('followed');
  expect(syncStateWord(tasks!, { ...sampleSyncState, isFollowed: false })).toBe('in step so far');
  expect(syncStateWord(tasks!, cursor)).toBe('compared');
  expect(syncStateWord({ ...tasks!, cursorField: 'updatedAt' }, cursor)).toBe('by updatedAt');
});

test.each(formats)('report as %s: a section with the same facts, escaped; none without them', (format) => {
  const [tasks, users] = sampleSyncState.collections;
  const stopped = { ...users!.stopped!, reason: `dropped ${hostileText}` };
  const sync = { ...sampleSyncState, collections: [tasks!, { ...users!, stopped }] };
  const text = renderRunAs(format, makeReport({ sync }));
  expect(text).toContain('Kept in step');
  expect(text).toContain('Every change up to 2026-03-01 09:30:10 UTC is in the tables');
  expect(text).toContain('1,200');
  if (format !== 'text') expect(text).not.toContain('<script>window');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are looked for
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]|undefined|NaN/);
  expect(renderRunAs(format, sampleRun)).not.toContain('Kept in step');
});

test('html: the section has an anchor of its own', () => {
  const page = renderRunAs('html', makeReport({ sync: sampleSyncState }));
  expect(page).toContain('<a href="#kept-in-step">');
  expect(page.match(/ id="kept-in-step"/g)).toHaveLength(1);
});

test('json: as the published schema says', () => {
  const report = makeReport({ sync: sampleSyncState, cutOverAt: '2026-03-01T10:00:00.000Z' });
  const written = JSON.parse(renderRunAs('json', report));
  expect(written.sync.collections).toHaveLength(2);
  expect(runReportSchema.parse(written)).toEqual(written);
  expect(JSON.parse(renderRunAs('json', sampleRun))).not.toHaveProperty('sync');
});

test('junit and verdict: a collection that is followed no more fails its check and is named', () => {
  const validation = { ...sampleFacts.validation!, verdict: 'match', differences: [] } as const;
  const report = makeReport({ sync: sampleSyncState, validation });
  const of = (collection: string) =>
    report.checks.find(
      (check) => check.collection === collection && check.name === 'its changes are followed',
    );
  expect(of('tasks')).toMatchObject({ outcome: 'passed' });
  expect(of('users')).toMatchObject({ outcome: 'failed', details: ['It was dropped in the source'] });
  expect(of('dramatiq_tasks')).toMatchObject({ outcome: 'passed' });
  expect(report.verdict.title).toBe('Not all collections are kept in step');
  expect(report.verdict.sentences).toContain('Followed no more: users.');
  expect(renderRunAs('junit', report)).toContain('name="its changes are followed"');
});

test('what was read by the load is not compared with the source once changes were followed', () => {
  const name = 'the source holds as many documents as were read';
  expect(sampleRun.checks.some((check) => check.name === name)).toBe(true);
  const { checks, verdict } = makeReport({ sync: sampleSyncState, rejections: [] });
  expect(checks.some((check) => check.name === name)).toBe(false);
  expect(verdict.sentences.join(' ')).not.toContain('set aside');
});
