import { expect, test } from 'vitest';
import type { RepairReport } from '../../../src/report/repair-report.ts';
import { renderRepair } from '../../../src/report/text/repair-text.ts';
import { createStyle } from '../../../src/report/text/style.ts';

const style = createStyle(false, 120);

const planned: RepairReport = {
  command: 'repair',
  status: 'planned',
  exitCode: 3,
  runId: '3f2a9c1e',
  validation: { at: '2026-03-01T08:15:30.123Z', level: 'rows', verdict: 'mismatch', isTruncated: true },
  collections: [
    {
      collection: 'tasks',
      documents: 2,
      unchanged: 0,
      rejected: 1,
      rowsWithoutDocument: 0,
      followers: 0,
      tables: [{ table: 'tasks', inserted: 0, updated: 1, deleted: 0 }],
    },
  ],
  rows: [
    {
      collection: 'tasks',
      kind: 'update',
      table: 'tasks',
      key: { id: '7' },
      id: '7',
      columns: ['title', 'no'],
    },
  ],
  rowsTruncated: false,
  rejections: [
    { collection: 'tasks', id: '{"$numberInt":"8"}', code: 'value-mismatch', path: 'no', reason: '' },
  ],
  left: 4,
  unreadable: 1,
  remaining: [],
};

test('names each row with its key and columns, and what is not covered', () => {
  const text = renderRepair(style, planned);
  expect(text).toContain('1 row would be changed, after the comparison of 2026-03-01 08:15:30 UTC');
  expect(text).toMatch(/update +tasks +id=7 +title, no/);
  expect(text).toContain('value-mismatch');
  expect(text).toContain('found more differences than it kept');
  expect(text).toContain('4 more were left out by --limit');
  expect(text).toContain('1 document cannot be named');
  expect(text).toContain('docrow repair --apply');
});

test('says how it ended', () => {
  const of = (more: Partial<RepairReport>): string => renderRepair(style, { ...planned, rows: [], ...more });
  expect(of({ status: 'clean' })).toContain('✓ Repaired: 1 row changed');
  expect(of({ status: 'nothing' })).toContain('✓ Nothing to repair');
  expect(of({ status: 'interrupted' })).toContain('the same command goes on from here');
  expect(of({ status: 'differences' })).toContain('Not all of it could be repaired');
});
