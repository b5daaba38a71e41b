import { spawn } from 'node:child_process';

export interface ProcessOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the process. */
  readonly signal: AbortSignal;
  /** Sends SIGINT, after which code 130 is as good as 0. */
  readonly interrupt?: AbortSignal | undefined;
}

export interface ProcessResult {
  /** From before its start until it is gone. */
  readonly seconds: number;
  readonly output: string;
  readonly errors: string;
}

const interruptedCode = 130;
const longestQuote = 2000;

/**
 * Runs a program and waits for its end.
 * @throws Error with the end of what it wrote, when it fails or does not exist
 */
export function runProcess(
  command: string,
  args: readonly string[],
  { env = process.env, signal, interrupt }: ProcessOptions,
): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], signal });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const onInterrupt = (): void => {
      child.kill('SIGINT');
    };
    interrupt?.addEventListener('abort', onInterrupt, { once: true });
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      const seconds = (performance.now() - startedAt) / 1000;
      interrupt?.removeEventListener('abort', onInterrupt);
      const isGood = code === 0 || (code === interruptedCode && interrupt?.aborted === true);
      if (isGood) resolve({ seconds, output, errors });
      else {
        const end = `${errors}\n${output}`.trim().slice(-longestQuote);
        reject(new Error(`${command} ended with ${killedBy ?? `code ${code}`}: ${end}`));
      }
    });
  });
}
