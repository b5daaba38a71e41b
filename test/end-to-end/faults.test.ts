import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { planSample } from '../../scripts/sample-data/sample.ts';
import { writeDump } from '../../scripts/sample-data/write-dump.ts';
import type { StatusReport } from '../../src/report/status-report.ts';
import {
  type EmbeddedPostgres,
  embeddedStatus,
  startEmbeddedPostgres,
} from '../../src/target/embedded/embedded-postgres.ts';
import { type FailureReport, reportOf, runDocrow, startDocrow } from '../support/docrow-process.ts';
import { sampleTables } from '../support/kill-campaign.ts';
import { createDatabase, type TestDatabase } from '../support/postgres-server.ts';
import { readTarget, type TargetContent } from '../support/target-content.ts';

const documents = 6_000;
const source = mkdtempSync(join(tmpdir(), 'docrow-faults-'));
const dataFolder = join(source, 'postgres');
let server: EmbeddedPostgres;
let database: TestDatabase;
let expected: TargetContent;

const flags = ['migrate', '--source', source, '--json', '--chunk-documents', '50'] as const;
const environment = (more: Readonly<Record<string, string>> = {}) => ({
  env: { DOCROW_TARGET: database.uri, ...more },
});
const migrate = async (...more: readonly string[]) =>
  reportOf(await runDocrow([...flags, '--progress', 'none', ...more], environment()));
/** Starts a migration and resolves when it has committed something. */
async function startLoading(...more: readonly string[]) {
  const running = startDocrow([...flags, '--progress', 'json', ...more], environment());
  await running.sees(/"chunk-committed"/);
  return running;
}
const startServer = () => startEmbeddedPostgres({ dataFolder });
const isWhole = { exitCode: 6, totals: { read: documents }, validation: { verdict: 'match' } };

async function expectEqualEnd() {
  expect(await migrate()).toMatchObject(isWhole);
  expect(await readTarget(database.uri, sampleTables)).toEqual(expected);
}

beforeAll(async () => {
  await writeDump(planSample({ documents, seed: 9, clean: false }), source, 'imagegen');
  server = await startServer();
  database = await createDatabase(server.uri);
  await migrate();
  expected = await readTarget(database.uri, sampleTables);
  await database.drop();
});
afterAll(async () => {
  await server.stop();
  const { folder } = embeddedStatus({ dataFolder });
  for (const each of new Set([folder, source])) rmSync(each, { recursive: true, force: true });
});
beforeEach(async () => {
  database = await createDatabase(server.uri);
});
afterEach(() => database.drop());

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s once: stops after the chunk, and the next run goes on', async (signal, exitCode) => {
    const running = await startLoading();
    running.child.kill(signal);
    const report = reportOf(await running.result);
    expect(report).toMatchObject({ exitCode, status: 'interrupted', errors: [] });
    expect(report.totals.read).toBeGreaterThan(0);
    expect(report.totals.read).toBeLessThan(documents);
    const status = reportOf<StatusReport>(await runDocrow(['status', '--json'], environment()));
    expect(status.runs[0]).toMatchObject({ state: 'interrupted' });
    await expectEqualEnd();
  });

  test.each([1, 2])('SIGINT twice, with %i workers: stops at once', async (workers) => {
    const running = await startLoading('--workers', `${workers}`);
    running.child.kill('SIGINT');
    await running.sees(/"stopping"/);
    running.child.kill('SIGINT');
    const result = await running.result;
    expect(result.code).toBe(130);
    expect(JSON.parse(result.stdout)).toMatchObject({ status: 'interrupted', exitCode: 130 });
    await expectEqualEnd();
  });

  test('SIGINT twice while PostgreSQL does not answer', async () => {
    await migrate();
    const holder = startLockHolder();
    await holder.ready;
    try {
      const running = startDocrow([...flags, '--progress', 'json'], environment());
      await running.sees(/"validation-started"/);
      running.child.kill('SIGINT');
      await running.sees(/"stopping"/);
      running.child.kill('SIGINT');
      expect((await running.result).code).toBe(130);
    } finally {
      await holder.release();
    }
  });
});

/** Holds a table so that counting its rows waits. */
function startLockHolder() {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const done = holdTable(database.uri, isReady, released);
  return {
    ready,
    release: () => {
      release();
      return done;
    },
  };
}

async function holdTable(uri: string, isReady: () => void, released: Promise<void>): Promise<void> {
  const client = new Client({ connectionString: uri });
  await client.connect();
  await client.query('begin');
  await client.query('lock table users in access exclusive mode');
  isReady();
  await released;
  await client.query('rollback');
  await client.end();
}

test('a second migration at the same time is refused at once, and the first one is not disturbed', async () => {
  const running = await startLoading();
  running.child.kill('SIGSTOP');
  const second = await runDocrow([...flags, '--progress', 'none'], environment());
  expect(reportOf<FailureReport>(second)).toMatchObject({ exitCode: 5, errors: [{ code: 'run-locked' }] });
  const status = reportOf<StatusReport>(await runDocrow(['status', '--json'], environment()));
  expect(status.runs[0]).toMatchObject({ state: 'running' });
  running.child.kill('SIGCONT');
  expect(reportOf(await running.result)).toMatchObject(isWhole);
  expect(await readTarget(database.uri, sampleTables)).toEqual(expected);
});

describe('PostgreSQL', () => {
  test('killed in the middle of the load and started again: exit code 4, then the next run goes on', async () => {
    const running = await startLoading('--workers', '2');
    process.kill(embeddedStatus({ dataFolder }).pid!, 'SIGKILL');
    const result = await running.result;
    server = await startServer();
    expect(result.code).toBe(4);
    expect(JSON.parse(result.stdout)).toMatchObject({
      status: 'failed',
      errors: [{ code: 'target-unreachable' }],
    });
    await expectEqualEnd();
  });

  test('not there', async () => {
    const port = await freePort();
    const result = await runDocrow([...flags], {
      env: { DOCROW_TARGET: `postgres://docrow@127.0.0.1:${port}/x` },
    });
    expect(reportOf<FailureReport>(result)).toMatchObject({
      exitCode: 4,
      errors: [{ code: 'target-unreachable', message: expect.stringContaining(`127.0.0.1:${port}`) }],
    });
  });

  test('without the database', async () => {
    const uri = new URL(database.uri);
    uri.pathname = '/nowhere';
    const result = await runDocrow([...flags], { env: { DOCROW_TARGET: uri.href } });
    expect(reportOf<FailureReport>(result)).toMatchObject({
      exitCode: 4,
      errors: [{ code: 'target-not-found' }],
    });
  });
});

/** A port that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const listener = createServer().listen(0, '127.0.0.1', () => {
      const address = listener.address();
      listener.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
