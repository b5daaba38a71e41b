import process from 'node:process';
import type { Readable } from 'node:stream';
import type { Environment } from '../config/expand-variables.ts';
import type { ProgressStream } from './progress/progress.ts';
import type { SignalSource } from './stop-signal.ts';

/** What a command line program is given by the system: `process`, but for tests. */
export interface Terminal {
  /** Without the program's own name. */
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: ProgressStream;
  readonly stderr: ProgressStream;
  readonly signals: SignalSource;
}

/** The terminal of this very process. */
export const processTerminal = (): Terminal => ({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signals: process,
});

/** Writes everything before it resolves. A reader that went away (`docrow … | head`) is no error. */
export const writeAll = async (stream: NodeJS.WritableStream, text: string): Promise<void> => {
  if (text === '') return;
  await new Promise<void>((done) => {
    stream.write(text, () => done());
  });
};
