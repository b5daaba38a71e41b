import { expect, test } from 'vitest';
import {
  noSyncCounts,
  type SyncCollectionRecord,
  type SyncRecord,
} from '../../../src/checkpoint/sync-store.ts';
import { describeSync } from '../../../src/pipeline/describe-sync.ts';

const secondsAgo = (seconds: number): Date => new Date(Date.now() - seconds * 1000);

const record: SyncRecord = {
  position: { clusterTime: `${Math.floor(Date.now() / 1000) - 90}:3`, resumeToken: undefined },
  recovery: undefined,
  events: 12,
  isSettled: true,
  batches: 3,
  startedAt: secondsAgo(3600),
  movedAt: secondsAgo(5),
};
const collections: readonly SyncCollectionRecord[] = [
  {
    collection: 'tasks',
    counts: { ...noSyncCounts, inserted: 2, updated: 3, deleted: 1, rows: { tasks: 6 } },
    stop: undefined,
    mark: { field: 'updatedAt', value: new Uint8Array(), valueText: 'canary' },
    changedAt: undefined,
  },
  {
    collection: 'users',
    counts: noSyncCounts,
    stop: { code: 'collection-gone', reason: 'dropped', clusterTime: '1772357410:7' },
    mark: undefined,
    changedAt: secondsAgo(10),
  },
];

const described = (found: Partial<SyncRecord> | undefined, isLocked: boolean, only?: readonly string[]) =>
  describeSync({
    store: {
      countRejections: async () => [
        { collection: 'tasks', code: 'value-mismatch', path: 'a', reason: '', documents: 2 },
        { collection: 'tasks', code: 'reference-missing', path: 'b', reason: '', documents: 1 },
      ],
    },
    syncStore: {
      find: async () => (found === undefined ? undefined : { ...record, ...found }),
      collections: async () => collections,
    },
    runId: '3f2a9c1e',
    isLocked,
    only,
  });

test('a run that was never followed has nothing to tell', async () => {
  expect(await described(undefined, false)).toBeUndefined();
});

test('position, lag, and each collection with what is set aside now; no value of a document', async () => {
  const state = await described({}, true);
  expect(state).toMatchObject({ isFollowed: true, events: 12, batches: 3 });
  expect(state!.lagSeconds).toBeGreaterThanOrEqual(90);
  expect(state!.collections).toMatchObject([
    { collection: 'tasks', changed: 5, deleted: 1, setAsideNow: 3, cursorField: 'updatedAt' },
    {
      collection: 'users',
      setAsideNow: 0,
      stopped: { code: 'collection-gone', at: '2026-03-01T09:30:10.000Z' },
    },
  ]);
  expect(JSON.stringify(state)).not.toContain('canary');
  expect((await described({}, true, ['users']))!.collections).toHaveLength(1);
});

test('followed only where a process holds the lock and moves the position', async () => {
  expect((await described({}, false))!.isFollowed).toBe(false);
  expect((await described({ movedAt: secondsAgo(300) }, true))!.isFollowed).toBe(false);
  const without = (await described({ position: undefined }, true))!;
  expect(without).toMatchObject({ isFollowed: false, lagSeconds: undefined, position: undefined });
});
