import { expect, test } from 'vitest';
import { DocrowError } from '../../../src/errors/docrow-error.ts';
import { toErrorReports } from '../../../src/report/error-report.ts';
import { renderErrors } from '../../../src/report/text/error-text.ts';
import { createStyle } from '../../../src/report/text/style.ts';

test('one entry per problem', () => {
  const error = DocrowError.fromProblems('mapping-invalid', [
    { message: 'Unknown key "colums"', location: 'mappings/tasks.yaml:3:5' },
    { message: 'No key' },
  ]);
  expect(toErrorReports(error)).toEqual([
    {
      code: 'mapping-invalid',
      message: 'Unknown key "colums"',
      hint: 'Correct the lines named',
      location: 'mappings/tasks.yaml:3:5',
    },
    { code: 'mapping-invalid', message: 'No key', hint: 'Correct the lines named', location: undefined },
  ]);
});

test.each([
  [{ file: 'dump/tasks.bson', offset: 1234, document: 17 }, 'dump/tasks.bson, document 17, byte 1234'],
  [{ file: 'a.json', line: 3, column: 9 }, 'a.json:3:9'],
  [{ collection: 'tasks', table: 'public.tasks' }, 'collection tasks, table public.tasks'],
  [{ path: '/tmp/x' }, '/tmp/x'],
  [{ sqlstate: '42P01' }, undefined],
])('the place of %j', (context, location) => {
  expect(toErrorReports(new DocrowError('internal', 'Message', context))[0]?.location).toBe(location);
});

test('what helps in this case stands in for what helps mostly', () => {
  const error = new DocrowError('source-changed', 'Another one').advising('Name the first one');
  expect(toErrorReports(error)[0]?.hint).toBe('Name the first one');
  expect(toErrorReports(new DocrowError('source-changed', 'Another one'))[0]?.hint).toContain(
    '--on-existing append',
  );
});

test('statements stand one below the other, behind what they are for', () => {
  const errors = toErrorReports(
    new DocrowError('target-table-differs', 'Run this:\nalter table a;\nalter table b;'),
  );
  expect(renderErrors(createStyle(false, 120), errors)?.split('\n').slice(0, 3)).toEqual([
    '✗ Run this: [target-table-differs]',
    '    alter table a;',
    '    alter table b;',
  ]);
});

test('a password does not get through', () => {
  const [report] = toErrorReports(new DocrowError('internal', 'No answer from mongodb://u:canary@h'));
  expect(report?.message).toBe('No answer from mongodb://u:***@h');
});
