import { expect, test } from 'vitest';
import { createStyle } from '../../../src/report/text/style.ts';
import { renderTable, type TableColumn } from '../../../src/report/text/table.ts';

const columns: readonly TableColumn[] = [
  { title: 'Collection', narrowest: 16 },
  { title: 'Read', align: 'right' },
  { title: 'Speed', align: 'right', dispensable: 1 },
  { title: 'Why', narrowest: 24 },
];
const rows = [
  ['users', '240', '1.0 MB/s', 'The text holds a NUL character, which PostgreSQL cannot store'],
  ['dramatiq_tasks', '133,910,000', '12.0 MB/s', 'short'],
];

test('numbers stand right, texts left, the total below a rule', () => {
  const total = ['Total', '133,910,240', '', ''];
  expect(renderTable(createStyle(false, 120), columns, rows, total)).toBe(
    [
      'Collection             Read      Speed  Why',
      '──────────────  ───────────  ─────────  ─────────────────────────────────────────────────────────────',
      'users                   240   1.0 MB/s  The text holds a NUL character, which PostgreSQL cannot store',
      'dramatiq_tasks  133,910,000  12.0 MB/s  short',
      '──────────────  ───────────  ─────────  ─────────────────────────────────────────────────────────────',
      'Total           133,910,240',
    ].join('\n'),
  );
});

test.each([60, 80, 100])('fits into %d columns', (width) => {
  const lines = renderTable(createStyle(false, width), columns, rows).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain('dramatiq_tasks 133,910,000');
});

test('a name from data cannot steer the terminal', () => {
  const text = renderTable(createStyle(true, 80), columns, [['a\u001b[2J\nb\u202e', '1', '', '']]);
  expect(text).toContain('a\\u001b[2J\\u000ab\\u202e');
});

test('colors only where they are wanted', () => {
  const row = [[{ text: 'users', paint: createStyle(false, 80).bad }, '1', '', '']];
  expect(renderTable(createStyle(false, 80), columns, row)).not.toContain('\u001b');
  expect(renderTable(createStyle(true, 80), columns, row)).toContain('\u001b[1mCollection');
});
