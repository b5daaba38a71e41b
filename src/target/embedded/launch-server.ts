import { spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { askServer, embeddedName, findRunningServer } from './running-server.ts';
import type { ServerAccount } from './server-account.ts';
import type { ServerHome } from './server-home.ts';

const pollMs = 50;
/** Recovery after a kill can take minutes on a slow disk. */
const maxStartMs = 10 * 60_000;
const maxLogBytes = 16 * 1024 * 1024;

/** More memory and fewer checkpoints than the defaults; durability is left as it is (fsync, synchronous_commit on). */
const bulkLoadSettings: Readonly<Record<string, string>> = {
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
};

const fixedSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // A socket path may have 107 bytes at most, which a project folder easily exceeds.
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Errors of statements quote values of documents, so they are not logged. In this list `log` ranks above `error`.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
};

export interface Launch {
  readonly home: ServerHome;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount | undefined;
  readonly preferredPort: number | undefined;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Makes the data folder unless it is there. The folder gets its name when it is complete, so that an initdb that
 * was killed leaves nothing that looks like data.
 */
export function initializeData({ home, binaries, account }: Launch): void {
  removeDrafts(home);
  if (existsSync(home.data)) {
    refuseOtherVersion(home, binaries);
    return;
  }
  const draft = mkdtempSync(join(home.folder, 'initdb-'));
  if (account !== undefined) chownSync(draft, account.uid, account.gid);
  const args = ['-D', draft, '-U', embeddedName, '--encoding=UTF8', '--locale=C', '--auth=trust'];
  const { status, stderr, error } = spawnSync(binaries.initdb, args, {
    ...childOptions(home, account),
    encoding: 'utf8',
  });
  if (status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    const reason = error?.message ?? lastLine(stderr);
    throw new DocrowError('embedded-unavailable', `PostgreSQL's initdb failed: ${reason}`, {
      folder: home.folder,
    });
  }
  renameSync(draft, home.data);
}

function removeDrafts({ folder }: ServerHome): void {
  for (const name of readdirSync(folder).filter((each) => each.startsWith('initdb-'))) {
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // The initdb of a docrow that was killed still writes to it: a later start removes it.
    }
  }
}

function refuseOtherVersion({ data }: ServerHome, { version }: PostgresBinaries): void {
  const made = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (made === version.split('.')[0]) return;
  throw new DocrowError(
    'embedded-unavailable',
    `The data folder was made by PostgreSQL ${made}, and the one installed is ${version}; ` +
      'install the docrow version that made it, or remove the folder if its data are not needed',
    { folder: data },
  );
}

/**
 * Starts the server as a process of its own that outlives this one, and waits until it answers.
 * @returns port and version
 */
export async function launchServer(launch: Launch): Promise<{ port: number; version: string }> {
  const { home, preferredPort } = launch;
  for (const wanted of [preferredPort, undefined, undefined]) {
    const port = await freePort(wanted);
    const logStart = statSync(home.log, { throwIfNoEntry: false })?.size ?? 0;
    const child = spawnServer(launch, port);
    const version = await waitForAnswer(child, home);
    if (version !== undefined) return { port, version };
    const log = readFileSync(home.log).subarray(logStart).toString('utf8');
    // Between the look for a free port and the start another program may have taken it.
    if (!log.includes('could not bind')) throw startFailed(home, lastLine(log));
  }
  throw startFailed(home, 'every port that was tried was taken by another program');
}

function spawnServer({ home, binaries, account, settings }: Launch, port: number): { exited: boolean } {
  rotateLog(home.log);
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
  const log = openSync(home.log, flags, 0o600);
  const all = { ...bulkLoadSettings, ...settings, ...fixedSettings, port: String(port) };
  const args = [
    '-D',
    home.data,
    ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const state = { exited: false };
  const end = () => {
    state.exited = true;
  };
  // Nothing of this process may be inherited: whoever reads our standard output waits until the last holder closes it.
  spawn(binaries.postgres, args, {
    ...childOptions(home, account),
    detached: true,
    stdio: ['ignore', log, log],
    windowsHide: true,
  })
    .once('exit', end)
    .once('error', end)
    .unref();
  closeSync(log);
  return state;
}

async function waitForAnswer(
  child: { readonly exited: boolean },
  home: ServerHome,
): Promise<string | undefined> {
  const deadline = Date.now() + maxStartMs;
  while (Date.now() < deadline) {
    const server = findRunningServer(home.data);
    // Without a child there may still be a server: that of a docrow which was killed before the pid file was there.
    if (child.exited && server === undefined) return undefined;
    const version = server?.ready ? await askServer(server.port, home.data) : undefined;
    if (version !== undefined) return version;
    await sleep(pollMs);
  }
  return undefined;
}

/** Without the environment of docrow: PG* variables would change what the programs do. */
function childOptions(home: ServerHome, account: ServerAccount | undefined) {
  const path = process.env['PATH'];
  return {
    cwd: home.folder,
    env: { LC_ALL: 'C', ...(path === undefined ? {} : { PATH: path }) },
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
  };
}

function rotateLog(log: string): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size > maxLogBytes) renameSync(log, `${log}.previous`);
}

async function freePort(wanted: number | undefined): Promise<number> {
  const port = await listenOnce(wanted ?? 0);
  return port ?? (await listenOnce(0)) ?? 0;
}

/** The port if it can be listened on; 0 asks the system for any. */
function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

function startFailed(home: ServerHome, reason: string): DocrowError {
  return new DocrowError(
    'embedded-unavailable',
    `The embedded PostgreSQL did not start: ${reason}; its log is ${home.log}`,
    { folder: home.folder },
  );
}

const lastLine = (text: string): string => {
  const lines = text.trim().split('\n');
  return lines.findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? lines.at(-1) ?? 'no reason given';
};
