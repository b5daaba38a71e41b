import { describe, expect, test } from 'vitest';
import type { MigrationReport } from '../../../src/report/migration-report.ts';
import { renderMigration } from '../../../src/report/text/migration-text.ts';
import { createStyle } from '../../../src/report/text/style.ts';
import { sampleMigration } from '../cli/sample-reports.ts';

const render = (report: MigrationReport, width = 100): string =>
  renderMigration(createStyle(false, width), report);

test('says what was loaded, what was set aside and why, what was adjusted, and whether it was checked', () => {
  const text = render(sampleMigration);
  expect(text).toContain(
    '! Migrated 3,903 of 3,940 documents, 37 set aside\n  5,107 rows · 3.9 MB in 1.0 s · run 3f2a9c1e',
  );
  expect(text).toMatch(/^tasks +700 +695 +5 +1,899 .+tasks 695$/m);
  expect(text).toMatch(/^Total +3,940 +3,903 +37 +5,107 /m);
  expect(text).toMatch(
    /^dramatiq_tasks +6 +parent_task_id +The document refers to one that does not exist$/m,
  );
  expect(text).toContain('→ fullname: Choose `nul: strip`');
  expect(text).toMatch(/^tasks +parent +4 +reference to nothing: null/m);
  expect(text).toContain('✓ Validated: both sides agree (counts)');
});

test.each([80, 120])('no line is longer than %d', (width) => {
  const lines = render(sampleMigration, width).split('\n');
  expect(lines.filter((line) => line.length > width)).toEqual([]);
});

test('documents that a filter left out are not missing ones', () => {
  const text = render({ ...sampleMigration, totals: { ...sampleMigration.totals, filtered: 940 } });
  expect(text).toContain('of 3,000 documents');
  expect(text).toMatch(/Set aside +Filtered/);
});

test('fields that no column takes: ten by name, the most frequent first, and how many more', () => {
  const field = (path: string, documents: number) =>
    ({
      collection: 'users',
      table: 'users',
      column: 'extra',
      kind: 'unmapped-rest',
      path,
      documents,
    }) as const;
  const rare = Array.from({ length: 10 }, (_, n) => field(`rare${n}`, 1));
  const adjustments = [...rare, field('nickname', 35), field('home.zip', 40), field('*', 7)];
  const text = render({ ...sampleMigration, adjustments }, 120).replaceAll('\n  ', ' ');
  expect(text).toContain(
    '→ into users.extra, since no column takes them: home.zip 40 documents, nickname 35 documents, further fields 7 documents, rare0 1 document, ',
  );
  expect(text).toMatch(/rare6 1 document, and 3 more\n/);
  expect(text).not.toContain('rare7');
  expect(text).not.toContain('Adjusted');
});

describe('how it ended', () => {
  test.each<[Partial<MigrationReport>, string]>([
    [{ status: 'done' }, '✓ Migrated 3,903 of 3,940 documents, 37 set aside'],
    [{ nothingToDo: true, status: 'done' }, '✓ Nothing to do: this run is finished'],
    [
      { status: 'interrupted' },
      '■ Stopped; 3,903 documents loaded so far; the same command goes on from here',
    ],
    [{ status: 'failed' }, '✗ Not complete; 3,903 documents loaded'],
  ])('%j', (change, line) => {
    expect(render({ ...sampleMigration, ...change }).split('\n')[0]).toBe(line);
  });

  test('errors come with their place and what to do', () => {
    const error = {
      code: 'target-disk-full',
      message: 'PostgreSQL ran out of disk space at postgres://u:canary@h/db',
      hint: 'Free some space',
      location: 'collection tasks',
    } as const;
    const text = render({ ...sampleMigration, status: 'failed', errors: [error] });
    expect(text).toContain(
      '✗ collection tasks  PostgreSQL ran out of disk space at postgres://u:***@h/db [target-disk-full]\n  → Free some space',
    );
  });
});
