// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of docrow.yaml
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadSettings } from '../../../src/config/load-settings.ts';
import type { CommandName } from '../../../src/config/setting.ts';
import { DocrowError } from '../../../src/errors/docrow-error.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'docrow-settings-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const writeConfig = (text: string): Promise<void> => writeFile(join(cwd, 'docrow.yaml'), text);

const enough = { source: 'dump', target: 'embedded:' };

const failure = async (
  argv: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>> = {},
  command: CommandName = 'migrate',
): Promise<DocrowError> => {
  const thrown = await loadSettings(command, argv, env, cwd).catch((error: unknown) => error);
  if (thrown instanceof DocrowError) return thrown;
  throw new Error('loadSettings accepted it');
};

describe('where a setting comes from', () => {
  test('flags, then environment, then docrow.yaml, then the default', async () => {
    await writeConfig(
      'source: from-file\ntarget: embedded\nworkers: 2\nmaxRejects: 5\nschema: file_schema\n',
    );
    const env = { DOCROW_WORKERS: '3', DOCROW_MAX_REJECTS: '7' };
    const settings = await loadSettings('migrate', { workers: '4' }, env, cwd);
    expect(settings).toMatchObject({
      workers: 4,
      maxRejects: 7,
      schema: 'file_schema',
      onExisting: 'stop',
      validate: true,
      chunkDocuments: 200_000,
      chunkBytes: 32 * 1024 * 1024,
    });
  });

  test('the variables that other tools know, after docrow’s own', async () => {
    const others = { MONGODB_URI: 'mongodb://h/db', DATABASE_URL: 'postgres://h/db' };
    expect(await loadSettings('migrate', {}, others, cwd)).toMatchObject({
      source: 'mongodb://h/db',
      target: 'postgres://h/db',
    });
    const own = { ...others, DOCROW_SOURCE: 'mongodb://own/db', DOCROW_TARGET: '' };
    expect(await loadSettings('migrate', {}, own, cwd)).toMatchObject({
      source: 'mongodb://own/db',
      target: 'postgres://h/db',
    });
  });

  test('PG variables stand for a target', async () => {
    expect((await loadSettings('migrate', { source: 'dump' }, { PGHOST: 'h' }, cwd)).target).toBe(
      'postgres://',
    );
  });

  test('a setting that the command does not take has its default', async () => {
    await writeConfig('source: ${NOT_SET}\ntarget: "embedded:"\nworkers: 2\n');
    const settings = await loadSettings('status', {}, {}, cwd);
    expect(settings).toMatchObject({ source: '', workers: 'auto', target: 'embedded:' });
  });

  test('a variable is needed only where nothing goes before it', async () => {
    await writeConfig('source: ${NOT_SET}\ntarget: ${NOT_SET:-embedded:}\n');
    expect((await loadSettings('migrate', { source: 'dump' }, {}, cwd)).target).toBe('embedded:');
  });

  test('the demo and the embedded server read no docrow.yaml', async () => {
    await writeConfig('wrong: [');
    await loadSettings('demo', {}, {}, cwd);
    await loadSettings('postgres', {}, {}, cwd);
  });
});

test('a relative source starts where it is written', async () => {
  await expect((await loadSettings('migrate', enough, {}, cwd)).source).toBe(join(cwd, 'dump'));
  const folder = await mkdtemp(join(cwd, 'project-'));
  await writeFile(join(folder, 'docrow.yaml'), 'source: dump\ntarget: embedded\n');
  const settings = await loadSettings('migrate', { dir: folder }, {}, cwd);
  expect(settings).toMatchObject({
    source: join(folder, 'dump'),
    dir: folder,
    config: join(folder, 'docrow.yaml'),
  });
});

test('all problems come at once, with position and nearest name', async () => {
  await writeConfig('source: dump\ntarget: ${NOT_SET}\nmax-reject: 3\nworkers: many\nfresh: true\n');
  const error = await failure({ onExisting: 'apend' }, { DOCROW_MAX_REJECTS: '-1' });
  expect(error.code).toBe('settings-invalid');
  expect(error.problems).toEqual([
    { message: 'Unknown setting "max-reject"; did you mean maxRejects?', location: 'docrow.yaml:3:1' },
    {
      message: 'The setting "fresh" cannot stand in a settings file, only on the command line',
      location: 'docrow.yaml:5:1',
    },
    { message: 'The environment variable NOT_SET is not set', location: 'docrow.yaml:2:9' },
    {
      message: 'workers must be auto or a whole number, 1 to 256; it is "many"',
      location: 'docrow.yaml:4:10',
    },
    { message: 'DOCROW_MAX_REJECTS must be a whole number, 0 or more; it is "-1"', location: 'environment' },
    {
      message: '--on-existing must be one of stop, append (did you mean append?); it is "apend"',
      location: undefined,
    },
  ]);
});

test('a YAML error has its position', async () => {
  await writeConfig('source: dump\ntarget: embedded:\n');
  expect((await failure({})).problems).toEqual([
    {
      message:
        'Nested mappings are not allowed in compact mappings; a value that ends with a colon needs quotes',
      location: 'docrow.yaml:2:9',
    },
  ]);
});

test('source and target must be given', async () => {
  const messages = (await failure({})).problems.map(({ message }) => message.slice(0, 18));
  expect(messages).toEqual(['No source is given', 'No target is given']);
});

test('a settings file that was named must be there', async () => {
  const { problems } = await failure({ ...enough, config: 'missing.yaml' });
  expect(problems).toEqual([{ message: 'The settings file does not exist', location: 'missing.yaml' }]);
});

test.each(['http://h/db', 'mysql://u:canary@h'])(
  '%s is no source or target, and is not repeated',
  async (uri) => {
    const error = await failure({ source: uri, target: uri, insecureArgv: true });
    expect(error.problems).toHaveLength(2);
    expect(error.message).not.toContain('canary');
  },
);

describe('a password on the command line', () => {
  test.each([
    { source: 'mongodb://u:canary@h/db' },
    { target: 'postgres://u:canary@h/db' },
    { target: 'postgres://u@h/db?password=canary' },
    { target: 'host=h password=canary' },
  ])('is refused: %j', async (argv) => {
    const error = await failure({ ...enough, ...argv });
    expect(error.code).toBe('secret-in-arguments');
    expect(error.message).not.toContain('canary');
  });

  test('is accepted with --insecure-argv, and from the environment', async () => {
    const uri = 'postgres://u:canary@h/db';
    expect(
      (await loadSettings('migrate', { ...enough, target: uri, insecureArgv: true }, {}, cwd)).target,
    ).toBe(uri);
    expect((await loadSettings('migrate', { source: 'dump' }, { DATABASE_URL: uri }, cwd)).target).toBe(uri);
  });
});

test.each([
  ['8MiB', 8 * 1024 * 1024],
  ['512 kib', 512 * 1024],
  ['1000', 1000],
])('--chunk-bytes %s', async (text, bytes) => {
  expect((await loadSettings('migrate', { ...enough, chunkBytes: text }, {}, cwd)).chunkBytes).toBe(bytes);
});

test('--only is a list', async () => {
  expect((await loadSettings('migrate', { ...enough, only: 'users, tasks' }, {}, cwd)).only).toEqual([
    'users',
    'tasks',
  ]);
});
