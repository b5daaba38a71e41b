import type { CollectionReport, MigrationReport } from '../../../src/report/migration-report.ts';

const collection = (
  name: string,
  read: number,
  rejected: number,
  rows: Readonly<Record<string, number>>,
): CollectionReport => {
  const counts = {
    read,
    loaded: read - rejected,
    rejected,
    filtered: 0,
    bytes: read * 1000,
    seconds: read / 4000,
  };
  return { collection: name, ...counts, rows, attempt: counts };
};

/** A migration of the sample with documents set aside. */
export const sampleMigration: MigrationReport = {
  command: 'migrate',
  runId: '3f2a9c1e',
  status: 'rejected',
  exitCode: 6,
  nothingToDo: false,
  collections: [
    collection('users', 240, 2, { users: 238 }),
    collection('tasks', 700, 5, { tasks: 695, task_tags: 1204 }),
    collection('dramatiq_tasks', 3000, 30, { subtasks: 2970 }),
  ],
  totals: { read: 3940, loaded: 3903, rejected: 37, filtered: 0, rows: 5107, bytes: 3_940_000, seconds: 1 },
  rejections: [
    {
      collection: 'users',
      code: 'value-nul-character',
      path: 'fullname',
      reason: 'A text holds NUL',
      documents: 1,
    },
    {
      collection: 'dramatiq_tasks',
      code: 'reference-missing',
      path: 'parent_task_id',
      reason: '',
      documents: 6,
    },
    {
      collection: 'tasks',
      code: 'value-mismatch',
      path: 'tags',
      reason: 'A number is no text',
      documents: 3,
    },
  ],
  adjustments: [{ collection: 'tasks', table: 'tasks', column: 'parent', kind: 'orphan-null', documents: 4 }],
  validation: { verdict: 'match', level: 'counts' },
  errors: [],
};
