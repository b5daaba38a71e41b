import { describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import { createMemoryTerminal } from './memory-terminal.ts';
import { MemoryUseCases } from './memory-use-cases.ts';
import { sampleSync } from './sample-sync.ts';

const ends = ['--source', 'mongodb://h/db', '--target', 'embedded:'];

const docrow = async (line: string, env: Readonly<Record<string, string>> = {}) => {
  const terminal = createMemoryTerminal(['sync', ...line.split(' '), ...ends], { env });
  const useCases = new MemoryUseCases();
  return { ...terminal, useCases, exitCode: await runCli(terminal, useCases) };
};

const stream = { kind: 'stream' };
test.each([
  ['--once', { how: 'once', by: stream }],
  ['--follow', { how: 'follow', by: stream }],
  ['--once --full --only tasks', { how: 'once', by: { kind: 'full' } }],
  ['--once --recover', { how: 'once', by: { kind: 'recover' } }],
  ['--follow --recover', { how: 'follow', by: { kind: 'recover' } }],
  ['--recover', { how: 'once', by: { kind: 'recover' } }],
  ['--full', { how: 'once', by: { kind: 'full' } }],
  ['--cursor a', { how: 'once', by: { kind: 'cursor', field: 'a', overlapSeconds: 60, findDeletes: false } }],
  [
    '--once --cursor meta.updatedAt --only tasks',
    { how: 'once', by: { kind: 'cursor', field: 'meta.updatedAt', overlapSeconds: 60, findDeletes: false } },
  ],
  [
    '--once --cursor updatedAt --overlap 5m --find-deletes',
    { how: 'once', by: { kind: 'cursor', field: 'updatedAt', overlapSeconds: 300, findDeletes: true } },
  ],
  [
    '--once --cursor no --overlap 0s',
    { how: 'once', by: { kind: 'cursor', field: 'no', overlapSeconds: 0, findDeletes: false } },
  ],
])('%s', async (line, options) => {
  const { useCases, exitCode } = await docrow(line);
  expect(exitCode).toBe(6);
  expect(useCases.calls).toHaveLength(1);
  expect(useCases.calls[0]).toMatchObject({ useCase: 'sync' });
  expect(useCases.calls[0]!.argument).toEqual(options);
});

describe('what does not go together is a usage error that says what to do', () => {
  test.each([
    ['', 'docrow sync --once catches up and ends'],
    ['--workers 2', 'docrow sync --follow goes on until it is stopped'],
    ['--once --follow', 'leave one of them out'],
    ['--follow --cursor updatedAt', 'run docrow sync --once --cursor updatedAt again and again from a timer'],
    ['--follow --full', 'run docrow sync --once --full again and again from a timer'],
    ['--once --cursor a --full', '--cursor and --full are ways to find out what changed'],
    ['--once --full --recover', '--full and --recover are ways'],
    ['--once --overlap 5m', '--overlap belongs to --cursor'],
    ['--once --recover --find-deletes', '--find-deletes belongs to --cursor'],
    ['--once --only tasks', 'Change events are followed for all collections of the run together'],
    ['--follow --recover --only tasks', '--only'],
    ['--once --cursor a --overlap 5', 'It must be a duration such as 30s, 5m, 2h or 1d'],
    ['--once --cursor=', 'It must be the path of a field'],
  ])('%s', async (line, message) => {
    const { exitCode, stdout, stderr, useCases } = await docrow(line === '' ? '--no-color' : line);
    expect(exitCode).toBe(2);
    expect(stdout.text).toBe('');
    expect(stderr.text).toContain(message);
    expect(useCases.calls).toEqual([]);
  });

  test('all of it at once', async () => {
    const { stdout } = await docrow('--overlap 5m --find-deletes --json');
    expect(JSON.parse(stdout.text).errors).toHaveLength(3);
  });

  test('collections that are chosen elsewhere are chosen too', async () => {
    expect((await docrow('--once', { DOCROW_ONLY: 'tasks' })).stderr.text).toContain('also in docrow.yaml');
  });
});

test('settings of a load that matter here', async () => {
  const { useCases } = await docrow('--once --full --max-rejects 5 --workers 2 --only a,b --yes --schema s');
  expect(useCases.calls[0]!.settings).toMatchObject({
    maxRejects: 5,
    workers: 2,
    only: ['a', 'b'],
    schema: 's',
  });
});

test('the report is the result; events of the run go to stderr', async () => {
  const { stdout, stderr } = await docrow('--once --json --progress json');
  expect(JSON.parse(stdout.text)).toEqual(JSON.parse(JSON.stringify(sampleSync)));
  expect(JSON.parse(stderr.text)).toMatchObject({
    kind: 'sync-progress',
    sourceTime: '2026-03-01T08:15:30.000Z',
  });
});

test('a log at info has no line for each step forward, one at debug has', async () => {
  expect((await docrow('--once --log-level info')).stderr.text).toBe('');
  expect((await docrow('--once --log-level debug')).stderr.text).toContain(
    '"sourceTime":"2026-03-01T08:15:30.000Z"',
  );
});
