import { completeReport } from '../../src/report/complete-report.ts';
import type { RunCollection, RunFacts, RunReport } from '../../src/report/run-report.ts';
import type { Difference } from '../../src/report/validation-report.ts';
import { sampleMigration } from '../unit/cli/sample-reports.ts';

/** Data that tries to be markup, moves the cursor, and breaks tables. */
export const hostileText = `<script>window.hacked = 1</script>"'><img src=x onerror="hacked=1">|\`*\u0000\u001b[2J\u202e]]>`;

const time = (second: number): string => new Date(Date.UTC(2026, 2, 1, 8, 15, second)).toISOString();

const differences: readonly Difference[] = [
  {
    kind: 'changed-value',
    collection: 'tasks',
    table: 'tasks',
    key: { id: 'aaee1fe7' },
    id: '{"$oid":"63d85a000a0b0c0d000000f1"}',
    column: 'title',
    expected: hostileText,
    actual: 'canary value',
    state: 'standing',
    firstSeenAt: time(40),
  },
  {
    kind: 'missing-row',
    collection: 'tasks',
    table: 'task_tags',
    key: { task_id: hostileText, position: '2' },
    state: 'moving',
    firstSeenAt: time(41),
  },
  {
    kind: 'changed-value',
    collection: 'users',
    table: 'users',
    key: { id: '7' },
    column: 'born',
    expected: '1.10',
    state: 'standing',
    firstSeenAt: time(42),
  },
];

const collections: readonly RunCollection[] = sampleMigration.collections.map(({ attempt: _, ...line }) => ({
  ...line,
  state: 'done',
  fingerprint: `${line.collection.length}`.repeat(64).slice(0, 64),
  rowsBefore: {},
  ranges: { done: 2, total: 2 },
  steps: Object.keys(line.rows).map((table) => ({ table, step: 'primary key', isDone: true })),
  startedAt: time(0),
  finishedAt: time(20),
}));

/** A run of the sample whose comparison found differences, in every part of the report something. */
export const sampleFacts: RunFacts = {
  runId: '3f2a9c1e-0d3b-4c6a-9a51-0c2f4d7e8b90',
  number: 2,
  state: 'finished',
  version: '0.1.0',
  startedAt: time(0),
  finishedAt: time(30),
  runTime: time(0),
  source: { kind: 'dump', database: 'imagegen', changePosition: undefined },
  target: { schema: 'public', postgres: '18.4' },
  attempts: [
    {
      number: 1,
      startedAt: time(0),
      version: '0.1.0',
      node: '20.19.0',
      system: 'Linux 6.1, x64',
      cores: 4,
      memoryBytes: 8e9,
      workers: 3,
    },
  ],
  collections,
  totals: sampleMigration.totals,
  rejections: sampleMigration.rejections,
  adjustments: [
    ...sampleMigration.adjustments,
    {
      collection: 'tasks',
      table: 'tasks',
      column: 'extra',
      kind: 'unmapped-rest',
      path: 'a.b',
      documents: 2,
    },
  ],
  retries: [
    {
      collection: 'users',
      startedAt: time(31),
      finishedAt: time(32),
      loaded: 1,
      fingerprintBefore: '0'.repeat(64),
      fingerprint: '5'.repeat(64),
      changes: ['users.fullname: nul is escape'],
    },
  ],
  changedAt: time(32),
  throughput: [
    {
      attempt: 1,
      startedAt: time(0),
      spanSeconds: 2.5,
      spans: [
        { documents: 2000.5, bytes: 2_000_000 },
        { documents: 1939.5, bytes: 1_940_000 },
      ],
    },
  ],
  validation: {
    verdict: 'mismatch',
    validatedAt: time(45),
    collections: collections.map(({ collection, rows, read, rejected, filtered }) => ({
      collection,
      level: collection === 'users' ? 'counts' : 'documents',
      documents: read,
      rejected,
      filtered,
      tables: Object.entries(rows).map(([table, count]) => ({
        table,
        expectedRows: count,
        actualRows: table === 'task_tags' ? count - 1 : count,
        missing: table === 'task_tags' ? 1 : 0,
        extra: 0,
        changed: table === 'tasks' || table === 'users' ? 1 : 0,
      })),
      declaredLosses: collection === 'tasks' ? [{ path: 'meta', kind: 'key-order', documents: 12 }] : [],
      notCovered: collection === 'dramatiq_tasks' ? ['The column body has a type without a hash.'] : [],
      ...(collection === 'tasks'
        ? {
            roundTrip: { equal: 683, declared: 12, undeclared: 0 },
            aggregates: [
              {
                table: 'tasks',
                column: 'title',
                type: 'text',
                expected: {
                  rows: 695,
                  nulls: 1,
                  distinct: 690,
                  min: 'canary low',
                  max: 'z',
                  averageLength: 12.5,
                },
                actual: {
                  rows: 695,
                  nulls: 1,
                  distinct: 690,
                  min: 'canary low',
                  max: 'y',
                  averageLength: 12.5,
                },
                isEqual: false,
              },
            ],
          }
        : {}),
      seconds: 1.25,
    })),
    differences,
    differencesTruncated: false,
    errors: [],
  },
  notes: ['The tables of users held 3 rows before the run, which stay.'],
  errors: [],
};

export const makeReport = (facts: Partial<RunFacts> = {}, showValues = false): RunReport =>
  completeReport({ ...sampleFacts, ...facts }, { version: '0.1.0', madeAt: time(50), showValues });

export const sampleRun: RunReport = makeReport();
