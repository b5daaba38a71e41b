import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EJSON } from 'bson';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { RejectReport, RejectsReport } from '../../src/report/rejects-report.ts';
import type { StatusReport } from '../../src/report/status-report.ts';
import type { ValidationReport } from '../../src/report/validation-report.ts';
import { createProject, type TestProject } from '../support/bson-dump.ts';
import { type FailureReport, reportOf, repositoryFolder, runDocrow } from '../support/docrow-process.ts';
import { sampleTables } from '../support/kill-campaign.ts';
import { createDatabase, type TestDatabase } from '../support/postgres-server.ts';
import { imagegenFolder } from '../support/source-documents.ts';
import { queryTarget, readTarget } from '../support/target-content.ts';

let database: TestDatabase;
let project: TestProject;

/** Runs a command in a project of its own, with the sample's mappings. */
const docrow = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runDocrow(args, {
    cwd: project.dir,
    env: { DOCROW_TARGET: database.uri, DOCROW_SOURCE: join(imagegenFolder, 'dump'), ...env },
  });
const migrate = (...more: readonly string[]) => docrow(['migrate', '--json', '--progress', 'none', ...more]);
const failure = async (result: ReturnType<typeof docrow>) => reportOf<FailureReport>(await result);

beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
  project = createProject({});
  for (const folder of ['mappings', 'transforms']) {
    cpSync(join(repositoryFolder, folder), join(project.dir, folder), { recursive: true });
  }
});
afterAll(async () => {
  project.remove();
  await database.drop();
});

describe('before the first migration', () => {
  test.each([['status'], ['validate'], ['rejects', 'list']])(
    '%s says that there is no run',
    async (...args) => {
      expect(await failure(docrow([...args, '--json']))).toMatchObject({
        exitCode: 2,
        status: 'failed',
        errors: [{ code: 'no-run', hint: expect.stringContaining('docrow migrate') }],
      });
    },
  );

  test('schema prints SQL that PostgreSQL runs', async () => {
    const { code, stdout } = await docrow(['schema']);
    expect(code).toBe(0);
    await queryTarget(database.uri, stdout);
    const made = await constraintLines();
    await queryTarget(database.uri, 'drop table subtask_prompts, subtasks, tasks, users');
    const applied = await docrow(['schema', '--apply', '--json']);
    expect(JSON.parse(applied.stdout)).toMatchObject({ command: 'schema', exitCode: 0, applied: true });
    expect(await constraintLines()).toEqual(made);
    const twice = await docrow(['schema', '--apply', '--json']);
    expect(reportOf<FailureReport>(twice)).toMatchObject({
      exitCode: 8,
      errors: [{ code: 'target-refused' }],
    });
  });
});

/** Rows of each state table. */
async function stateCounts(): Promise<Readonly<Record<string, unknown>>> {
  const tables = [
    'run',
    'collection_run',
    'range',
    'rejection',
    'document_key',
    'step',
    'audit',
    'change_position',
  ];
  const counts = tables.map((table) => `(select count(*)::int from docrow.${table}) as ${table}`);
  return (await queryTarget(database.uri, `select ${counts.join(', ')}`))[0]!;
}

const constraintLines = async () =>
  (
    await queryTarget(
      database.uri,
      "select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) as line from pg_constraint where connamespace = 'public'::regnamespace order by 1",
    )
  ).map((row) => row['line']);

describe('a migration', () => {
  test('into the tables that schema made: nothing is refused for coming before what it refers to', async () => {
    const before = await constraintLines();
    const report = reportOf(await migrate('--chunk-documents', '100'));
    expect(report).toMatchObject({ exitCode: 6, totals: { read: 3940, loaded: 3903, rejected: 37 } });
    expect(report.validation.verdict).toBe('match');
    expect(await constraintLines()).toEqual(before);
    await queryTarget(
      database.uri,
      'drop schema docrow cascade; drop table subtask_prompts, subtasks, tasks, users',
    );
  });

  test('has a report of the promised shape', async () => {
    const report = reportOf(await migrate('--max-rejects', '37'));
    expect(report).toMatchObject({ status: 'done', exitCode: 0, errors: [] });
    expect(Object.keys(report).slice(0, 4)).toEqual(['command', 'runId', 'status', 'exitCode']);
    const users = report.collections.find(({ collection }) => collection === 'users');
    expect(users).toEqual({
      collection: 'users',
      read: 240,
      loaded: 238,
      rejected: 2,
      filtered: 0,
      rows: { users: 238 },
      bytes: 67_742,
      seconds: expect.any(Number),
      attempt: {
        read: 240,
        loaded: 238,
        rejected: 2,
        filtered: 0,
        bytes: 67_742,
        seconds: expect.any(Number),
      },
    });
    expect(report.totals).toEqual({
      read: 3940,
      loaded: 3903,
      rejected: 37,
      filtered: 0,
      rows: 9578,
      bytes: 3_109_624,
      seconds: expect.any(Number),
    });
  });

  test('that is finished is not done again, and says so', async () => {
    const before = await readTarget(database.uri, sampleTables);
    const report = reportOf(await migrate('--max-rejects', '37'));
    expect(report).toMatchObject({ exitCode: 0, nothingToDo: true, totals: { read: 3940 } });
    expect(report.collections.every(({ attempt }) => attempt.read === 0)).toBe(true);
    expect(await readTarget(database.uri, sampleTables)).toEqual(before);
    const { stdout } = await docrow(['migrate', '--progress', 'none']);
    expect(stdout).toContain('Nothing to do: this run is finished');
  });

  test('--fresh asks, and then starts over', async () => {
    const refused = await failure(migrate('--fresh'));
    expect(refused).toMatchObject({ exitCode: 2, errors: [{ code: 'confirmation-needed' }] });
    const before = await readTarget(database.uri, sampleTables);
    const stateBefore = await stateCounts();
    const [old] = await queryTarget(database.uri, 'select run_id from docrow.run');
    const report = reportOf(await migrate('--fresh', '--yes'));
    expect(report).toMatchObject({ exitCode: 6, nothingToDo: false, totals: { read: 3940, loaded: 3903 } });
    expect(report.runId).not.toBe(old?.['run_id']);
    expect(await stateCounts()).toEqual(stateBefore);
    expect(await readTarget(database.uri, sampleTables)).toEqual(before);
  });

  test('with another mapping than the one it began with is refused', async () => {
    const file = join(project.dir, 'mappings', 'users.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('fullname, type: text', 'fullname, type: varchar(500)'));
    expect(await failure(migrate())).toMatchObject({
      exitCode: 5,
      errors: [{ code: 'mapping-changed', message: expect.stringContaining('users (mappings/users.yaml)') }],
    });
    writeFileSync(file, `# a comment changes nothing\n${text}`);
    expect(reportOf(await migrate())).toMatchObject({ exitCode: 6, nothingToDo: true });
  });

  test('from another source is refused, unless everything starts over', async () => {
    const other = join(imagegenFolder, 'imagegen.archive');
    const args = ['migrate', '--json', '--progress', 'none'];
    const env = { DOCROW_SOURCE: other };
    expect(await failure(docrow(args, env))).toMatchObject({
      exitCode: 5,
      errors: [{ code: 'source-changed' }],
    });
    const partly = docrow([...args, '--fresh', '--yes', '--only', 'users'], env);
    expect(await failure(partly)).toMatchObject({ exitCode: 5, errors: [{ code: 'source-changed' }] });
    const report = reportOf(await docrow([...args, '--fresh', '--yes'], env));
    expect(report).toMatchObject({ exitCode: 6, totals: { loaded: 3903 }, validation: { verdict: 'match' } });
    const back = reportOf(await migrate('--fresh', '--yes'));
    expect(back).toMatchObject({ exitCode: 6, totals: { loaded: 3903 } });
  });
});

describe('what a migration left behind', () => {
  test('status', async () => {
    const report = reportOf<StatusReport>(await docrow(['status', '--json']));
    expect(report).toMatchObject({ command: 'status', exitCode: 0, runs: [{ state: 'finished' }] });
    const users = report.runs[0]!.collections.find(({ collection }) => collection === 'users');
    expect(users).toMatchObject({ read: 240, loaded: 238, rejected: 2, filtered: 0, state: 'done' });
    expect(users?.ranges).toEqual({ done: 1, total: 1 });
    expect(users?.steps.every(({ state }) => state === 'done')).toBe(true);
  });

  test('rejects list, show and export', async () => {
    const list = reportOf<RejectsReport>(await docrow(['rejects', 'list', '--json', '--limit', '100']));
    expect(list.rejects).toHaveLength(37);
    const email = list.rejects.find(({ code }) => code === 'duplicate-value')!;
    const masked = await docrow(['rejects', 'show', email.key, '--json']);
    expect(masked.stdout).not.toContain('@');
    const shown = await docrow(['rejects', 'show', email.key, '--json', '--show-values']);
    const { document } = reportOf<RejectReport>(shown);
    expect(document).toMatchObject({ email: expect.stringContaining('@') });
    const exported = await docrow(['rejects', 'export', 'rejects.jsonl', '--json']);
    expect(JSON.parse(exported.stdout)).toMatchObject({ exitCode: 0, documents: 37 });
    const lines = readFileSync(join(project.dir, 'rejects.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => EJSON.parse(line, { relaxed: false }))).toHaveLength(37);
    const again = await failure(docrow(['rejects', 'export', 'rejects.jsonl', '--json']));
    expect(again).toMatchObject({ exitCode: 2, errors: [{ code: 'file-failed' }] });
  });

  test('validate: a match, and a mismatch once a row is deleted behind its back', async () => {
    const good = reportOf<ValidationReport>(await docrow(['validate', '--level', 'counts', '--json']));
    expect(good).toMatchObject({
      command: 'validate',
      verdict: 'match',
      exitCode: 0,
      differences: [],
      differencesTruncated: false,
    });
    expect(good.collections.find(({ collection }) => collection === 'users')).toEqual({
      collection: 'users',
      level: 'counts',
      documents: 240,
      rejected: 2,
      filtered: 0,
      tables: [{ table: 'users', expectedRows: 238, actualRows: 238, missing: 0, extra: 0, changed: 0 }],
      declaredLosses: [],
      notCovered: [],
      seconds: expect.any(Number),
    });
    const whole = reportOf<ValidationReport>(await docrow(['validate', '--level', 'documents', '--json']));
    expect(whole).toMatchObject({ verdict: 'match', exitCode: 0, differences: [] });
    expect(whole.collections.map(({ roundTrip }) => roundTrip?.undeclared)).toEqual([0, 0, 0]);
    await queryTarget(database.uri, 'delete from users where ctid = (select min(ctid) from users)');
    const bad = reportOf<ValidationReport>(await docrow(['validate', '--json']));
    expect(bad).toMatchObject({ verdict: 'mismatch', exitCode: 3 });
    expect(bad.collections.flatMap(({ tables }) => tables).find(({ missing }) => missing === 1)?.table).toBe(
      'users',
    );
    expect(bad.differences).toMatchObject([{ kind: 'missing-row', table: 'users', state: 'standing' }]);
    expect(reportOf(await migrate())).toMatchObject({ exitCode: 3, validation: { verdict: 'mismatch' } });
  });

  test('repair: what differs is found by digests, put right, and found no more', async () => {
    await queryTarget(
      database.uri,
      "update tasks set task_name = task_name || '!' where id = (select min(id::text)::uuid from tasks)",
    );
    const found = reportOf<ValidationReport>(await docrow(['validate', '--json']));
    expect(found.differences.map(({ kind, table, column }) => [kind, table, column]).sort()).toEqual([
      ['changed-value', 'tasks', 'task_name'],
      ['missing-row', 'users', undefined],
    ]);
    expect(JSON.stringify(found)).not.toContain('@example.com');
    expect((await docrow(['repair', '--json'])).code).toBe(3);
    expect((await docrow(['repair', '--apply', '--yes', '--json'])).code).toBe(0);
    const clean = reportOf<ValidationReport>(await docrow(['validate', '--json']));
    expect(clean).toMatchObject({ verdict: 'match', exitCode: 0, differences: [] });
  });
});
