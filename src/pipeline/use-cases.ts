import type { Settings } from '../config/settings.ts';
import type { ErrorCode } from '../errors/error-codes.ts';
import type { CutoverReport } from '../report/cutover-report.ts';
import type { DemoReport } from '../report/demo-report.ts';
import type { InitReport } from '../report/init-report.ts';
import type { InspectReport } from '../report/inspect-report.ts';
import type { MigrationReport } from '../report/migration-report.ts';
import type { PlanReport } from '../report/plan-report.ts';
import type { PostgresReport } from '../report/postgres-report.ts';
import type { RejectReport, RejectsReport } from '../report/rejects-report.ts';
import type { RepairReport } from '../report/repair-report.ts';
import type { RetryReport } from '../report/retry-report.ts';
import type { RunListReport, RunReport } from '../report/run-report.ts';
import type { StatusReport } from '../report/status-report.ts';
import type { SyncReport } from '../report/sync-report.ts';
import type { ValidationReport } from '../report/validation-report.ts';
import type { RepairOptions } from './repair.ts';
import type { RunEventListener } from './run-event.ts';

/** How a person stops a run. */
export interface StopSignal {
  /** The first signal: stop after the current chunk. */
  readonly soft: AbortSignal;
  /** The second: stop at once. */
  readonly hard: AbortSignal;
  /** Which signal came first; undefined before any. */
  readonly name: () => 'SIGINT' | 'SIGTERM' | undefined;
}

export interface RunControl {
  readonly onEvent: RunEventListener;
  readonly signal: StopSignal;
}

export interface RejectsFilter {
  /** Rejections to list, at most. */
  readonly limit: number;
  readonly collection?: string;
  readonly code?: ErrorCode;
}

export interface RetryOptions {
  readonly collection?: string;
  readonly code?: ErrorCode;
}

/** How tables are brought in step with their source. */
export interface SyncOptions {
  /** `once`: up to the source's time at the start, then end; `follow`: until stopped. */
  readonly how: 'once' | 'follow';
  /**
   * - `stream`: by the source's change events
   * - `cursor`: documents whose field is at or above the highest value seen, less an overlap
   * - `full`: everything is compared by digest, and what differs is written
   * - `recover`: the same, and then events are followed from a place stored before the comparison began
   */
  readonly by:
    | { readonly kind: 'stream' }
    | {
        readonly kind: 'cursor';
        readonly field: string;
        readonly overlapSeconds: number;
        readonly findDeletes: boolean;
      }
    | { readonly kind: 'full' }
    | { readonly kind: 'recover' };
}

export interface CutoverOptions {
  /** Look alone. */
  readonly check: boolean;
  /** Compare both sides where the last comparison is older than the last change. */
  readonly validate: boolean;
  /** How long to wait for the writes to the source to stop; undefined for as long as it takes. */
  readonly timeoutSeconds: number | undefined;
}

export type RejectsFormat = 'ejson-lines' | 'bson';

/**
 * What the commands call: one function each. All throw `DocrowError` for what ends them early; a run that
 * started ends with a report, whose `exitCode` says how.
 */
export interface UseCases {
  /** Looks at the source alone; `sample`: at so many documents of each collection. */
  inspect(
    settings: Settings,
    control: RunControl,
    options: { readonly sample: number | undefined },
  ): Promise<InspectReport>;
  /** Proposes mappings from the source alone and writes them; `force` overwrites. */
  init(
    settings: Settings,
    control: RunControl,
    options: {
      readonly sample: number | undefined;
      readonly force: boolean;
      readonly names: 'snake' | 'keep';
    },
  ): Promise<InitReport>;
  /** Says what a migration would do, cost and lose. Changes nothing; `sample` as in `inspect`. */
  plan(
    settings: Settings,
    control: RunControl,
    options: { readonly sample: number | undefined },
  ): Promise<PlanReport>;
  migrate(settings: Settings, control: RunControl): Promise<MigrationReport>;
  /** Makes the DDL of the mappings; `apply` runs it. */
  schema(
    settings: Settings,
    options: { readonly apply: boolean },
  ): Promise<{ readonly sql: string; readonly applied: boolean }>;
  status(settings: Settings): Promise<StatusReport>;
  /** @param options `aggregates`: nulls, extremes and sums of every column, on both sides */
  validate(
    settings: Settings,
    options: { readonly aggregates: boolean },
    control: RunControl,
  ): Promise<ValidationReport>;
  /** The queries with which a person can check the tables without docrow. */
  validationSql(settings: Settings): Promise<string>;
  /** Everything that is known of a run: the newest, or the one of this number or id. Values are masked unless the settings show them. */
  report(settings: Settings, run: string | undefined): Promise<RunReport>;
  reportList(settings: Settings): Promise<RunListReport>;
  /** Writes a report in the place of an earlier one. */
  writeReport(settings: Settings, file: string, text: string): Promise<void>;
  /** Brings the tables in step with what happened in the source since. */
  sync(settings: Settings, options: SyncOptions, control: RunControl): Promise<SyncReport>;
  /** Says whether an application can be switched over, or waits until it can and records the switch. */
  cutover(settings: Settings, options: CutoverOptions, control: RunControl): Promise<CutoverReport>;
  /** Turns the differences of the last validation into changes. */
  repair(settings: Settings, options: RepairOptions, control: RunControl): Promise<RepairReport>;
  rejectsList(settings: Settings, filter: RejectsFilter): Promise<RejectsReport>;
  /** Gives the whole document; the command masks it. */
  rejectsShow(settings: Settings, key: string): Promise<RejectReport>;
  /** Writes the documents that were set aside to `file`. */
  rejectsExport(
    settings: Settings,
    file: string,
    format: RejectsFormat,
  ): Promise<{ readonly documents: number }>;
  /** Loads documents again that were set aside, by the mapping of now. */
  rejectsRetry(settings: Settings, options: RetryOptions, control: RunControl): Promise<RetryReport>;
  /** The whole migration of the shipped sample into an embedded PostgreSQL, which keeps running. */
  demo(settings: Settings, control: RunControl): Promise<DemoReport>;
  postgresControl(settings: Settings, action: 'start' | 'stop' | 'status'): Promise<PostgresReport>;
}
