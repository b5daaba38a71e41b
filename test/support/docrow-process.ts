import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ErrorReport, MigrationReport } from '../../src/report/migration-report.ts';

export const repositoryFolder = fileURLToPath(new URL('../..', import.meta.url));
const program = join(repositoryFolder, 'dist', 'src', 'cli', 'main.js');

export interface DocrowOptions {
  /** Added to an environment that holds PATH and HOME and nothing else. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Run as this user, which only root can. */
  readonly user?: number;
}

export interface DocrowResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningDocrow {
  readonly child: ChildProcess;
  readonly result: Promise<DocrowResult>;
  /** Resolves when stderr holds what is looked for; rejects when the process ends before. */
  sees(pattern: RegExp): Promise<void>;
}

/** Starts the built command line in a process of its own. */
export function startDocrow(args: readonly string[], options: DocrowOptions = {}): RunningDocrow {
  const { env = {}, cwd = repositoryFolder, user } = options;
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const look of watchers) look();
  });
  const result = new Promise<DocrowResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const sees = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!pattern.test(stderr)) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
      void result.then(() => reject(new Error(`docrow ended without ${pattern}: ${stderr}`)));
    });
  return { child, result, sees };
}

export const runDocrow = (args: readonly string[], options: DocrowOptions = {}): Promise<DocrowResult> =>
  startDocrow(args, options).result;

/** What a command that could not do its work prints with --json. */
export interface FailureReport {
  readonly command: string;
  readonly status: string;
  readonly exitCode: number;
  readonly errors: readonly ErrorReport[];
}

/** The object that was printed on stdout, of a run whose exit code it must agree with. */
export function reportOf<T extends { readonly exitCode: number } = MigrationReport>(result: DocrowResult): T {
  const report = JSON.parse(result.stdout || '{}') as T;
  if (report.exitCode !== result.code) {
    throw new Error(`docrow ended with ${result.code ?? result.signal}: ${result.stdout}${result.stderr}`);
  }
  return report;
}
