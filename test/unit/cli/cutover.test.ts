import { expect, test } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import { createMemoryTerminal } from './memory-terminal.ts';
import { MemoryUseCases } from './memory-use-cases.ts';

const words = (line: string): readonly string[] => [
  'cutover',
  ...line.split(' ').filter((word) => word !== ''),
  ...['--source', 'mongodb://h/db', '--target', 'postgres://h/db'],
];

const docrow = async (line: string) => {
  const terminal = createMemoryTerminal(words(line));
  const useCases = new MemoryUseCases();
  return { ...terminal, useCases, exitCode: await runCli(terminal, useCases) };
};

test('looks without a question', async () => {
  const { exitCode, stdout, useCases } = await docrow('--check');
  expect(exitCode).toBe(5);
  expect(useCases.calls[0]).toMatchObject({ useCase: 'cutover' });
  expect(useCases.calls[0]!.argument).toEqual({ check: true, validate: true, timeoutSeconds: undefined });
  expect(stdout.text).toContain('✗ Not ready for the switch: 1 line below is not so yet');
});

test('records nothing that was not confirmed', async () => {
  const { exitCode, stderr, useCases } = await docrow('');
  expect(exitCode).toBe(2);
  expect(stderr.text).toContain('the application must have stopped writing to the source');
  expect(useCases.calls).toEqual([]);
});

test.each([
  ['yes', 1],
  ['no', 0],
])('asks on a terminal; the answer "%s" lets it run %i times', async (answer, runs) => {
  const terminal = createMemoryTerminal(words(''), { isTTY: true });
  const useCases = new MemoryUseCases();
  const ended = runCli(terminal, useCases);
  terminal.stdin.write(`${answer}\n`);
  expect(await ended).toBe(runs === 1 ? 5 : 2);
  expect(useCases.calls).toHaveLength(runs);
});

test('hands on what it was told', async () => {
  const { useCases } = await docrow('--yes --no-validate --timeout 10m --max-rejects 2 --workers 3');
  expect(useCases.calls[0]!.argument).toEqual({ check: false, validate: false, timeoutSeconds: 600 });
  expect(useCases.calls[0]!.settings).toMatchObject({ maxRejects: 2, workers: 3, level: 'digests' });
});

test.each([
  ['--yes --timeout 10', 'It must be a duration'],
  ['--yes --timeout 0s', 'It must be longer than 0'],
  ['--check --only tasks', "Unknown option '--only'"],
])('%s is a usage error', async (line, message) => {
  const { exitCode, stderr, useCases } = await docrow(line);
  expect(exitCode).toBe(2);
  expect(stderr.text).toContain(message);
  expect(useCases.calls).toEqual([]);
});

test('--json is the report itself', async () => {
  const report = JSON.parse((await docrow('--check --json')).stdout.text);
  expect(report).toMatchObject({ command: 'cutover', verdict: 'not-ready', exitCode: 5 });
  expect(report.checks).toHaveLength(3);
});
