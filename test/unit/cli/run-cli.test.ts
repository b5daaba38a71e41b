import { describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import { DocrowError } from '../../../src/errors/docrow-error.ts';
import { createMemoryTerminal, type MemoryTerminal } from './memory-terminal.ts';
import { MemoryUseCases } from './memory-use-cases.ts';
import { sampleMigration } from './sample-reports.ts';

interface Result extends MemoryTerminal {
  readonly exitCode: number;
  readonly useCases: MemoryUseCases;
}

const docrow = async (
  line: string,
  options: Parameters<typeof createMemoryTerminal>[1] = {},
  useCases = new MemoryUseCases(),
): Promise<Result> => {
  const terminal = createMemoryTerminal(
    line.split(' ').filter((word) => word !== ''),
    options,
  );
  return { ...terminal, useCases, exitCode: await runCli(terminal, useCases) };
};

const migrate = 'migrate --source dump --target postgres://h/db';

describe('help', () => {
  const commands = [
    'migrate',
    'sync',
    'cutover',
    'schema',
    'status',
    'validate',
    'demo',
    'rejects',
    'rejects list',
    'rejects show',
    'rejects export',
    'postgres',
    'postgres start',
  ];
  test.each(commands)('%s --help ends with 2 to 4 examples', async (command) => {
    const { exitCode, stdout } = await docrow(`${command} --help`);
    expect(exitCode).toBe(0);
    const examples = stdout.text.split('Examples:')[1]?.match(/^ {2}\$ docrow /gm) ?? [];
    expect(examples.length).toBeGreaterThanOrEqual(2);
    expect(examples.length).toBeLessThanOrEqual(4);
  });

  test('advanced options are accepted without being listed', async () => {
    expect((await docrow('migrate --help')).stdout.text).not.toContain('--chunk-documents');
    const { useCases } = await docrow(`${migrate} --chunk-documents 10`);
    expect(useCases.calls[0]?.settings.chunkDocuments).toBe(10);
  });

  test('--version', async () => {
    const { exitCode, stdout } = await docrow('--version');
    expect(exitCode).toBe(0);
    expect(stdout.text).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('docrow alone shows its help on stderr and exits 2', async () => {
    const { exitCode, stdout, stderr } = await docrow('');
    expect(exitCode).toBe(2);
    expect(stdout.text).toBe('');
    expect(stderr.text).toContain('Usage: docrow');
  });
});

describe('usage errors exit 2 and name what was probably meant', () => {
  test.each([
    ['migrat', "Unknown command 'migrat' (Did you mean migrate?)"],
    ['migrate --jsn', "Unknown option '--jsn' (Did you mean --json?)"],
    ['rejects lst', "Unknown command 'lst' (Did you mean list?)"],
    ['rejects list --code reference-mising', 'Did you mean reference-missing?'],
    ['rejects export f --format xml', 'Allowed choices are ejson-lines, bson'],
    ['validate --source dump --target embedded: --level deep', '--level must be one of counts, digests'],
    ['schema --apply', 'No target is given for --apply'],
    ['migrate --source mongodb://u:canary@h', '--source holds a password'],
    ['migrate --source=mongodb://u:canary@h', '--source holds a password'],
    ['migrate --sorce=mongodb://u:canary@h', 'Unknown option'],
  ])('%s', async (line, message) => {
    const { exitCode, stdout, stderr, useCases } = await docrow(line);
    expect(exitCode).toBe(2);
    expect(stdout.text).toBe('');
    expect(stderr.text).toContain(message);
    expect(stderr.text).not.toContain('canary');
    expect(useCases.calls).toEqual([]);
  });
});

describe('--json', () => {
  test('prints one object at the end and nothing else on stdout', async () => {
    const { exitCode, stdout, stderr } = await docrow(`${migrate} --json`);
    expect(exitCode).toBe(6);
    expect(JSON.parse(stdout.text)).toEqual(sampleMigration);
    expect(stdout.text.split('\n')).toHaveLength(2);
    expect(stderr.text).toContain('Run 3f2a9c1e starts with 1 worker');
  });

  test.each(['migrate --json --workers 0 --jobs 3', 'migrate --json --workers 0'])(
    'also when it fails: %s',
    async (line) => {
      const { exitCode, stdout, stderr } = await docrow(line);
      expect(exitCode).toBe(2);
      expect(stderr.text).toBe('');
      const report = JSON.parse(stdout.text);
      expect(report).toMatchObject({ command: 'migrate', status: 'failed', exitCode: 2 });
      expect(report.errors[0]).toMatchObject({ code: 'settings-invalid', hint: expect.any(String) });
    },
  );

  test('a use case that throws', async () => {
    const useCases = new MemoryUseCases();
    useCases.status = async () => {
      throw new DocrowError('no-run', 'Nothing at postgres://u:canary@h/db', { location: 'schema docrow' });
    };
    const { exitCode, stdout } = await docrow('status --target embedded: --json', {}, useCases);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout.text)).toEqual({
      command: 'status',
      status: 'failed',
      exitCode: 2,
      errors: [
        {
          code: 'no-run',
          message: 'Nothing at postgres://u:***@h/db',
          hint: 'Run docrow migrate first, or check --target',
          location: 'schema docrow',
        },
      ],
    });
  });

  test('SQL stays exactly as it is', async () => {
    const useCases = new MemoryUseCases();
    const sql = "create index on users (id) where password = 'x';";
    useCases.schema = async () => ({ sql, applied: false });
    expect(JSON.parse((await docrow('schema --json', {}, useCases)).stdout.text).sql).toBe(sql);
    expect((await docrow('schema', {}, useCases)).stdout.text).toBe(`${sql}\n`);
  });
});

test('an unknown error exits 1, without its text but with its place in the log', async () => {
  const useCases = new MemoryUseCases();
  useCases.migrate = async () => {
    throw new TypeError('cannot read canary@example.org');
  };
  const { exitCode, stdout, stderr } = await docrow(migrate, {}, useCases);
  expect(exitCode).toBe(1);
  expect(stderr.text).toContain('Unexpected TypeError');
  expect(stderr.text).toMatch(/"stack":\[".*run-cli\.test\.ts/);
  expect(stdout.text + stderr.text).not.toContain('canary');
});

describe('colors', () => {
  test.each([
    [migrate, {}, true],
    [`${migrate} --no-color`, {}, false],
    [migrate, { NO_COLOR: '1' }, false],
    [migrate, { DOCROW_COLOR: 'false' }, false],
    [migrate, { TERM: 'dumb' }, false],
  ])('%s with %j on a terminal', async (line, env, colored) => {
    const { stdout } = await docrow(line, { env, isTTY: true });
    expect(stdout.text.includes('\u001b[')).toBe(colored);
  });

  test('none where stdout is no terminal', async () => {
    expect((await docrow(migrate)).stdout.text).not.toContain('\u001b');
  });
});

describe('--fresh', () => {
  test('needs --yes where there is no terminal', async () => {
    const { exitCode, stderr, useCases } = await docrow(`${migrate} --fresh`);
    expect(exitCode).toBe(2);
    expect(stderr.text).toContain('Say --yes');
    expect(useCases.calls).toEqual([]);
    expect((await docrow(`${migrate} --fresh --yes`)).useCases.calls).toHaveLength(1);
  });

  test.each([
    ['yes', 1],
    ['no', 0],
    ['', 0],
  ])('asks on a terminal; the answer "%s" lets it run %i times', async (answer, runs) => {
    const terminal = createMemoryTerminal(`${migrate} --fresh`.split(' '), { isTTY: true });
    const useCases = new MemoryUseCases();
    const ended = runCli(terminal, useCases);
    terminal.stdin.write(`${answer}\n`);
    expect(await ended).toBe(runs === 1 ? 6 : 2);
    expect(terminal.stderr.text).toContain(
      '--fresh drops the tables that docrow created in schema "public" of postgres://h/db',
    );
    expect(useCases.calls).toHaveLength(runs);
  });
});

describe('commands hand on what they were given', () => {
  test('rejects list', async () => {
    const { useCases } = await docrow(
      'rejects list --target embedded: --limit 5 --collection users --code reference-missing',
    );
    expect(useCases.calls[0]).toMatchObject({
      useCase: 'rejectsList',
      argument: { limit: 5, collection: 'users', code: 'reference-missing' },
    });
  });

  test('rejects show masks unless --show-values', async () => {
    const line = 'rejects show 17 --target embedded:';
    for (const masked of [await docrow(line), await docrow(`${line} --json`)]) {
      expect(masked.stdout.text).toContain('<string>');
      expect(masked.stdout.text).not.toContain('canary');
    }
    expect((await docrow(`${line} --show-values`)).stdout.text).toContain('canary@example.org');
  });

  test('rejects export resolves the file', async () => {
    const { useCases, stdout } = await docrow('rejects export out.bson --format bson --target embedded:');
    expect(useCases.calls[0]?.argument).toEqual({ file: '/nowhere/out.bson', format: 'bson' });
    expect(stdout.text).toBe('✓ 37 documents written to out.bson\n');
  });

  test('postgres stop', async () => {
    const { useCases, stdout } = await docrow('postgres stop --dir demo');
    expect(useCases.calls[0]).toMatchObject({ argument: 'stop', settings: { dir: '/nowhere/demo' } });
    expect(stdout.text).toContain('Not running');
  });

  test('validate exits with what was found', async () => {
    expect((await docrow('validate --source dump --target embedded:')).exitCode).toBe(3);
  });
});

describe('demo', () => {
  test('succeeds when exactly the known documents were set aside', async () => {
    const { exitCode, stdout } = await docrow('demo --json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout.text)).toMatchObject({
      command: 'demo',
      status: 'done',
      exitCode: 0,
      expected: true,
    });
  });

  test('others are a difference', async () => {
    const useCases = new MemoryUseCases();
    useCases.demo = async () => ({
      ...sampleMigration,
      connection: 'postgres://h/db',
      expected: false,
      outFolder: '/demo',
    });
    expect((await docrow('demo', {}, useCases)).exitCode).toBe(3);
  });
});

describe('signals', () => {
  const untilSecond = (useCases: MemoryUseCases, terminal: MemoryTerminal, error: Error): void => {
    useCases.migrate = async (_settings, { signal }) => {
      terminal.signals.emit('SIGTERM', 'SIGTERM');
      expect([signal.soft.aborted, signal.hard.aborted, signal.name()]).toEqual([true, false, 'SIGTERM']);
      terminal.signals.emit('SIGINT', 'SIGINT');
      expect([signal.hard.aborted, signal.name()]).toEqual([true, 'SIGTERM']);
      throw error;
    };
  };

  test('a connection cut by the second signal is an interruption, by the first signal’s name', async () => {
    const useCases = new MemoryUseCases();
    const terminal = createMemoryTerminal(migrate.split(' '));
    untilSecond(useCases, terminal, new DocrowError('target-unreachable', 'Connection lost'));
    expect(await runCli(terminal, useCases)).toBe(143);
    expect(terminal.stderr.text).toContain(
      'Stopping after the current chunk (SIGTERM); another Ctrl-C stops at once',
    );
    expect(terminal.signals.eventNames()).toEqual([]);
  });

  test('other errors stay what they are', async () => {
    const useCases = new MemoryUseCases();
    const terminal = createMemoryTerminal(migrate.split(' '));
    untilSecond(useCases, terminal, new DocrowError('target-disk-full', 'Disk full'));
    expect(await runCli(terminal, useCases)).toBe(8);
  });
});
