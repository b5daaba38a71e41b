import { join } from 'node:path';
import pLimit from 'p-limit';
import type { RunRecord } from '../checkpoint/checkpoint-store.ts';
import { PostgresCheckpointStore } from '../checkpoint/postgres/postgres-checkpoint-store.ts';
import { PostgresDigestStore } from '../checkpoint/postgres/postgres-digest-store.ts';
import { PostgresRetryStore } from '../checkpoint/postgres/postgres-retry-store.ts';
import { PostgresRunHistoryStore } from '../checkpoint/postgres/postgres-run-history-store.ts';
import { PostgresSyncStore } from '../checkpoint/postgres/postgres-sync-store.ts';
import type { QueryRows } from '../checkpoint/postgres/query-rows.ts';
import { endWriting } from '../checkpoint/postgres/write-period.ts';
import type { Settings } from '../config/settings.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import { startEmbeddedPostgres } from '../target/embedded/embedded-postgres.ts';
import {
  closePostgres,
  connectPostgres,
  insecureNotice,
  type PostgresClient,
} from '../target/postgres/connect.ts';
import { PostgresSchema } from '../target/postgres/postgres-schema.ts';
import { isRunLocked, takeRunLock } from '../target/postgres/run-lock.ts';
import { docrowVersion } from './docrow-version.ts';

/** Folder of the embedded PostgreSQL inside a project. */
export const embeddedFolder = (dir: string): string => join(dir, '.docrow', 'postgres');

export interface OpenTarget {
  readonly uri: string;
  readonly schema: PostgresSchema;
  readonly store: PostgresCheckpointStore;
  readonly retryStore: PostgresRetryStore;
  readonly digestStore: PostgresDigestStore;
  readonly historyStore: PostgresRunHistoryStore;
  readonly syncStore: PostgresSyncStore;
  /** What a person has to be told about the server. */
  readonly notices: readonly string[];
  /**
   * Takes the lock that one run holds on the target, for as long as this connection lives.
   * @param onLost called when the connection that holds it is gone
   * @throws DocrowError `run-locked`
   */
  lock(onLost: (error: DocrowError) => void): Promise<void>;
  /** Records that no more rows are written, where the lock was taken. */
  endWriting(): Promise<void>;
  /** Whether a run holds that lock now. */
  isLocked(): Promise<boolean>;
  close(): Promise<void>;
}

/** Connects to the target, starting the embedded PostgreSQL when that is what was asked for. */
async function openTarget(settings: Pick<Settings, 'target' | 'schema' | 'dir'>): Promise<OpenTarget> {
  const embedded =
    settings.target === 'embedded:'
      ? await startEmbeddedPostgres({ dataFolder: embeddedFolder(settings.dir) })
      : undefined;
  const uri = embedded?.uri ?? settings.target;
  const client = await connectPostgres(uri);
  // Collections are loaded side by side and share this connection, which carries one statement at a time.
  const limit = pLimit(1);
  const query: QueryRows = (sql, parameters = []) => limit(queryRows, client, sql, parameters);
  const schema = new PostgresSchema(uri, settings.schema);
  const store = new PostgresCheckpointStore(query, docrowVersion());
  let mayWrite = false;
  return {
    uri,
    notices: [embedded?.notice, insecureNotice(client)].filter((notice) => notice !== undefined),
    schema,
    store,
    retryStore: new PostgresRetryStore(query, docrowVersion()),
    digestStore: new PostgresDigestStore(query),
    historyStore: new PostgresRunHistoryStore(query, docrowVersion()),
    syncStore: new PostgresSyncStore(query),
    async lock(onLost) {
      await takeRunLock(client);
      mayWrite = true;
      client.once('end', () => {
        onLost(
          new DocrowError('target-unreachable', 'The connection that holds the lock of the run was lost'),
        );
      });
    },
    async endWriting() {
      if (mayWrite && (await store.exists())) await endWriting(query);
    },
    isLocked: () => isRunLocked(client),
    async close() {
      client.removeAllListeners('end');
      await Promise.all([schema.close(), closePostgres(client)]);
    },
  };
}

async function queryRows(
  client: PostgresClient,
  sql: string,
  parameters: readonly unknown[],
): Promise<readonly Record<string, unknown>[]> {
  try {
    const { rows } = await client.query(sql, [...parameters]);
    return rows;
  } catch (error) {
    throw toDocrowError(error, 'finish');
  }
}

/** The newest run. @throws DocrowError `no-run` */
export async function requireRun(target: OpenTarget): Promise<RunRecord> {
  const run = (await target.store.exists()) ? await target.store.latestRun() : undefined;
  if (run === undefined) throw new DocrowError('no-run', 'The target holds no run of docrow');
  return run;
}

/** Opens the target for as long as `work` takes. */
export async function withTarget<T>(
  settings: Pick<Settings, 'target' | 'schema' | 'dir'>,
  work: (target: OpenTarget) => Promise<T>,
): Promise<T> {
  const target = await openTarget(settings);
  try {
    const result = await work(target);
    // What is not recorded now is when the next process begins, so that no command fails by it.
    await target.endWriting().catch(() => undefined);
    return result;
  } finally {
    await target.close();
  }
}
