import { expect, test } from 'vitest';
import { runChecks } from '../../../src/report/run-checks.ts';
import type { RunFacts } from '../../../src/report/run-report.ts';
import { sampleFacts } from '../../support/sample-run.ts';

const validation = sampleFacts.validation!;

const outcomes = (facts: RunFacts) =>
  runChecks(facts).map(({ collection, name, outcome }) => `${collection}: ${name}: ${outcome}`);
const details = (facts: RunFacts, collection: string, name: RegExp) =>
  runChecks(facts).find((check) => check.collection === collection && name.test(check.name))?.details;

test('each collection has a check per equation, table, level, loss and index', () => {
  expect(outcomes(sampleFacts).filter((line) => line.startsWith('tasks:'))).toEqual([
    'tasks: every document that was read is loaded, set aside or filtered: passed',
    'tasks: the source holds as many documents as were read: passed',
    'tasks: table tasks holds as many rows as it should: passed',
    'tasks: table task_tags holds as many rows as it should: failed',
    'tasks: documents made again from their rows agree: failed',
    'tasks: nothing is lost that is not declared: passed',
    'tasks: keys, indexes and constraints of table tasks are built: passed',
    'tasks: keys, indexes and constraints of table task_tags are built: passed',
  ]);
});

test('a failure lists the differences, at most a hundred', () => {
  const many = { ...validation, differences: Array.from({ length: 130 }, () => validation.differences[2]!) };
  const lines = details({ ...sampleFacts, validation: many }, 'users', /counts alone/)!;
  expect(lines[0]).toBe('users: 0 missing, 0 too many, 1 changed');
  expect(lines[1]).toBe('users.born (id=7): value differs, expected 1.10, found NULL');
  expect(lines).toHaveLength(102);
  expect(lines.at(-1)).toBe('… and 30 more');
});

test('an equation that does not hold, a collection that stopped, one that is not read to its end', () => {
  const [users, tasks, subtasks] = sampleFacts.collections;
  const facts: RunFacts = {
    ...sampleFacts,
    collections: [
      { ...users!, loaded: 1 },
      { ...tasks!, state: 'stopped' },
      { ...subtasks!, state: 'loading', ranges: { done: 1, total: 3 } },
    ],
  };
  const found = runChecks(facts).filter(({ name }) => name.startsWith('every document'));
  expect(found.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'skipped']);
  expect(found[0]!.details).toEqual(['Not so: 240 read = 1 loaded + 2 set aside + 0 filtered']);
});

test('where the verdict is no mismatch, what differs is on its way and fails nothing', () => {
  const facts: RunFacts = { ...sampleFacts, validation: { ...validation, verdict: 'incomplete' } };
  expect(runChecks(facts).filter(({ outcome }) => outcome === 'failed')).toEqual([]);
});

test('what was not compared, not covered or not built is not settled', () => {
  expect(outcomes({ ...sampleFacts, validation: undefined })).toContain(
    'users: source and target agree: skipped',
  );
  expect(details(sampleFacts, 'dramatiq_tasks', /made again/)).toEqual([
    'The column body has a type without a hash.',
  ]);
  const [users] = sampleFacts.collections;
  const open = { ...users!, steps: [{ table: 'users', step: 'index on email', isDone: false }] };
  expect(details({ ...sampleFacts, collections: [open] }, 'users', /^keys/)).toEqual([
    'Not built: index on email',
  ]);
});

test('a loss that is not declared fails', () => {
  const difference = { ...validation.differences[0]!, kind: 'undeclared-loss' as const };
  const facts: RunFacts = { ...sampleFacts, validation: { ...validation, differences: [difference] } };
  expect(outcomes(facts)).toContain('tasks: nothing is lost that is not declared: failed');
});
