import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { DocrowError } from '../../errors/docrow-error.ts';

/** The user that the server runs as. PostgreSQL refuses to run as root. */
export interface ServerAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const createdName = 'docrow';

/**
 * Undefined means: as the user who runs docrow. For root it is the owner of the data where there are some, else
 * `postgres`, else `nobody`, else a user `docrow` that is created.
 * @param data the PostgreSQL data folder, which need not exist yet
 */
export function chooseServerAccount(data: string): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (existsSync(data)) {
    const { uid, gid } = statSync(data);
    if (uid !== 0) return { name: ask('id', ['-un', String(uid)]) ?? `uid ${uid}`, uid, gid };
  }
  const account = lookUp('postgres') ?? lookUp('nobody') ?? create();
  if (account === undefined) {
    throw new DocrowError(
      'embedded-unavailable',
      'PostgreSQL does not run as root, and no user for it could be found or created; run docrow as another user',
    );
  }
  return account;
}

function create(): ServerAccount | undefined {
  ask('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', createdName]);
  return lookUp(createdName);
}

function lookUp(name: string): ServerAccount | undefined {
  const uid = ask('id', ['-u', name]);
  const gid = ask('id', ['-g', name]);
  if (uid === undefined || gid === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid) };
}

/** Whether the account can enter the folder, which needs every folder above it to be open to it as well. */
export function canEnter(account: ServerAccount, folder: string): boolean {
  return spawnSync('test', ['-x', folder], { cwd: '/', uid: account.uid, gid: account.gid }).status === 0;
}

function ask(command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trim() : undefined;
}
