import { expect, test } from 'vitest';
import { runReportSchema } from '../../../scripts/docs/run-report-schema.ts';
import { noSyncCounts } from '../../../src/checkpoint/sync-store.ts';
import { loadSettings } from '../../../src/config/load-settings.ts';
import { requireRun, withTarget } from '../../../src/resources/open-target.ts';
import { report } from '../../../src/resources/report.ts';
import { status } from '../../../src/resources/status.ts';
import { createProject } from '../../support/bson-dump.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();

const mapping = `
collection: people
tables:
  people:
    key: [id]
    columns:
      id: { from: _id, type: integer }
`;

const clusterTime = `${Date.UTC(2026, 2, 1, 9, 30, 10) / 1000}:7`;

test('status and report tell of a run that was followed, and nothing of one that was not', async () => {
  pipeline.project = createProject({ 'mappings/people.yaml': mapping }, { people: [{ _id: 1 }, { _id: 2 }] });
  await pipeline.migrate();
  const settings = await loadSettings('status', { target: pipeline.uri }, {}, '/');
  const before = [await status(settings), await report(settings, undefined)] as const;
  expect(before[0].runs[0]).not.toHaveProperty('sync');
  expect(before[1]).not.toHaveProperty('sync');
  expect(before[1].verdict.tone).toBe('good');

  await withTarget(settings, async (target) => {
    const run = await requireRun(target);
    const writer = { runId: run.runId, epoch: await target.retryStore.raiseEpoch(run.runId) };
    await target.syncStore.begin(writer, { clusterTime: '100:1', resumeToken: undefined });
    const counts = {
      ...noSyncCounts,
      events: 5,
      read: 3,
      loaded: 3,
      inserted: 1,
      updated: 2,
      rows: { people: 3 },
    };
    await target.syncStore.saveAdvance(writer, {
      position: { clusterTime, resumeToken: undefined },
      counts: new Map([['people', counts]]),
    });
  });

  const expected = {
    isFollowed: false,
    position: { sourceTime: '2026-03-01T09:30:10.000Z', clusterTime },
    events: 5,
    batches: 1,
    collections: [{ collection: 'people', events: 5, changed: 3, deleted: 0, setAsideNow: 0 }],
  };
  expect((await status(settings)).runs[0]!.sync).toMatchObject(expected);
  const made = await report(settings, undefined);
  expect(made.sync).toMatchObject(expected);
  expect(made.sync!.lagSeconds).toBeGreaterThan(0);
  expect(made.verdict.title).toBe('The comparison is older than the data');
  const written = JSON.parse(JSON.stringify(made));
  expect(runReportSchema.parse(written)).toEqual(written);

  await withTarget(settings, async (target) => {
    const run = await requireRun(target);
    await target.lock(() => undefined);
    expect((await status(settings)).runs[0]!.sync!.isFollowed).toBe(true);
    const stop = { code: 'collection-gone', reason: 'dropped', clusterTime } as const;
    const writer = { runId: run.runId, epoch: await target.retryStore.raiseEpoch(run.runId) };
    await target.syncStore.saveAdvance(writer, {
      position: undefined,
      counts: new Map(),
      stops: new Map([['people', stop]]),
    });
  });
  expect((await status(settings)).runs[0]!.sync!.collections[0]!.stopped).toEqual({
    code: 'collection-gone',
    reason: 'dropped',
    at: '2026-03-01T09:30:10.000Z',
  });
  expect((await report(settings, undefined)).checks).toContainEqual({
    collection: 'people',
    name: 'its changes are followed',
    outcome: 'failed',
    details: ['dropped'],
  });
});
