import type { CheckpointStore } from '../checkpoint/checkpoint-store.ts';
import { noSyncCounts, type SyncCounts, type SyncStop } from '../checkpoint/sync-store.ts';
import { combineExitCodes } from '../errors/combine-exit-codes.ts';
import type { DocrowError } from '../errors/docrow-error.ts';
import { type ExitCode, errorPolicies, exitCodes } from '../errors/error-codes.ts';
import type { ErrorReport } from '../report/migration-report.ts';
import type { HistoryGap, SyncCollectionReport, SyncMode, SyncReport } from '../report/sync-report.ts';
import { dateOfClusterTime, type FeedPosition } from '../source/change-feed.ts';
import { addSyncCounts } from './sync-tally.ts';

export interface SyncOutcome {
  readonly store: CheckpointStore;
  readonly runId: string;
  readonly mode: SyncMode;
  readonly collections: readonly string[];
  readonly counts: ReadonlyMap<string, SyncCounts>;
  readonly stops: ReadonlyMap<string, SyncStop>;
  readonly foreignWrites: ReadonlyMap<string, number>;
  readonly position: FeedPosition | undefined;
  /** The source's time at the start of `--once`. */
  readonly until: string | undefined;
  readonly gap: HistoryGap | undefined;
  readonly errors: readonly DocrowError[];
  /** It was stopped before it was done, by this signal. */
  readonly signal: 'SIGINT' | 'SIGTERM' | undefined;
  readonly maxRejects: number;
  readonly seconds: number;
}

/** Says what one process did to bring the tables in step. */
export async function reportSync(outcome: SyncOutcome): Promise<SyncReport> {
  const { runId, mode, counts, stops, foreignWrites, position, until } = outcome;
  const collections = outcome.collections.map((collection): SyncCollectionReport => {
    const stop = stops.get(collection);
    const writes = foreignWrites.get(collection) ?? 0;
    return {
      collection,
      ...shown(counts.get(collection) ?? noSyncCounts),
      ...(stop === undefined
        ? {}
        : { stopped: { code: stop.code, reason: stop.reason, at: timeOf(stop.clusterTime) } }),
      ...(writes === 0 ? {} : { foreignWrites: writes }),
    };
  });
  const sum = [...counts.values()].reduce(addSyncCounts, noSyncCounts);
  const rows = Object.values(sum.rows).reduce((total, count) => total + count, 0);
  const exitCode = exitCodeOf(outcome, sum.rejected);
  return {
    command: 'sync',
    runId,
    mode,
    status: statusOf(exitCode),
    exitCode,
    collections,
    totals: { ...shown(sum), rows, seconds: outcome.seconds },
    position:
      position === undefined
        ? undefined
        : {
            sourceTime: dateOfClusterTime(position.clusterTime).toISOString(),
            clusterTime: position.clusterTime,
            ...(until === undefined ? {} : { reachedBy: dateOfClusterTime(until).toISOString() }),
          },
    gap: outcome.gap,
    rejections: await outcome.store.countRejections(runId),
    errors: [...outcome.errors.map(errorReport), ...[...stops].map(stopReport)],
  };
}

const shown = (counts: SyncCounts): Omit<SyncCollectionReport, 'collection'> => ({
  events: counts.events,
  read: counts.read,
  loaded: counts.loaded,
  rejected: counts.rejected,
  filtered: counts.filtered,
  changed: counts.inserted + counts.updated,
  deleted: counts.deleted,
  unchanged: counts.unchanged,
  rows: counts.rows,
  bytes: counts.bytes,
});

const timeOf = (clusterTime: string | undefined): string | undefined =>
  clusterTime === undefined ? undefined : dateOfClusterTime(clusterTime).toISOString();

const errorReport = ({ code, message, remedy, context }: DocrowError): ErrorReport => ({
  code,
  message,
  hint: remedy,
  location: typeof context['collection'] === 'string' ? context['collection'] : undefined,
});

const stopReport = ([collection, { code, reason }]: readonly [string, SyncStop]): ErrorReport => ({
  code,
  message: reason,
  hint: errorPolicies[code].remedy,
  location: collection,
});

function exitCodeOf({ errors, stops, signal, maxRejects }: SyncOutcome, rejected: number): ExitCode {
  const codes: ExitCode[] = [
    ...errors.map(({ policy }) => policy.exitCode),
    ...[...stops.values()].map(({ code }) => errorPolicies[code].exitCode),
  ];
  if (signal !== undefined) codes.push(signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted);
  if (rejected > maxRejects) codes.push(exitCodes.rejected);
  return combineExitCodes(codes);
}

function statusOf(exitCode: ExitCode): SyncReport['status'] {
  if (exitCode === exitCodes.done) return 'done';
  if (exitCode === exitCodes.rejected) return 'rejected';
  if (exitCode === exitCodes.interrupted || exitCode === exitCodes.terminated) return 'interrupted';
  return 'failed';
}
