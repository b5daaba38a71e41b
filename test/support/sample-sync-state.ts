import type { SyncState } from '../../src/report/sync-state.ts';

const counts = {
  events: 0,
  read: 0,
  loaded: 0,
  rejected: 0,
  filtered: 0,
  changed: 0,
  deleted: 0,
  unchanged: 0,
  bytes: 0,
};

/** A run that is followed, but for one collection, which was dropped in the source. */
export const sampleSyncState: SyncState = {
  startedAt: '2026-03-01T09:00:00.000Z',
  isFollowed: true,
  position: { sourceTime: '2026-03-01T09:30:10.000Z', clusterTime: '1772357410:7' },
  lagSeconds: 4,
  movedAt: '2026-03-01T09:30:12.500Z',
  recoveringFrom: undefined,
  events: 1_234,
  batches: 60,
  collections: [
    {
      collection: 'tasks',
      ...counts,
      events: 1_200,
      read: 1_003,
      loaded: 1_000,
      rejected: 3,
      changed: 900,
      deleted: 4,
      unchanged: 100,
      rows: { tasks: 904, task_tags: 31 },
      setAsideNow: 6,
      changedAt: '2026-03-01T09:30:11.000Z',
    },
    {
      collection: 'users',
      ...counts,
      events: 34,
      read: 30,
      loaded: 30,
      changed: 30,
      rows: { users: 30 },
      setAsideNow: 0,
      stopped: {
        code: 'collection-gone',
        reason: 'It was dropped in the source',
        at: '2026-03-01T09:20:00.000Z',
      },
      changedAt: '2026-03-01T09:19:00.000Z',
    },
  ],
};
