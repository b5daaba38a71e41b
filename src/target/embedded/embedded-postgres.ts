import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DocrowError } from '../../errors/docrow-error.ts';
import { initializeData, launchServer } from './launch-server.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import {
  askServer,
  clearStalePidFile,
  embeddedUri,
  findRunningServer,
  type RunningServer,
} from './running-server.ts';
import { chooseServerAccount } from './server-account.ts';
import {
  createServerHome,
  defaultPrivateRoot,
  locateServerHome,
  rememberedPort,
  rememberHome,
} from './server-home.ts';
import { withStartLock } from './start-lock.ts';
import { stopServer } from './stop-server.ts';

export interface EmbeddedOptions {
  /** Folder of this server: `data/`, `server.log` and `embedded.json` are kept in it. Made if it is not there. */
  readonly dataFolder: string;
  /** PostgreSQL settings in place of docrow's, for a start; a server that already runs keeps its own. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Where things go that the server's user cannot reach in place. Default: /var/lib/docrow, or the user's cache. */
  readonly privateRoot?: string | undefined;
  /** So long a server that says it is ready may leave a question unanswered before it is started anew. Default 30 s. */
  readonly maxSilenceMs?: number | undefined;
}

export interface EmbeddedPostgres {
  /** Superuser `docrow`, database `docrow`, no password, loopback address. */
  readonly uri: string;
  readonly port: number;
  /** For example 18.4. */
  readonly version: string;
  readonly alreadyRunning: boolean;
  /** Something the person should know, such as data kept elsewhere than asked for. */
  readonly notice: string | undefined;
  stop(): Promise<boolean>;
}

export interface EmbeddedStatus {
  readonly state: 'running' | 'starting' | 'stopped';
  /** While it runs. */
  readonly uri: string | undefined;
  readonly pid: number | undefined;
  /** The folder that really holds the data: not `dataFolder` where the server's user cannot reach that. */
  readonly folder: string;
  readonly log: string;
}

const pollMs = 100;
const defaultMaxSilenceMs = 30_000;
/** Recovery after a kill can take minutes. */
const maxRecoveryMs = 10 * 60_000;

/**
 * Starts a PostgreSQL on the folder, or takes the one that runs there.
 * The server is a process of its own and keeps running when docrow ends, by whatever way, so that a person can look
 * at the data; `stopEmbeddedPostgres` ends it. Two calls at once, in one process or two, get the same server.
 * @throws DocrowError `embedded-unavailable`, with what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const requested = resolve(options.dataFolder);
  const stop = () => stopEmbeddedPostgres(options);
  return explained(requested, () =>
    withStartLock(requested, async () => {
      const running = await takeRunningServer(locateServerHome(requested).data, options.maxSilenceMs);
      if (running !== undefined) {
        const notice = movedNotice(requested, locateServerHome(requested).folder);
        return { ...running, uri: embeddedUri(running.port), alreadyRunning: true, notice, stop };
      }
      const account = chooseServerAccount(locateServerHome(requested).data);
      const privateRoot = options.privateRoot ?? defaultPrivateRoot();
      const home = createServerHome(requested, account, privateRoot);
      const binaries = findPostgresBinaries(account, privateRoot);
      const preferredPort = rememberedPort(requested);
      const launch = { home, binaries, account, preferredPort, settings: options.settings ?? {} };
      initializeData(launch);
      clearStalePidFile(home.data);
      const started = await launchServer(launch);
      rememberHome(home, started.port);
      const notices = [movedNotice(requested, home.folder), binaries.notice].filter(
        (text) => text !== undefined,
      );
      const notice = notices.length > 0 ? notices.join('. ') : undefined;
      return { ...started, uri: embeddedUri(started.port), alreadyRunning: false, notice, stop };
    }),
  );
}

/**
 * Ends the server on the folder in an orderly way (open transactions are rolled back) and waits until it is gone.
 * @returns false when none ran
 * @throws DocrowError `embedded-unavailable` when it cannot be stopped
 */
export async function stopEmbeddedPostgres(options: Pick<EmbeddedOptions, 'dataFolder'>): Promise<boolean> {
  const requested = resolve(options.dataFolder);
  return explained(requested, () =>
    withStartLock(requested, async () => {
      const { data } = locateServerHome(requested);
      const server = findRunningServer(data);
      if (server === undefined) return false;
      await stopServer(server.pid, data);
      return true;
    }),
  );
}

/** What runs on the folder, without changing anything. */
export function embeddedStatus(options: Pick<EmbeddedOptions, 'dataFolder'>): EmbeddedStatus {
  const requested = resolve(options.dataFolder);
  const home = locateServerHome(requested);
  let server: RunningServer | undefined;
  try {
    server = findRunningServer(home.data);
  } catch (error) {
    throw explain(error, requested);
  }
  return {
    state: server === undefined ? 'stopped' : server.ready ? 'running' : 'starting',
    uri: server === undefined ? undefined : embeddedUri(server.port),
    pid: server?.pid,
    folder: home.folder,
    log: home.log,
  };
}

/** The server on the data folder once it answers; undefined when none runs or a silent one had to be stopped. */
async function takeRunningServer(
  data: string,
  maxSilenceMs = defaultMaxSilenceMs,
): Promise<{ port: number; version: string } | undefined> {
  const begin = Date.now();
  let readySince: number | undefined;
  for (;;) {
    const server = findRunningServer(data);
    if (server === undefined) return undefined;
    if (server.ready) {
      readySince ??= Date.now();
      const version = await askServer(server.port, data);
      if (version !== undefined) return { port: server.port, version };
    }
    const isSilent = readySince !== undefined && Date.now() - readySince > maxSilenceMs;
    if (isSilent || Date.now() - begin > maxRecoveryMs) {
      await stopServer(server.pid, data);
      return undefined;
    }
    await sleep(pollMs);
  }
}

function movedNotice(requested: string, folder: string): string | undefined {
  if (folder === requested) return undefined;
  return `The embedded PostgreSQL keeps its data in ${folder}, because the user it runs as cannot reach ${requested}`;
}

async function explained<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error, folder);
  }
}

/** Turns what the file system says into something that a person can act on. */
function explain(error: unknown, folder: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (error instanceof DocrowError || code === undefined) return error;
  const advice =
    code === 'EACCES' || code === 'EPERM'
      ? 'run docrow as the user who started it before, or choose another --dir'
      : 'make the folder usable, or choose another --dir';
  return new DocrowError(
    'embedded-unavailable',
    `The folder of the embedded PostgreSQL cannot be used (${code}); ${advice}`,
    { folder, path },
    error,
  );
}
