import type { PlanReport } from '../../../src/report/plan-report.ts';

export const samplePlan: PlanReport = {
  command: 'plan',
  verdict: 'ready, with losses declared',
  reasons: [],
  exitCode: 0,
  isSample: false,
  collections: [
    {
      collection: 'tasks',
      read: 1000,
      loaded: 990,
      rejected: 8,
      filtered: 2,
      examined: 1000,
      isSample: false,
      bytes: 1_200_000,
      rows: { tasks: 990, task_prompts: 2500 },
      rejections: [
        { code: 'value-mismatch', path: 'priority', reason: 'The value is not an integer', documents: 8 },
      ],
      adjustments: [{ table: 'tasks', column: 'note', kind: 'nul-stripped', documents: 1 }],
      declaredLosses: [{ path: 'meta', kind: 'key-order', documents: 700 }],
      newFields: [
        {
          table: 'tasks',
          path: 'color',
          documents: 12,
          type: 'text',
          alter: 'alter table "public"."tasks" add column "color" text;',
          mapping: 'color: { from: color, type: text }',
        },
      ],
      afterLoad: ['Documents that share email of tasks are set aside but for one'],
    },
  ],
  totals: { read: 1000, loaded: 990, rejected: 8, filtered: 2, rows: 3490, bytes: 1_200_000 },
  ddl: 'create table "public"."tasks" ();\n',
  tables: [
    { table: 'tasks', state: 'missing' },
    { table: 'task_prompts', state: 'missing' },
  ],
  run: undefined,
  nothingToDo: false,
  privileges: [
    {
      side: 'target',
      purpose: 'make the schema docrow',
      statement: 'grant create on database "shop" to "loader";',
    },
  ],
  time: { seconds: 75, loadSeconds: 60, indexSeconds: 15, workers: 2, basis: 'Timed just now' },
  disk: { tableBytes: 2_000_000, indexBytes: 500_000, basis: 'Measured' },
  changeHistory: {
    kind: 'window',
    oldest: '2026-03-01T00:00:00.000Z',
    newest: '2026-03-01T00:02:00.000Z',
    seconds: 120,
    isShort: true,
  },
  notes: ['The connection is not encrypted'],
  errors: [],
};
