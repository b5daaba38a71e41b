import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const version = '0.6.0b17';
const run = promisify(execFile);

/**
 * Installs SecantusDB, a server that speaks MongoDB's protocol, for machines without mongod.
 *
 * It is kept in the user's cache folder and built beside its place, then renamed: whoever looks finds all of it or
 * nothing, and of two who install at once the second throws its own away.
 * @returns path of the server's program
 */
export async function installSecantus(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'docrow');
  const folder = join(cache, `secantusdb-${version}`);
  const installed = await findProgram(folder);
  if (installed !== undefined) return installed;
  await mkdir(cache, { recursive: true });
  const building = await mkdtemp(join(cache, 'installing-'));
  try {
    await run('python3', ['-m', 'venv', building]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
    await run(join(building, 'bin', 'python'), [...pip, `SecantusDB==${version}`]);
    await rename(building, folder).catch(async (error: unknown) => {
      if ((await findProgram(folder)) === undefined) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  const program = await findProgram(folder);
  if (program === undefined) throw new Error(`SecantusDB ${version} has no server for this machine`);
  return program;
}

/** The server itself, not the script in `bin`, which holds the path of the folder that it was installed in. */
async function findProgram(folder: string): Promise<string | undefined> {
  const versions = await readdir(join(folder, 'lib')).catch(() => []);
  for (const python of versions) {
    const program = join(folder, 'lib', python, 'site-packages', 'secantusdb.scripts', 'secantusd-rs');
    const isThere = await access(program).then(
      () => true,
      () => false,
    );
    if (isThere) return program;
  }
  return undefined;
}
