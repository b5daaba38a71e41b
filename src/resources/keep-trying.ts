import { setTimeout as pause } from 'node:timers/promises';
import type { DocrowError } from '../errors/docrow-error.ts';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import type { RunEventListener } from '../pipeline/run-event.ts';

const firstDelayMs = 250;
const longestDelayMs = 30_000;

export interface KeepTryingOptions {
  /** Attempts without progress in between, before an error is given up on. */
  readonly maxAttempts: number;
  readonly signal: AbortSignal;
  readonly onEvent: RunEventListener;
}

/**
 * Does a work again, from where it stands, as often as a connection is lost or a server restarts. The first attempt has
 * to get somewhere: a server that was never there is no matter of waiting.
 * @param work calls `onProgress` when something is done that a later attempt need not do again
 * @throws DocrowError what asks for no retry, or goes on for too long
 */
export async function keepTrying<T>(
  work: (onProgress: () => void) => Promise<T>,
  { maxAttempts, signal, onEvent }: KeepTryingOptions,
): Promise<T> {
  let hasBegun = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(() => {
        hasBegun = true;
        attempt = 0;
      });
    } catch (thrown) {
      const error = toDocrowError(thrown);
      if (!hasBegun || signal.aborted || attempt >= maxAttempts || !mayPass(error)) throw error;
      const delayMs = delayBefore(Math.max(1, attempt));
      onEvent({ kind: 'retrying', code: error.code, attempt: Math.max(1, attempt), delayMs });
      await pause(delayMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** The lock of a connection that was lost is given up by PostgreSQL when it notices. */
const mayPass = ({ policy, code }: DocrowError): boolean =>
  policy.reaction === 'retry' || code === 'run-locked';

/** Grows, and differs between processes that lost the same server. */
function delayBefore(attempt: number): number {
  const longest = Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs);
  return Math.round(longest * (0.5 + Math.random() / 2));
}
