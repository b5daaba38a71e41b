import { expect, test } from 'vitest';
import { DocrowError } from '../../../src/errors/docrow-error.ts';
import { toErrorReports } from '../../../src/report/error-report.ts';

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

test('a password does not get through', () => {
  const [report] = toErrorReports(new DocrowError('internal', 'No answer from mongodb://u:canary@h'));
  expect(report?.message).toBe('No answer from mongodb://u:***@h');
});
