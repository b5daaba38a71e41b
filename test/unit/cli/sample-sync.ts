import type { CutoverReport } from '../../../src/report/cutover-report.ts';
import type { SyncReport } from '../../../src/report/sync-report.ts';

const users = {
  events: 20,
  read: 12,
  loaded: 12,
  rejected: 0,
  filtered: 0,
  changed: 10,
  deleted: 0,
  unchanged: 2,
  bytes: 12_000,
};
const tasks = {
  events: 1180,
  read: 1003,
  loaded: 1000,
  rejected: 3,
  filtered: 0,
  changed: 900,
  deleted: 4,
  unchanged: 100,
  bytes: 1_003_000,
};

/** What `sync --once` did with two collections; a document is set aside. */
export const sampleSync: SyncReport = {
  command: 'sync',
  runId: '3f2a9c1e',
  mode: 'stream',
  status: 'rejected',
  exitCode: 6,
  collections: [
    { collection: 'tasks', ...tasks, rows: { tasks: 904, task_tags: 31 } },
    { collection: 'users', ...users, rows: { users: 10 } },
  ],
  totals: {
    events: 1200,
    read: 1015,
    loaded: 1012,
    rejected: 3,
    filtered: 0,
    changed: 910,
    deleted: 4,
    unchanged: 102,
    bytes: 1_015_000,
    rows: 945,
    seconds: 2.5,
  },
  position: {
    sourceTime: '2026-03-01T08:15:30.000Z',
    clusterTime: '1772352930:4',
    reachedBy: '2026-03-01T08:15:30.000Z',
  },
  gap: undefined,
  rejections: [
    {
      collection: 'tasks',
      code: 'value-mismatch',
      path: 'tags',
      reason: 'A number is no text',
      documents: 3,
    },
  ],
  errors: [],
};

/** What `cutover` found: one line is not so. */
export const sampleCutover: CutoverReport = {
  command: 'cutover',
  runId: '3f2a9c1e',
  mode: 'check',
  verdict: 'not-ready',
  exitCode: 5,
  checks: [
    {
      name: 'caught-up',
      title: 'Every change of the source is in the tables',
      state: 'ok',
      detail: '0 s behind',
    },
    {
      name: 'constraints',
      title: 'All constraints are there and valid',
      state: 'failed',
      detail: 'tasks_user_id_fkey is not valid',
      remedy: 'Run docrow migrate, which builds what is missing',
    },
    {
      name: 'foreign-writes',
      title: 'Nobody else wrote to the tables',
      state: 'unknown',
      detail: 'users: 2 rows',
      remedy: 'See docrow.foreign_write',
    },
  ],
  position: { sourceTime: '2026-03-01T08:15:30.000Z', clusterTime: '1772352930:4' },
  validation: { at: '2026-03-01T08:16:00.000Z', level: 'digests', verdict: 'match' },
  errors: [],
};
