import { expect, test } from 'vitest';
import type { Reject } from '../../../src/report/rejects-report.ts';
import { renderReject, renderRejects } from '../../../src/report/text/rejects-text.ts';
import { renderStatus } from '../../../src/report/text/status-text.ts';
import { createStyle } from '../../../src/report/text/style.ts';
import { renderValidation } from '../../../src/report/text/validation-text.ts';

const style = createStyle(false, 120);

const reject: Reject = {
  key: '17',
  collection: 'users',
  idText: '65f0c2b1a4d3e2f1a0b9c8d7',
  code: 'value-nul-character',
  path: 'fullname',
  reason: 'The text holds a NUL character',
  table: 'users',
  at: '2026-03-01T08:15:30.123Z',
};

test('status: a run, its collections and the steps that are open', () => {
  const text = renderStatus(style, {
    command: 'status',
    exitCode: 0,
    errors: [],
    runs: [
      {
        runId: '3f2a9c1e',
        state: 'interrupted',
        source: 'mongodb://u:canary@h/db',
        startedAt: '2026-03-01T08:15:30.123Z',
        finishedAt: undefined,
        changePosition: undefined,
        collections: [
          {
            collection: 'tasks',
            state: 'loading',
            read: 1000,
            loaded: 990,
            rejected: 10,
            filtered: 0,
            rows: { tasks: 990, task_tags: 1204 },
            ranges: { done: 3, total: 16 },
            steps: [
              { table: 'tasks', step: 'primary key', state: 'done' },
              { table: 'tasks', step: 'index on status', state: 'failed' },
            ],
            lastPosition: 'after _id 65f0',
            startedAt: undefined,
            finishedAt: undefined,
          },
        ],
      },
    ],
  });
  expect(text).toContain(
    '■ Run 3f2a9c1e was interrupted; the same command goes on from here\n  from mongodb://u:***@h/db\n',
  );
  expect(text).toMatch(/^tasks +loading +1,000 +990 +10 +tasks 990 +3\/16 +1\/2 +after _id 65f0$/m);
  expect(text).toMatch(/^ +task_tags 1,204$/m);
  expect(text).toContain('✗ tasks: index on status failed');
});

test('rejects: kinds, documents, and how many are not shown', () => {
  const groups = [
    { collection: 'users', code: reject.code, path: 'fullname', reason: reject.reason, documents: 40 },
  ];
  const text = renderRejects(style, { command: 'rejects list', exitCode: 0, groups, rejects: [reject] });
  expect(text).toMatch(/^users +40 +fullname +The text holds a NUL character$/m);
  expect(text).toMatch(/^17 +users +65f0c2b1a4d3e2f1a0b9c8d7 +fullname +value-nul-character +users/m);
  expect(text).toContain('… and 39 more');
  expect(text).toContain('docrow rejects show 17');
});

test('a document that cannot be parsed shows bytes only when there are some', () => {
  const report = {
    command: 'rejects show',
    exitCode: 0,
    reject,
    document: undefined,
    bytes: undefined,
    masked: true,
  } as const;
  expect(renderReject(style, report)).toContain('cannot be parsed; --show-values shows its bytes');
  expect(renderReject(style, { ...report, bytes: 'AAECAw==', masked: false })).toContain('AAECAw==');
});

test('validation: tables of a collection below each other, faults counted, differences by key', () => {
  const text = renderValidation(style, {
    command: 'validate',
    verdict: 'mismatch',
    exitCode: 3,
    collections: [
      {
        collection: 'tasks',
        level: 'counts',
        documents: 700,
        rejected: 5,
        filtered: 0,
        tables: [
          { table: 'tasks', expectedRows: 695, actualRows: 694, missing: 1, extra: 0, changed: 0 },
          { table: 'task_tags', expectedRows: 1204, actualRows: 1204, missing: 0, extra: 0, changed: 0 },
        ],
        declaredLosses: [{ path: 'variables', kind: 'key-order', documents: 695 }],
        notCovered: [],
        seconds: 1,
      },
    ],
    differences: Array.from({ length: 21 }, (_, n) => ({
      kind: 'missing-row' as const,
      collection: 'tasks',
      table: 'tasks',
      key: { id: `key-${n}` },
      state: 'standing' as const,
      firstSeenAt: '2026-01-02T03:04:05.678Z',
    })),
    differencesTruncated: true,
    errors: [],
  });
  expect(text).toContain('✗ The two sides differ  compared by counts');
  expect(text).toMatch(/^tasks +700 +5 +0 +tasks +695 +694 +1 +0 +0$/m);
  expect(text).toMatch(/^ +task_tags +1,204 +1,204 +0 +0 +0$/m);
  expect(text).toMatch(/^tasks +row missing +id=key-19$/m);
  expect(text).toContain('… and 1 more at least; --json has them');
  expect(text).toMatch(/^tasks +variables +key-order +695$/m);
});
