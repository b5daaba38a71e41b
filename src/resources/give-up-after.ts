import { DocrowError } from '../errors/docrow-error.ts';
import type { RunControl } from '../pipeline/use-cases.ts';

/** What a second signal leaves to the run for ending by itself. */
const graceMs = 1_000;

/** Rejects when a person wants the run to end at once and it waits for something: an index, a count, a server. */
export function giveUpAfter({ hard, name }: RunControl['signal']): Promise<never> {
  return new Promise((_, reject) => {
    const signal = (): string => name() ?? 'SIGINT';
    const giveUp = (): void =>
      reject(new DocrowError('interrupted', `The run was stopped by ${signal()}`, { signal: signal() }));
    hard.addEventListener('abort', () => setTimeout(giveUp, graceMs), { once: true });
  });
}
