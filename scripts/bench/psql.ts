import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProcessResult, runProcess } from './run-process.ts';

/** Runs psql scripts against one database. */
export class Psql {
  readonly #env: NodeJS.ProcessEnv;
  readonly #folder: string;
  readonly #signal: AbortSignal;
  #scripts = 0;

  /** @param folder where scripts are written before they run */
  constructor(uri: string, folder: string, signal: AbortSignal) {
    this.#env = psqlEnvironment(uri);
    this.#folder = folder;
    this.#signal = signal;
  }

  /**
   * @param lines statements with their semicolons, and psql's own commands
   * @returns what the queries give, one row a line
   * @throws Error when a statement fails
   */
  run(lines: readonly string[]): Promise<ProcessResult> {
    this.#scripts += 1;
    const script = join(this.#folder, `script-${this.#scripts}.sql`);
    writeFileSync(script, `${lines.join('\n')}\n`);
    const args = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-f', script];
    return runProcess('psql', args, { env: this.#env, signal: this.#signal });
  }

  /** @throws Error that says what to install, when there is no psql */
  static async version(signal: AbortSignal): Promise<string> {
    try {
      const { output } = await runProcess('psql', ['--version'], { signal });
      return output.trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new Error(
        'psql is not on the PATH, and docrow is measured against its \\copy: install postgresql-client, or measure only --figures 6,7',
      );
    }
  }
}

/** The connection in psql's variables: a password on a command line could be read by everybody on the machine. */
function psqlEnvironment(uri: string): NodeJS.ProcessEnv {
  const { hostname, port, username, password, pathname } = new URL(uri);
  const variables: Readonly<Record<string, string>> = {
    PGHOST: decodeURIComponent(hostname),
    PGPORT: port || '5432',
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    PGCLIENTENCODING: 'UTF8',
  };
  const given = Object.entries(variables).filter(([, value]) => value !== '');
  return { ...process.env, ...Object.fromEntries(given) };
}
