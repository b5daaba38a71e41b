import { availableParallelism } from 'node:os';
import type { Settings } from '../config/settings.ts';

/** A local PostgreSQL needs a core of its own; a remote one leaves them all. */
export function workerCount(workers: Settings['workers'], targetUri: string): number {
  if (workers !== 'auto') return workers;
  const isLocal = /@(localhost|127\.0\.0\.1|\[::1\])[:/]|^postgres(ql)?:\/\/(\/|$)/.test(targetUri);
  return Math.max(1, Math.min(8, isLocal ? availableParallelism() - 1 : availableParallelism()));
}
