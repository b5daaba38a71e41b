import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import {
  embeddedStatus,
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
} from '../../src/target/embedded/embedded-postgres.ts';
import { inspectProcess } from '../../src/target/embedded/process-inspection.ts';

export interface TestServer {
  /** URI of a role that may create databases. */
  readonly uri: string;
  stop(): Promise<void>;
}

export interface TestDatabase {
  readonly uri: string;
  drop(): Promise<void>;
}

const folderPrefix = 'docrow-test-postgres-';

/** Nothing here has to outlive the machine. */
const fastSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '128MB',
};

/**
 * The server named by POSTGRES_TEST_URI, else an embedded one in a temporary folder of its own.
 * A server that was left behind by a test process that was killed is stopped and removed by the next one.
 */
export async function startPostgresServer(): Promise<TestServer> {
  const external = process.env['POSTGRES_TEST_URI'];
  if (external) return { uri: external, stop: async () => {} };
  await removeLeftovers();
  const dataFolder = makeDataFolder();
  const { uri } = await startEmbeddedPostgres({ dataFolder, settings: fastSettings });
  const { pid } = embeddedStatus({ dataFolder });
  const endWithProcess = () => pid !== undefined && process.kill(pid, 'SIGINT');
  process.once('exit', endWithProcess);
  return {
    uri,
    stop: async () => {
      process.off('exit', endWithProcess);
      await stopAndRemove(dataFolder);
    },
  };
}

/** A folder for a server's data; named so that the next process finds it if this one is killed. */
export function makeDataFolder(): string {
  const dataFolder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  // As root the server runs as another user, who has to get in.
  chmodSync(dataFolder, 0o755);
  return dataFolder;
}

/** A new, empty database, so that test files do not see each other's tables. */
export async function createDatabase(uri: string): Promise<TestDatabase> {
  const name = `docrow_test_${process.pid}_${randomBytes(5).toString('hex')}`;
  await runAlone(uri, `create database ${name}`);
  const own = new URL(uri);
  own.pathname = `/${name}`;
  return { uri: own.href, drop: () => runAlone(uri, `drop database if exists ${name} with (force)`) };
}

async function runAlone(uri: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: uri });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${folderPrefix}(\\d+)-`).exec(name)?.[1]);
    if (!pid || inspectProcess(pid) !== undefined) continue;
    // Another user's leftovers are that user's to remove.
    await stopAndRemove(join(tmpdir(), name)).catch(() => {});
  }
}

/** Stops the server of a folder, where one runs, and removes its data. */
export async function stopAndRemove(dataFolder: string): Promise<void> {
  await stopEmbeddedPostgres({ dataFolder });
  const { folder } = embeddedStatus({ dataFolder });
  for (const each of new Set([folder, dataFolder])) rmSync(each, { recursive: true, force: true });
}
