import type { CheckpointStore } from '../checkpoint/checkpoint-store.ts';
import { combineExitCodes } from '../errors/combine-exit-codes.ts';
import { exitCodes } from '../errors/error-codes.ts';
import type { CollectionRetry, RetryReport } from '../report/retry-report.ts';
import type { RetryOutcome } from './retry-rejections.ts';

export interface RetryReportParts {
  readonly store: CheckpointStore;
  readonly runId: string;
  readonly outcome: RetryOutcome;
  readonly signal: 'SIGINT' | 'SIGTERM' | undefined;
  readonly maxRejects: number;
}

const signalCodes = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;

/** Makes the report of a retry; what was rejected again is counted in the state tables. */
export async function reportRetry(parts: RetryReportParts): Promise<RetryReport> {
  const { store, runId, outcome, signal, maxRejects } = parts;
  const { collections, startedAt } = outcome;
  const sum = (of: (retry: CollectionRetry) => number): number =>
    collections.reduce((total, retry) => total + of(retry), 0);
  const left = await store.countRejections(runId);
  const remaining = left.reduce((total, { documents }) => total + documents, 0);
  const isInterrupted = signal !== undefined && !outcome.isComplete;
  const exitCode = combineExitCodes([
    ...(isInterrupted ? [signalCodes[signal]] : []),
    ...(remaining > maxRejects ? [exitCodes.rejected] : []),
  ]);
  return {
    command: 'rejects retry',
    status: isInterrupted ? 'interrupted' : remaining > maxRejects ? 'rejected' : 'done',
    exitCode,
    runId,
    collections,
    totals: {
      retried: sum(({ retried }) => retried),
      loaded: sum(({ loaded }) => loaded),
      rejected: sum(({ rejected }) => rejected),
      withoutDocument: sum(({ withoutDocument }) => withoutDocument),
      clearedReferences: sum((retry) => retry.clearedReferences),
    },
    rejections: startedAt === undefined ? [] : await store.countRejections(runId, startedAt),
    remaining,
  };
}
