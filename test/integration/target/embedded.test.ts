import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type EmbeddedPostgres,
  embeddedStatus,
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
} from '../../../src/target/embedded/embedded-postgres.ts';
import { canEnter, chooseServerAccount } from '../../../src/target/embedded/server-account.ts';

const moduleUrl = new URL('../../../src/target/embedded/embedded-postgres.ts', import.meta.url);
const isRoot = process.getuid?.() === 0;
const account = chooseServerAccount('');
const canAccountReadCheckout = account !== undefined && canEnter(account, join(moduleUrl.pathname, '..'));

let base: string;
let dataFolder: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'docrow-embedded-'));
  chmodSync(base, 0o755);
  dataFolder = join(base, 'project', '.docrow', 'postgres');
});

afterEach(async () => {
  await stopEmbeddedPostgres({ dataFolder });
  rmSync(base, { recursive: true, force: true });
});

async function query(uri: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: uri });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A program of its own that starts the server, prints its port as JSON, and ends or waits to be killed. */
function startInOtherProgram(
  then: 'end' | 'wait',
  options: { uid?: number; gid?: number } = {},
): ChildProcess {
  const program = `
    import { startEmbeddedPostgres } from ${JSON.stringify(moduleUrl.href)};
    const server = await startEmbeddedPostgres({ dataFolder: ${JSON.stringify(dataFolder)} });
    console.log(JSON.stringify({ port: server.port, alreadyRunning: server.alreadyRunning }));
    if (${then === 'wait'}) setInterval(() => {}, 1000);`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
  return spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function answerOf(child: ChildProcess): Promise<Pick<EmbeddedPostgres, 'port' | 'alreadyRunning'>> {
  return JSON.parse(await text(child.stdout!));
}

describe('the embedded PostgreSQL', () => {
  test('starts, is taken again while it runs, stops, and comes back with its data on the same port', async () => {
    const first = await startEmbeddedPostgres({ dataFolder });
    expect(first.alreadyRunning).toBe(false);
    if (account === undefined || canAccountReadCheckout) expect(first.notice).toBeUndefined();
    expect(first.version).toMatch(/^\d+\.\d+$/);
    await query(first.uri, 'create table kept as select 1 as one');

    const second = await startEmbeddedPostgres({ dataFolder });
    expect(second).toMatchObject({ alreadyRunning: true, uri: first.uri, version: first.version });
    expect(embeddedStatus({ dataFolder })).toMatchObject({
      state: 'running',
      uri: first.uri,
      folder: dataFolder,
    });

    expect(await second.stop()).toBe(true);
    expect(await stopEmbeddedPostgres({ dataFolder })).toBe(false);
    expect(embeddedStatus({ dataFolder })).toMatchObject({
      state: 'stopped',
      uri: undefined,
      pid: undefined,
    });

    const third = await startEmbeddedPostgres({ dataFolder });
    expect(third).toMatchObject({ alreadyRunning: false, uri: first.uri });
    expect(await query(third.uri, 'select one from kept')).toEqual([{ one: 1 }]);
  });

  test('has UTF-8, plain byte order and full durability, and listens on the loopback address alone', async () => {
    const { uri } = await startEmbeddedPostgres({ dataFolder });
    const settings = ['server_encoding', 'lc_collate', 'fsync', 'synchronous_commit', 'full_page_writes'];
    const rows = await query(
      uri,
      `select current_setting('server_encoding') as server_encoding,
              (select datcollate from pg_database where datname = current_database()) as lc_collate,
              current_setting('fsync') as fsync,
              current_setting('synchronous_commit') as synchronous_commit,
              current_setting('full_page_writes') as full_page_writes,
              current_setting('listen_addresses') as listen_addresses,
              current_user as role, current_database() as database`,
    );
    expect(settings.map((name) => rows[0]?.[name])).toEqual(['UTF8', 'C', 'on', 'on', 'on']);
    expect(rows[0]).toMatchObject({ listen_addresses: '127.0.0.1', role: 'docrow', database: 'docrow' });
  });

  test('does not write values of failing statements to its log', async () => {
    const { uri } = await startEmbeddedPostgres({ dataFolder });
    await query(uri, 'create table users (email text unique)');
    const insert = `insert into users values ('canary@example.com'), ('canary@example.com')`;
    await expect(query(uri, insert)).rejects.toThrow();
    await expect(query(uri, `select 'canary-number'::int`)).rejects.toThrow();
    const log = readFileSync(embeddedStatus({ dataFolder }).log, 'utf8');
    expect(log).toContain('ready to accept connections');
    expect(log).not.toContain('canary');
  });

  test('keeps running when the program that started it ends, and holds nothing of that program open', async () => {
    const child = startInOtherProgram('end');
    // The pipe ends only when every process that inherited it is gone.
    const { port } = await answerOf(child);
    expect(embeddedStatus({ dataFolder })).toMatchObject({ state: 'running' });
    expect(await startEmbeddedPostgres({ dataFolder })).toMatchObject({ alreadyRunning: true, port });
  });

  test('survives a SIGKILL of the program that started it', async () => {
    const child = startInOtherProgram('wait');
    await once(child.stdout!, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await startEmbeddedPostgres({ dataFolder })).toMatchObject({ alreadyRunning: true });
  });

  test('starts after a program was killed anywhere in its start', async () => {
    for (const delayMs of [250, 400, 550, 700, 850]) {
      const child = startInOtherProgram('wait');
      const ended = once(child, 'exit');
      await sleep(delayMs);
      child.kill('SIGKILL');
      await ended;
    }
    const { uri } = await startEmbeddedPostgres({ dataFolder });
    expect(await query(uri, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('is one server for two programs that start it at once', async () => {
    const answers = await Promise.all(['end', 'end'].map(() => answerOf(startInOtherProgram('end'))));
    expect(answers.map((answer) => answer.alreadyRunning).sort()).toEqual([false, true]);
    expect(answers[0]?.port).toBe(answers[1]?.port);
  });

  test('recovers what was committed when the server itself was killed', async () => {
    const first = await startEmbeddedPostgres({ dataFolder });
    await query(first.uri, 'create table kept as select 1 as one');
    const { pid } = embeddedStatus({ dataFolder });
    process.kill(pid!, 'SIGKILL');
    while (embeddedStatus({ dataFolder }).state !== 'stopped') await sleep(20);
    const second = await startEmbeddedPostgres({ dataFolder });
    expect(second.alreadyRunning).toBe(false);
    expect(await query(second.uri, 'select one from kept')).toEqual([{ one: 1 }]);
  });

  test('does not take another process for its server when a pid file is left behind', async () => {
    await startEmbeddedPostgres({ dataFolder });
    const pidFile = join(dataFolder, 'data', 'postmaster.pid');
    const lines = readFileSync(pidFile, 'utf8').split('\n');
    await stopEmbeddedPostgres({ dataFolder });
    writeFileSync(pidFile, [process.pid, ...lines.slice(1)].join('\n'));
    expect(embeddedStatus({ dataFolder }).state).toBe('stopped');
    expect(await startEmbeddedPostgres({ dataFolder })).toMatchObject({ alreadyRunning: false });
  });

  test('replaces a server that does not answer', async () => {
    await startEmbeddedPostgres({ dataFolder });
    const { pid } = embeddedStatus({ dataFolder });
    process.kill(pid!, 'SIGSTOP');
    const replaced = await startEmbeddedPostgres({ dataFolder, maxSilenceMs: 100 });
    expect(replaced.alreadyRunning).toBe(false);
    expect(embeddedStatus({ dataFolder }).pid).not.toBe(pid);
    expect(await query(replaced.uri, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('says what to do about data of another PostgreSQL version', async () => {
    await startEmbeddedPostgres({ dataFolder });
    await stopEmbeddedPostgres({ dataFolder });
    writeFileSync(join(dataFolder, 'data', 'PG_VERSION'), '12\n');
    await expect(startEmbeddedPostgres({ dataFolder })).rejects.toMatchObject({
      code: 'embedded-unavailable',
      message: expect.stringMatching(/made by PostgreSQL 12.* remove the folder/),
    });
  });

  test('says what to do about a folder that cannot be made', async () => {
    mkdirSync(base, { recursive: true });
    writeFileSync(join(base, 'project'), 'a file');
    await expect(startEmbeddedPostgres({ dataFolder })).rejects.toMatchObject({
      code: 'embedded-unavailable',
    });
    rmSync(join(base, 'project'));
  });
});

describe.runIf(isRoot)('the embedded PostgreSQL, started by root', () => {
  test('keeps its data in a private folder when its user cannot reach the one asked for', async () => {
    mkdirSync(join(base, 'project'), { mode: 0o700 });
    const privateRoot = join(base, 'private');
    const first = await startEmbeddedPostgres({ dataFolder, privateRoot });
    const { folder } = embeddedStatus({ dataFolder });
    expect(folder.startsWith(privateRoot)).toBe(true);
    expect(first.notice).toContain(folder);
    expect(existsSync(join(dataFolder, 'data'))).toBe(false);
    await query(first.uri, 'create table kept as select 1 as one');
    await first.stop();

    const second = await startEmbeddedPostgres({ dataFolder, privateRoot });
    expect(second.notice).toContain(folder);
    expect(await query(second.uri, 'select one from kept')).toEqual([{ one: 1 }]);
    expect(await startEmbeddedPostgres({ dataFolder, privateRoot })).toMatchObject({ notice: first.notice });
  });

  test.runIf(canAccountReadCheckout)('works for a user without privileges as well', async () => {
    const { uid, gid } = account!;
    mkdirSync(join(base, 'project'));
    chmodSync(join(base, 'project'), 0o777);
    const child = startInOtherProgram('end', { uid, gid });
    const { port } = await answerOf(child);
    expect(await startEmbeddedPostgres({ dataFolder })).toMatchObject({ alreadyRunning: true, port });
  });
});
