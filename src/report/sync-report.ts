import type { ErrorCode, ExitCode } from '../errors/error-codes.ts';
import type { DocumentCounts, ErrorReport, RejectionGroup } from './migration-report.ts';

/** How the tables were brought in step. */
export type SyncMode = 'stream' | 'cursor' | 'full' | 'recover';

/** What this process did with one collection. */
export interface SyncCollectionReport extends DocumentCounts {
  readonly collection: string;
  /** Events of the source; several of one document count each. */
  readonly events: number;
  /** Documents whose rows were inserted or updated. */
  readonly changed: number;
  /** Documents whose rows were deleted. They are not among `read`: the source has them no more, or they are filtered. */
  readonly deleted: number;
  /** Documents that were read again and whose rows were right. */
  readonly unchanged: number;
  /** Rows inserted, updated or deleted, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** BSON bytes read. */
  readonly bytes: number;
  /** Why it is followed no more. */
  readonly stopped?: { readonly code: ErrorCode; readonly reason: string; readonly at: string | undefined };
  /** Rows that somebody else wrote since the last report. */
  readonly foreignWrites?: number;
}

/** Where the tables stand in the source's history. Times are ISO 8601. */
export interface SyncPositionReport {
  /** Up to here every change is in the tables. */
  readonly sourceTime: string;
  /** `seconds:increment`. */
  readonly clusterTime: string;
  /** The source's time when this process ended, or began with --once. */
  readonly reachedBy?: string;
}

/** Changes that nobody can tell any more. */
export interface HistoryGap {
  /** Changes after this time are missing; ISO 8601. */
  readonly from: string;
  /** The oldest change that the source still has; undefined where it does not say. */
  readonly to: string | undefined;
}

/** What `sync` prints with --json. */
export interface SyncReport {
  readonly command: 'sync';
  readonly runId: string | undefined;
  readonly mode: SyncMode;
  readonly status: 'done' | 'rejected' | 'failed' | 'interrupted';
  readonly exitCode: ExitCode;
  readonly collections: readonly SyncCollectionReport[];
  readonly totals: Omit<SyncCollectionReport, 'collection' | 'rows' | 'stopped'> & {
    readonly rows: number;
    readonly seconds: number;
  };
  /** Where changes are followed by events. */
  readonly position: SyncPositionReport | undefined;
  readonly gap: HistoryGap | undefined;
  /** Everything that is set aside now, by reason. */
  readonly rejections: readonly RejectionGroup[];
  readonly errors: readonly ErrorReport[];
}
