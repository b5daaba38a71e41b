import type { CheckpointStore, RunRecord } from '../checkpoint/checkpoint-store.ts';
import { combineExitCodes } from '../errors/combine-exit-codes.ts';
import { type ExitCode, exitCodes } from '../errors/error-codes.ts';
import type { CollectionReport, ErrorReport, MigrationReport } from '../report/migration-report.ts';
import type { ValidationLevel, ValidationReport } from '../report/validation-report.ts';
import type { AttemptCounter } from './attempt-counter.ts';
import { describeLoad } from './describe-load.ts';
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
  const load = await describeLoad(store, run.runId, parts.collections);
  const collections = load.collections.map(({ record, ...described }): CollectionReport => {
    const { read, loaded, rejected, filtered, bytes } = counter.countsOf(record.collection);
    const seconds = counter.secondsOf(record.collection);
    return { ...described, attempt: { read, loaded, rejected, filtered, bytes, seconds } };
  });
  const { totals, rejections, adjustments } = load;
  const exitCode = exitCodeOf(parts, totals.rejected);
  return {
    command: 'migrate',
    runId: run.runId,
    status: statusOf(parts, exitCode),
    exitCode,
    nothingToDo: parts.nothingToDo,
    collections,
    totals,
    rejections,
    adjustments,
    validation:
      parts.validation === undefined ? { verdict: 'skipped' } : describeValidation(parts.validation),
    errors: outcome.errors.map(
      ({ collection, error }): ErrorReport => ({
        code: error.code,
        message: error.message,
        hint: error.remedy,
        location: collection,
      }),
    ),
  };
}

const levels: readonly ValidationLevel[] = ['counts', 'digests', 'rows', 'documents'];

function describeValidation(report: ValidationReport): MigrationReport['validation'] {
  const { verdict, outstanding } = report;
  const described = { verdict, level: reachedLevel(report) };
  return outstanding === undefined ? described : { ...described, outstanding: outstanding.changes };
}

/** The closest level at which all collections were compared. */
function reachedLevel({ collections }: ValidationReport): ValidationLevel {
  const reached = collections.map(({ level }) => levels.indexOf(level));
  return levels[Math.min(...reached, levels.length - 1)]!;
}

const signalCodes = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;

function exitCodeOf(parts: ReportParts, rejected: number): ExitCode {
  const codes: ExitCode[] = parts.outcome.errors.map(({ error }) => error.policy.exitCode);
  if (parts.signal !== undefined && !parts.outcome.isComplete) codes.push(signalCodes[parts.signal]);
  else if (!parts.outcome.isComplete && codes.length === 0) codes.push(exitCodes.internal);
  // What the source changed since is for sync to bring: everything else was compared, and is equal.
  if (parts.validation !== undefined && parts.validation.outstanding === undefined) {
    codes.push(parts.validation.exitCode);
  }
  if (rejected > parts.maxRejects) codes.push(exitCodes.rejected);
  return combineExitCodes(codes);
}

function statusOf(parts: ReportParts, exitCode: ExitCode): MigrationReport['status'] {
  if (exitCode === exitCodes.interrupted || exitCode === exitCodes.terminated) return 'interrupted';
  if (exitCode === exitCodes.rejected) return 'rejected';
  return exitCode === exitCodes.done && parts.outcome.isComplete ? 'done' : 'failed';
}
