import { arch, availableParallelism, release, totalmem, type } from 'node:os';
import process from 'node:process';
import type { AttemptEnvironment } from '../checkpoint/run-history-store.ts';

/** What this process runs on, for the report of its run. No host name, no user, no path. */
export const attemptEnvironment = (workers: number): AttemptEnvironment => ({
  node: process.versions.node,
  system: `${type()} ${release()}, ${arch()}`,
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  workers,
});
