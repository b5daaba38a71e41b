import type { ErrorCode, RejectionCode } from '../errors/error-codes.ts';
import type { FeedPosition } from '../source/change-feed.ts';
import type { SourceIdentity, SourceRange } from '../source/document-source.ts';
import type { RejectionRecord, RowCounts } from './checkpoint-store.ts';

/** Names the process that follows changes, so that a second one cannot commit. */
export interface SyncWriter {
  readonly runId: string;
  readonly epoch: number;
}

/** What following changes did with one collection. `read = loaded + rejected + filtered`; `deleted` were not read. */
export interface SyncCounts {
  /** Events of the source; several of one document count each. */
  readonly events: number;
  /** Documents that were looked at again. */
  readonly read: number;
  /** Those that have rows, changed or not. */
  readonly loaded: number;
  readonly rejected: number;
  readonly filtered: number;
  readonly inserted: number;
  readonly updated: number;
  /** Documents whose rows were deleted because the source has them no more, or they are filtered now. */
  readonly deleted: number;
  readonly unchanged: number;
  /** BSON bytes read. */
  readonly bytes: number;
  /** Rows inserted, updated or deleted, by table. */
  readonly rows: RowCounts;
}

/** Why a collection is followed no more until it was compared as a whole. */
export interface SyncStop {
  readonly code: ErrorCode;
  readonly reason: string;
  /** Cluster time of the event. */
  readonly clusterTime: string | undefined;
}

/** Where a re-sync by a field of the documents goes on. */
export interface CursorMark {
  readonly field: string;
  /** BSON document `{_id: value}` with the highest value seen. */
  readonly value: Uint8Array;
  readonly valueText: string;
}

export interface SyncCollectionRecord {
  readonly collection: string;
  readonly counts: SyncCounts;
  readonly stop: SyncStop | undefined;
  readonly mark: CursorMark | undefined;
  readonly changedAt: Date | undefined;
}

export interface SyncRecord {
  /** Up to here every change is in the tables; undefined where changes are not followed by events. */
  readonly position: FeedPosition | undefined;
  /** From here on changes are to be followed once a recovery is through; undefined when none is under way. */
  readonly recovery: FeedPosition | undefined;
  readonly events: number;
  readonly batches: number;
  /** Every document that waits for another one was tried since the last change. */
  readonly isSettled: boolean;
  readonly startedAt: Date;
  /** When the position was stored last. */
  readonly movedAt: Date;
}

/** One step forward, recorded in the transaction that changed the rows. */
export interface SyncAdvance {
  /** Undefined: the position stays. */
  readonly position: FeedPosition | undefined;
  readonly counts: ReadonlyMap<string, SyncCounts>;
  readonly stops?: ReadonlyMap<string, SyncStop>;
  readonly marks?: ReadonlyMap<string, CursorMark>;
  /** Every document that waits for another one was tried since the last change. */
  readonly isSettled?: boolean;
  /** More documents that are set aside, of those that a file holds several times. */
  readonly rejections?: readonly RejectionRecord[];
}

/** Runs a statement in the caller's transaction. */
type RunStatement = (
  sql: string,
  parameters: readonly unknown[],
) => Promise<{ readonly rowCount: number | null; readonly rows: readonly Record<string, unknown>[] }>;

/** What is durable about following the changes of a run, besides `docrow.change_position`, where they begin. */
export interface SyncStore {
  /** Undefined when changes of this run were never followed. */
  find(runId: string): Promise<SyncRecord | undefined>;
  collections(runId: string): Promise<readonly SyncCollectionRecord[]>;
  /** Records that changes are followed from now on. Does nothing where they were before. */
  begin(writer: SyncWriter, position: FeedPosition | undefined): Promise<void>;
  /**
   * The statements that move the position and add the counts, for the transaction of the rows.
   * @throws DocrowError (when run) `run-fenced`, `history-regressed` when the position would go back
   */
  advance(writer: SyncWriter, advance: SyncAdvance): (run: RunStatement) => Promise<void>;
  /** The same by itself, where no row changes. */
  saveAdvance(writer: SyncWriter, advance: SyncAdvance): Promise<void>;
  /** Up to which record of `docrow.foreign_write` a person was told; opaque, undefined before the first. */
  foreignWritesTold(runId: string): Promise<string | undefined>;
  saveForeignWritesTold(writer: SyncWriter, position: string): Promise<void>;
  /** BSON documents `{_id: value}` of what is set aside for one of these reasons. */
  rejectedIds(
    runId: string,
    collection: string,
    codes: readonly RejectionCode[],
  ): Promise<readonly Uint8Array[]>;
  /** The same, and what has a reference that was cleared because it led nowhere. */
  waitingIds(
    runId: string,
    collection: string,
    codes: readonly RejectionCode[],
  ): Promise<readonly Uint8Array[]>;
  /**
   * Records that the application was switched over, after which docrow writes to the tables no more.
   * @param clusterTime up to which every change is in the tables, where the source has such a time
   * @throws DocrowError `run-fenced`
   */
  saveCutover(writer: SyncWriter, clusterTime: string | undefined, report: object): Promise<Date>;
  /** Records where changes will be followed from after a recovery that begins now. */
  beginRecovery(writer: SyncWriter, position: FeedPosition): Promise<void>;
  /**
   * Ends stops of these collections and, with `moves`, makes the position that of the recovery. It may lie before the one
   * of now, where the source was restored from a backup: all of it was compared since.
   * @throws DocrowError `run-fenced`
   */
  finishRecovery(writer: SyncWriter, collections: readonly string[], moves: boolean): Promise<void>;
  /**
   * Makes a run belong to another source of the same database, from which it is brought in step. Places in the source of
   * before are forgotten: ranges, the position of the changes, marks, stops.
   * @param writer with the epoch that the run has now
   * @param ranges of the new source, by collection
   * @throws DocrowError `run-fenced`
   */
  adoptSource(
    writer: SyncWriter,
    identity: SourceIdentity,
    ranges: ReadonlyMap<string, readonly SourceRange[]>,
  ): Promise<void>;
}

export const noSyncCounts: SyncCounts = {
  events: 0,
  read: 0,
  loaded: 0,
  rejected: 0,
  filtered: 0,
  inserted: 0,
  updated: 0,
  deleted: 0,
  unchanged: 0,
  bytes: 0,
  rows: {},
};
