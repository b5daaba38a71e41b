import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { canEnter, type ServerAccount } from './server-account.ts';

/** Where one embedded server keeps its things. Usually inside the folder that was asked for. */
export interface ServerHome {
  /** The folder that was asked for: lock and record are always here. */
  readonly requested: string;
  readonly folder: string;
  /** PostgreSQL's data folder. */
  readonly data: string;
  readonly log: string;
}

/** What is remembered between two starts, in `embedded.json` of the requested folder. */
interface HomeRecord {
  /** The requested folder when this was written. A copied project must not use the data of the one it was copied from. */
  readonly requested: string;
  readonly folder: string;
  readonly port: number | undefined;
}

/** The home of the server for `requested`, as remembered, or the requested folder itself. */
export function locateServerHome(requested: string): ServerHome {
  return serverHome(requested, readRecord(requested)?.folder ?? requested);
}

/**
 * Makes the folder for a new server: the requested one, or one below `privateRoot` where the account cannot reach
 * the requested one (a checkout in root's home is closed to every other user).
 */
export function createServerHome(
  requested: string,
  account: ServerAccount | undefined,
  privateRoot: string,
): ServerHome {
  mkdirSync(requested, { recursive: true });
  const remembered = locateServerHome(requested);
  if (existsSync(remembered.data) || account === undefined || canEnter(account, remembered.folder)) {
    return remembered;
  }
  const name = `${basename(requested)}-${createHash('sha256').update(requested).digest('hex').slice(0, 12)}`;
  const home = serverHome(requested, join(reachableRoot(account, privateRoot), name));
  mkdirSync(home.folder, { recursive: true, mode: 0o700 });
  chownSync(home.folder, account.uid, account.gid);
  return home;
}

/** Folder for what the account cannot use where it is: data of a closed checkout, copies of the binaries. */
export function defaultPrivateRoot(): string {
  if (process.getuid?.() === 0) return '/var/lib/docrow';
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'docrow');
}

/** `privateRoot`, made if it is not there, or a temporary folder where that cannot be made or entered. */
export function reachableRoot(account: ServerAccount | undefined, privateRoot: string): string {
  for (const folder of [
    privateRoot,
    join(tmpdir(), `docrow-${account?.name ?? process.getuid?.() ?? 'user'}`),
  ]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
    } catch {
      continue;
    }
    // In a shared temporary folder somebody else may have put a folder or link of this name.
    const isOurs = lstatSync(folder).isDirectory() && statSync(folder).uid === (process.getuid?.() ?? 0);
    if (isOurs && (account === undefined || canEnter(account, folder))) return folder;
  }
  const folder = mkdtempSync(join(tmpdir(), 'docrow-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** The port of the last start, so that a connection line that somebody noted down stays right. */
export function rememberedPort(requested: string): number | undefined {
  return readRecord(requested)?.port;
}

export function rememberHome(home: ServerHome, port: number): void {
  const record: HomeRecord = { requested: home.requested, folder: home.folder, port };
  writeFileSync(join(home.requested, 'embedded.json'), `${JSON.stringify(record, null, 2)}\n`);
}

function readRecord(requested: string): HomeRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(join(requested, 'embedded.json'), 'utf8')) as HomeRecord;
    return record.requested === requested ? record : undefined;
  } catch {
    return undefined;
  }
}

function serverHome(requested: string, folder: string): ServerHome {
  return { requested, folder, data: join(folder, 'data'), log: join(folder, 'server.log') };
}
