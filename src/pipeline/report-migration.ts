import type { CheckpointStore, RunRecord } from '../checkpoint/checkpoint-store.ts';
import { collectionCounts } from '../checkpoint/collection-counts.ts';
import { combineExitCodes } from '../errors/combine-exit-codes.ts';
import { type ExitCode, exitCodes } from '../errors/error-codes.ts';
import type { CollectionReport, ErrorReport, MigrationReport } from '../report/migration-report.ts';
import type { ValidationReport } from '../report/validation-report.ts';
import { parseAdjustmentKey } from './adjustment-key.ts';
import type { AttemptCounter } from './attempt-counter.ts';
import type { MigrationOutcome } from './run-migration.ts';

export interface ReportParts {
  readonly store: CheckpointStore;
  readonly run: RunRecord;
  readonly collections: readonly string[];
  readonly counter: AttemptCounter;
  readonly outcome: MigrationOutcome;
  readonly nothingToDo: boolean;
  readonly signal: 'SIGINT' | 'SIGTERM' | undefined;
  readonly maxRejects: number;
  /** Undefined when both sides were not compared. */
  readonly validation: ValidationReport | undefined;
}

/** Makes the report of a run from its state tables, so that it covers earlier attempts too. */
export async function reportMigration(parts: ReportParts): Promise<MigrationReport> {
  const { store, run, counter, outcome } = parts;
  const collections: CollectionReport[] = [];
  const tablesOf = new Map<string, readonly string[]>();
  for (const record of await store.collections(run.runId)) {
    if (!parts.collections.includes(record.collection)) continue;
    const { rows, ...counts } = await collectionCounts(store, run.runId, record);
    tablesOf.set(record.collection, record.tables);
    const { read, loaded, rejected, filtered, bytes } = counter.countsOf(record.collection);
    collections.push({
      collection: record.collection,
      ...counts,
      rows,
      seconds: record.seconds,
      attempt: { read, loaded, rejected, filtered, bytes, seconds: counter.secondsOf(record.collection) },
    });
  }
  const sum = (of: (report: CollectionReport) => number): number =>
    collections.reduce((total, report) => total + of(report), 0);
  const totals = {
    read: sum((report) => report.read),
    loaded: sum((report) => report.loaded),
    rejected: sum((report) => report.rejected),
    filtered: sum((report) => report.filtered),
    rows: sum((report) => Object.values(report.rows).reduce((rows, count) => rows + count, 0)),
    bytes: sum((report) => report.bytes),
    seconds: sum((report) => report.seconds),
  };
  const isKnown = ({ collection }: { readonly collection: string }): boolean =>
    parts.collections.includes(collection);
  const exitCode = exitCodeOf(parts, totals.rejected);
  return {
    command: 'migrate',
    runId: run.runId,
    status: statusOf(parts, exitCode),
    exitCode,
    nothingToDo: parts.nothingToDo,
    collections,
    totals,
    rejections: (await store.countRejections(run.runId)).filter(isKnown),
    adjustments: (await store.adjustments(run.runId))
      .filter(isKnown)
      .map(({ collection, key, documents }) => ({
        collection,
        ...parseAdjustmentKey(key, tablesOf.get(collection) ?? []),
        documents,
      })),
    validation:
      parts.validation === undefined
        ? { verdict: 'skipped' }
        : { verdict: parts.validation.verdict, level: 'counts' },
    errors: outcome.errors.map(
      ({ collection, error }): ErrorReport => ({
        code: error.code,
        message: error.message,
        hint: error.policy.remedy,
        location: collection,
      }),
    ),
  };
}

const signalCodes = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;

function exitCodeOf(parts: ReportParts, rejected: number): ExitCode {
  const codes: ExitCode[] = parts.outcome.errors.map(({ error }) => error.policy.exitCode);
  if (parts.signal !== undefined && !parts.outcome.isComplete) codes.push(signalCodes[parts.signal]);
  else if (!parts.outcome.isComplete && codes.length === 0) codes.push(exitCodes.internal);
  if (parts.validation !== undefined) codes.push(parts.validation.exitCode);
  if (rejected > parts.maxRejects) codes.push(exitCodes.rejected);
  return combineExitCodes(codes);
}

function statusOf(parts: ReportParts, exitCode: ExitCode): MigrationReport['status'] {
  if (exitCode === exitCodes.interrupted || exitCode === exitCodes.terminated) return 'interrupted';
  if (exitCode === exitCodes.rejected) return 'rejected';
  return exitCode === exitCodes.done && parts.outcome.isComplete ? 'done' : 'failed';
}
