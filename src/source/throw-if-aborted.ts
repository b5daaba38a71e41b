import { DocrowError } from '../errors/docrow-error.ts';

/** @throws DocrowError `interrupted` when the signal was given */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new DocrowError('interrupted', 'Reading was stopped', {}, signal.reason);
}
