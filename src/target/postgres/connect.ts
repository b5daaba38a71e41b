import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import pg from 'pg';
import { DocrowError } from '../../errors/docrow-error.ts';
import { toDocrowError } from '../../errors/to-docrow-error.ts';

/** A connection of docrow: UTC, ISO dates, an empty search path, so that every name in its SQL is qualified. */
export type PostgresClient = pg.Client;

/** The socket under a connection, which pg has no public name for. */
export const socketOf = (client: PostgresClient): Socket =>
  (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;

const oldestServer = 130_000;

/** A setting of docrow's own, by which its sessions are told from others: name and value. */
export const writerSetting = ['docrow.writer', 'docrow'] as const;

/**
 * Session settings. They are set after connecting, since a pooler may refuse start-up options.
 * The search path is empty because a role called docrow would otherwise find its tables in the state schema.
 */
const sessionSettings: readonly (readonly [string, string])[] = [
  ['search_path', ''],
  ['TimeZone', 'UTC'],
  ['DateStyle', 'ISO, YMD'],
  ['IntervalStyle', 'postgres'],
  ['bytea_output', 'hex'],
  ['extra_float_digits', '1'],
  ['statement_timeout', '0'],
  ['idle_in_transaction_session_timeout', '0'],
  ['client_min_messages', 'warning'],
  // A server that lost its client without a word (half open) would hold the client's locks for hours.
  ['tcp_keepalives_idle', '30'],
  ['tcp_keepalives_interval', '10'],
  ['tcp_keepalives_count', '6'],
  // The triggers that look out for writes of others let this session pass.
  writerSetting,
];

/**
 * PostgreSQL writes the values of rows that it refuses into its own log, under DETAIL and CONTEXT. A superuser may
 * keep them out; for other roles it is as the server's administrator decided.
 */
const quietLog = `select pg_catalog.set_config('log_error_verbosity', 'terse', false)
  from pg_catalog.pg_roles where rolname = current_user and rolsuper`;

/**
 * Opens a connection with keepalives and docrow's session settings.
 * @throws DocrowError `target-unreachable`, `target-denied`, `target-unsupported`
 */
export async function connectPostgres(uri: string): Promise<PostgresClient> {
  const client = new pg.Client({
    connectionString: uri,
    application_name: 'docrow',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 15_000,
  });
  // A lost connection rejects the query that waits on it; between queries there is nobody to tell.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await setUpSession(client);
  } catch (error) {
    await closePostgres(client);
    throw toDocrowError(error);
  }
  return client;
}

async function setUpSession(client: PostgresClient): Promise<void> {
  const calls = sessionSettings.map((_, i) => `pg_catalog.set_config($${2 * i + 1}, $${2 * i + 2}, false)`);
  const first = await client.query(
    `select ${calls.join(', ')}, pg_catalog.pg_backend_pid() as pid, current_setting('server_version_num') as version`,
    sessionSettings.flat(),
  );
  const { pid, version } = first.rows[0] as { pid: number; version: string };
  if (Number(version) < oldestServer) {
    throw new DocrowError('target-unsupported', 'The PostgreSQL server is older than version 13', {
      version,
    });
  }
  await client.query(quietLog);
  const second = await client.query(
    "select pg_catalog.pg_backend_pid() as pid, pg_catalog.current_setting('search_path') as path",
  );
  const { pid: pidAfter, path } = second.rows[0] as { pid: number; path: string };
  if (pidAfter !== pid || (path !== '' && path !== '""')) {
    throw new DocrowError(
      'target-unsupported',
      'The connection goes through a pooler in transaction mode, which loses session settings and locks',
    );
  }
}

const closeLimitMs = 2_000;

/** Closes a connection; one that does not answer is cut. */
export async function closePostgres(client: PostgresClient): Promise<void> {
  const cut = setTimeout(() => socketOf(client).destroy(), closeLimitMs);
  await client.end().catch(() => undefined);
  clearTimeout(cut);
}

/** A warning when what goes over the network can be read by others; undefined for this machine and for TLS. */
export function insecureNotice(client: PostgresClient): string | undefined {
  const { host } = client;
  const isLocal = host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\./.test(host);
  if (isLocal || socketOf(client) instanceof TLSSocket) return undefined;
  return `WARNING: the connection to ${host} is not encrypted: rows and credentials can be read by others on the way (add sslmode=verify-full to the URI)`;
}

/** Runs `work` in a transaction: committed when it returns, rolled back when it throws. */
export async function inTransaction<T>(client: PostgresClient, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
