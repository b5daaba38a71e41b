import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type EmbeddedPostgres,
  embeddedStatus,
  startEmbeddedPostgres,
} from '../../src/target/embedded/embedded-postgres.ts';
import { inspectProcess } from '../../src/target/embedded/process-inspection.ts';
import { createProject, mappingYaml } from '../support/bson-dump.ts';
import { type FailureReport, reportOf, runDocrow, startDocrow } from '../support/docrow-process.ts';
import { createDatabase, type TestDatabase } from '../support/postgres-server.ts';
import { imagegenFolder } from '../support/source-documents.ts';
import { queryTarget } from '../support/target-content.ts';

// A server of its own: its rules for passwords and its log are looked into.
const dataFolder = mkdtempSync(join(tmpdir(), 'docrow-secrets-'));
const flags = ['migrate', '--source', join(imagegenFolder, 'dump'), '--json'] as const;
let server: EmbeddedPostgres;
let database: TestDatabase;

beforeAll(async () => {
  server = await startEmbeddedPostgres({ dataFolder });
});
afterAll(async () => {
  await server.stop();
  const { folder } = embeddedStatus({ dataFolder });
  for (const each of new Set([folder, dataFolder])) rmSync(each, { recursive: true, force: true });
});
beforeEach(async () => {
  database = await createDatabase(server.uri);
});
afterEach(() => database.drop());

describe('secrets', () => {
  const canary = 'Canary-Passw0rd/7f3a';
  const eMail = 'canary.person@example.org';

  /** A role that has to give a password; the server takes everybody else's word. */
  async function createRole(attributes: string): Promise<string> {
    const [hba] = await queryTarget(
      server.uri,
      "select pg_read_file(current_setting('hba_file')) as text, current_setting('hba_file') as file",
    );
    const rule = 'host all canary 127.0.0.1/32 scram-sha-256';
    if (!String(hba!['text']).includes(rule)) {
      const lines = [
        rule,
        ...String(hba!['text'])
          .split('\n')
          .filter((line) => /^\w/.test(line)),
      ];
      const rows = lines.map((line) => `('${line.replaceAll(/\s+/g, ' ')}')`).join(', ');
      await queryTarget(server.uri, `copy (select * from (values ${rows}) t) to '${hba!['file']}'`);
      await queryTarget(server.uri, 'select pg_reload_conf()');
    }
    await queryTarget(server.uri, 'drop role if exists canary');
    await queryTarget(server.uri, `create role canary login ${attributes} password '${canary}'`);
    const uri = new URL(database.uri);
    uri.username = 'canary';
    return uri.href;
  }
  const withPassword = (uri: string, password: string): string =>
    uri.replace('canary@', `canary:${encodeURIComponent(password)}@`);

  test('a password on the command line is refused, and not repeated', async () => {
    const target = withPassword(await createRole(''), canary);
    for (const args of [
      [...flags, '--target', target],
      ['status', '--target', target],
    ]) {
      const result = await runDocrow(args);
      expect(result.code).toBe(2);
      expect(result.stdout + result.stderr).toContain('secret-in-arguments');
      expectNoSecret(result.stdout + result.stderr);
    }
  });

  test('a wrong password: exit code 4, and it is nowhere', async () => {
    const target = withPassword(await createRole(''), `wrong-${canary}`);
    const running = startDocrow([...flags, '--log-level', 'trace'], { env: { DOCROW_TARGET: target } });
    const command = inspectProcess(running.child.pid!)?.command ?? '';
    expect(command).toContain('migrate');
    const result = await running.result;
    expect(reportOf<FailureReport>(result)).toMatchObject({
      exitCode: 4,
      errors: [{ code: 'target-denied' }],
    });
    expectNoSecret(command + result.stdout + result.stderr);
  });

  test('passwords and e-mail addresses appear in no output, log, state or log of the server', async () => {
    const target = withPassword(await createRole('superuser'), canary);
    // An embedded server logs no errors of statements; most others log them with the statement.
    const name = new URL(database.uri).pathname.slice(1);
    await queryTarget(server.uri, `alter database ${name} set log_min_messages = 'warning'`);
    await queryTarget(server.uri, `alter database ${name} set log_min_error_statement = 'error'`);
    const columns = [
      'id: { from: _id, type: integer }',
      'email: { from: email, type: text, unique: true }',
      'age: { from: age, type: integer }',
    ];
    const project = createProject(
      { 'mappings/people.yaml': mappingYaml({ collection: 'people', columns }) },
      {
        people: [
          { _id: 1, email: eMail, age: 1 },
          { _id: 2, email: eMail, age: 2 },
          { _id: 3, email: `x${eMail}`, age: eMail },
          { _id: 4, email: `y\0${eMail}` },
          { _id: 5, email: `z${eMail}`, [eMail.replaceAll('.', ' ')]: 1 },
          { _id: 6, email: `refused ${eMail}`, age: -1 },
        ],
      },
    );
    await queryTarget(
      database.uri,
      'create table people (id integer, email text, age integer check (age > 0))',
    );
    const env = { DOCROW_TARGET: target, DOCROW_SOURCE: project.source };
    const all: string[] = [];
    for (const args of [
      ['migrate', '--progress', 'json'],
      ['migrate', '--progress', 'plain', '--log-level', 'trace'],
      ['migrate', '--fresh', '--yes', '--on-existing', 'append', '--log-level', 'debug'],
      ['status'],
      ['validate'],
      ['rejects', 'list'],
      ['rejects', 'show', '1'],
      ['schema'],
    ]) {
      for (const json of [[], ['--json']]) {
        const level = args.includes('--log-level') ? [] : ['--log-level', 'trace'];
        const result = await runDocrow([...args, ...json, ...level, '--dir', project.dir], { env });
        expect(result.code, `${args}: ${result.stdout}${result.stderr}`).not.toBe(1);
        all.push(result.stdout, result.stderr);
      }
    }
    const state = await queryTarget(
      database.uri,
      `select table_name from information_schema.tables where table_schema = 'docrow'`,
    );
    for (const { table_name: table } of state) {
      // The documents that were set aside are kept whole: that is what the column is for.
      const rows = await queryTarget(
        database.uri,
        `select to_jsonb(t) - 'document' as row from docrow."${table}" t`,
      );
      all.push(JSON.stringify(rows));
    }
    const [rejected] = await queryTarget(database.uri, 'select count(*)::int as n from docrow.rejection');
    expect(rejected!['n']).toBeGreaterThanOrEqual(3);
    const log = readFileSync(embeddedStatus({ dataFolder }).log, 'utf8');
    expect(log).toContain('people');
    expectNoSecret(all.join('\n'));
    expectNoSecret(log);
    project.remove();
  });

  function expectNoSecret(text: string): void {
    const found = [canary, encodeURIComponent(canary), eMail, eMail.split('@')[0]!].filter((secret) =>
      text.includes(secret),
    );
    expect(
      found.map((secret) => text.slice(Math.max(0, text.indexOf(secret) - 200), text.indexOf(secret) + 50)),
    ).toEqual([]);
  }
});
