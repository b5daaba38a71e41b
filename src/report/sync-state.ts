import type { ErrorCode } from '../errors/error-codes.ts';
import type { DocumentCounts } from './migration-report.ts';

/** What bringing one collection in step has done, over all processes, and how it stands. */
export interface SyncedCollectionState extends DocumentCounts {
  readonly collection: string;
  /** Events of the source; several of one document count each. */
  readonly events: number;
  /** Documents whose rows were inserted or updated. */
  readonly changed: number;
  /** Documents whose rows were deleted; they are not among `read`. */
  readonly deleted: number;
  readonly unchanged: number;
  /** Rows inserted, updated or deleted, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** BSON bytes read. */
  readonly bytes: number;
  /** Documents that are set aside now, by the load or since. */
  readonly setAsideNow: number;
  /** The field whose values tell what changed, where it is looked at. */
  readonly cursorField?: string;
  /** Why it is followed no more. */
  readonly stopped?: { readonly code: ErrorCode; readonly reason: string; readonly at: string | undefined };
  /** When its counts moved last. */
  readonly changedAt: string | undefined;
}

/** How the tables of a run were kept in step with the source after the load. Times are ISO 8601. */
export interface SyncState {
  readonly startedAt: string;
  /** Whether a process follows the changes now. */
  readonly isFollowed: boolean;
  /** Up to here every change is in the tables; undefined where changes are not followed by events. */
  readonly position: { readonly sourceTime: string; readonly clusterTime: string } | undefined;
  /** From the position until now, by the clocks of both machines. */
  readonly lagSeconds: number | undefined;
  /** When the position was stored last; while changes are followed that is every few seconds. */
  readonly movedAt: string;
  /** Source time from which changes are to be followed, once a comparison that was begun is through. */
  readonly recoveringFrom: string | undefined;
  readonly events: number;
  /** Transactions that changed something. */
  readonly batches: number;
  readonly collections: readonly SyncedCollectionState[];
}
