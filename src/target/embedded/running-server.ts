import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client, DatabaseError } from 'pg';
import { DocrowError } from '../../errors/docrow-error.ts';
import { inspectProcess } from './process-inspection.ts';

/** The superuser and the database that every embedded server has. */
export const embeddedName = 'docrow';

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** False while it starts, recovers or shuts down. */
  readonly ready: boolean;
}

/**
 * The server that runs on this data folder, whoever started it, or undefined.
 * A pid file alone proves nothing: after a crash its number may belong to any process.
 */
export function findRunningServer(data: string): RunningServer | undefined {
  const file = readPidFile(data);
  if (file === undefined) return undefined;
  const process = inspectProcess(file.pid);
  const isOurs =
    process !== undefined && (process.command === '' || `${process.command} `.includes(`${data} `));
  return isOurs ? file : undefined;
}

/** Removes the pid file of a server that is gone. PostgreSQL does so itself unless another process has its pid now. */
export function clearStalePidFile(data: string): void {
  if (findRunningServer(data) === undefined) rmSync(pidFile(data), { force: true });
}

const pidFile = (data: string): string => join(data, 'postmaster.pid');

/** Lines of postmaster.pid: pid, data folder, start time, port, socket folder, address, shared memory, status. */
function readPidFile(data: string): RunningServer | undefined {
  let lines: readonly string[];
  try {
    lines = readFileSync(pidFile(data), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/** Connection URI of a server on this port. No password: it listens on the loopback address alone. */
export const embeddedUri = (port: number): string =>
  `postgres://${embeddedName}@127.0.0.1:${port}/${embeddedName}`;

/** SQLSTATE cannot_connect_now. */
const startingOrStopping = '57P03';

/**
 * Asks the server behind the port for its version, and makes the database if it is not there yet.
 * @returns for example 18.4, or undefined when nothing answers or the port is another server's
 * @throws DocrowError `embedded-unavailable` when it answers with a refusal (it is alive, so it must not be stopped)
 */
export async function askServer(port: number, data: string): Promise<string | undefined> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: embeddedName,
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
  });
  // The server may end at any moment; the failing query says so.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ data: string; version: string; has_database: boolean }>(
      `select current_setting('data_directory') as data,
              current_setting('server_version') as version,
              exists (select from pg_database where datname = $1) as has_database`,
      [embeddedName],
    );
    const answer = rows[0];
    if (answer === undefined || resolve(answer.data) !== data) return undefined;
    if (!answer.has_database) await client.query(`create database ${embeddedName}`);
    return answer.version.split(' ')[0];
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code === startingOrStopping) return undefined;
    throw new DocrowError(
      'embedded-unavailable',
      `The embedded PostgreSQL refuses a connection (SQLSTATE ${error.code}); its log says more`,
      { port, folder: data },
    );
  } finally {
    await client.end().catch(() => {});
  }
}
