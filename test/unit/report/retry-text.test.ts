import { expect, test } from 'vitest';
import type { RetryReport } from '../../../src/report/retry-report.ts';
import { renderRetry } from '../../../src/report/text/retry-text.ts';
import { createStyle } from '../../../src/report/text/style.ts';

const style = createStyle(false, 120);

const report: RetryReport = {
  command: 'rejects retry',
  status: 'rejected',
  exitCode: 6,
  runId: '3f2a9c1e',
  collections: [
    {
      collection: 'tasks',
      retried: 12,
      loaded: 10,
      rejected: 2,
      withoutDocument: 1,
      clearedReferences: 5,
      mappingChanges: ['tasks.priority: mismatch: reject → rest'],
      loadedBefore: 4_000,
    },
    {
      collection: 'subtasks',
      retried: 21,
      loaded: 21,
      rejected: 0,
      withoutDocument: 0,
      clearedReferences: 0,
      mappingChanges: [],
      loadedBefore: 0,
    },
  ],
  totals: { retried: 33, loaded: 31, rejected: 2, withoutDocument: 1, clearedReferences: 5 },
  rejections: [
    { collection: 'tasks', code: 'duplicate-value', path: 'no', reason: 'The same no', documents: 2 },
  ],
  remaining: 3,
};

test('says what was loaded, what is left, and by which mapping', () => {
  const text = renderRetry(style, report);
  expect(text).toContain('! Loaded 31 of 33 documents that were set aside, 3 are left');
  expect(text).toMatch(/tasks +│? *12 +│? *10 +│? *2/);
  expect(text).toContain('4,000 documents loaded before stay as the earlier mapping wrote them');
  expect(text).toContain('tasks.priority: mismatch: reject → rest');
  expect(text).toContain('1 document could not go again');
  expect(text).toContain('5 references that lead nowhere are NULL now');
  expect(text).toContain('The same no');
  expect(text).toContain('docrow rejects list');
});

test('says so when there was nothing to retry, and how a stopped one goes on', () => {
  const nothing = { retried: 0, loaded: 0, rejected: 0, withoutDocument: 0, clearedReferences: 0 };
  const empty: RetryReport = { ...report, status: 'done', collections: [], rejections: [], totals: nothing };
  expect(renderRetry(style, { ...empty, remaining: 0 })).toContain(
    'Nothing to retry: no document is set aside',
  );
  expect(renderRetry(style, { ...empty, remaining: 3 })).toContain('3 documents stay set aside');
  expect(renderRetry(style, { ...report, status: 'interrupted' })).toContain(
    'Stopped. Loaded 31 of 33 documents that were set aside; the same command goes on from here',
  );
});
