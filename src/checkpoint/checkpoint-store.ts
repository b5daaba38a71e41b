import type { ErrorCode, RejectionCode } from '../errors/error-codes.ts';
import type { ChangePosition, SourceIdentity, SourceRange } from '../source/document-source.ts';

/**
 * The contract of everything durable that docrow knows about its own work. It lives in the target database, so that
 * progress and data commit together and nothing on the mover's disk is needed to go on.
 */

export type RunStatus = 'running' | 'done' | 'stopped';
export type CollectionStatus = 'loading' | 'loaded' | 'done' | 'stopped';

export interface RunRecord {
  readonly runId: string;
  readonly identity: SourceIdentity;
  /** Schema of the mapped tables. */
  readonly schema: string;
  /** `$runTime` of every document of the run, whenever it was resumed. */
  readonly runTime: Date;
  /** Counts the processes that worked on this run. A writer with an older number is fenced off. */
  readonly epoch: number;
  readonly status: RunStatus;
  readonly startedAt: Date;
  readonly finishedAt: Date | undefined;
  readonly version: string;
  /** From here on the tables belong to the application; undefined as long as it was not switched over. */
  readonly cutOverAt: Date | undefined;
}

export interface CollectionRecord {
  readonly collection: string;
  readonly fingerprint: string;
  /** The mapping itself, as values that JSON has. */
  readonly mapping: object;
  readonly status: CollectionStatus;
  readonly tables: readonly string[];
  /** Those of `tables` that docrow made itself, and may drop again. */
  readonly createdTables: readonly string[];
  /** Rows that were in each table before this run, where it appends. */
  readonly rowsBefore: RowCounts;
  readonly estimatedDocuments: number | undefined;
  /**
   * Documents that were loaded and taken out again by a constraint, less those that were set aside and loaded when they
   * were tried again: it may be negative.
   */
  readonly setAside: number;
  /** Rows of those, by table. */
  readonly rowsSetAside: RowCounts;
  /** It was brought in step with its source after the load, whose counts are history since. */
  readonly isSynced: boolean;
  /** Wall time of loading over all attempts. */
  readonly seconds: number;
  readonly errorCode: ErrorCode | undefined;
  readonly startedAt: Date;
  readonly finishedAt: Date | undefined;
}

export interface RangeRecord {
  readonly collection: string;
  readonly rangeNumber: number;
  readonly range: SourceRange;
  /** Position after the last committed document; undefined before the first. Opaque outside the source. */
  readonly position: Uint8Array | undefined;
  readonly positionText: string | undefined;
  readonly isDone: boolean;
  readonly counts: RangeCounts;
  readonly rows: RowCounts;
}

/** Rows by table; tables without rows may be missing. */
export type RowCounts = Readonly<Record<string, number>>;

/** Rows of one table, which may be called like something that every object has. */
export const rowsOf = (counts: RowCounts, table: string): number =>
  Object.hasOwn(counts, table) ? (counts[table] ?? 0) : 0;

export const addRows = (a: RowCounts, b: RowCounts): RowCounts => {
  const sum = new Map(Object.entries(a));
  for (const [table, rows] of Object.entries(b)) sum.set(table, (sum.get(table) ?? 0) + rows);
  return Object.fromEntries(sum);
};

export interface RangeCounts {
  readonly read: number;
  readonly loaded: number;
  readonly rejected: number;
  readonly filtered: number;
  /** BSON bytes. */
  readonly bytes: number;
}

export const noCounts: RangeCounts = { read: 0, loaded: 0, rejected: 0, filtered: 0, bytes: 0 };

export const addCounts = (a: RangeCounts, b: RangeCounts): RangeCounts => ({
  read: a.read + b.read,
  loaded: a.loaded + b.loaded,
  rejected: a.rejected + b.rejected,
  filtered: a.filtered + b.filtered,
  bytes: a.bytes + b.bytes,
});

/** A document that was set aside. */
export interface RejectionRecord {
  readonly collection: string;
  /** BSON document `{_id: value}`; undefined when the document has none that can be read. */
  readonly id: Uint8Array | undefined;
  /** The `_id` as canonical Extended JSON. */
  readonly idText: string;
  readonly code: RejectionCode;
  readonly path: string;
  readonly reason: string;
  readonly table: string | undefined;
  /** The document's BSON, whole. */
  readonly document: Uint8Array | undefined;
}

/** Documents per column and kind whose value a policy changed. */
export type AdjustmentCounts = Readonly<Record<string, number>>;

/** What one chunk did; recorded in the transaction that holds its rows. */
export interface ChunkRecord {
  readonly counts: RangeCounts;
  /** Position after the chunk's last document. */
  readonly position: Uint8Array;
  readonly positionText: string;
  readonly rejections: readonly RejectionRecord[];
  /** Key: `table.column:kind`, and of a field that no column takes `table.restcolumn:unmapped-rest:path`. */
  readonly adjustments: AdjustmentCounts;
}

/** Names the writer of a range, so that a second one cannot commit. */
export interface RangeWriter {
  readonly runId: string;
  readonly collection: string;
  readonly rangeNumber: number;
  readonly epoch: number;
}

/** A constraint, index or statistics to be made after the load. */
export interface StepRecord {
  readonly collection: string;
  readonly table: string;
  /** Unique within the run. */
  readonly name: string;
  readonly isDone: boolean;
}

export interface RejectionFilter {
  readonly collection?: string | undefined;
  readonly code?: string | undefined;
}

export interface StoredRejection extends RejectionRecord {
  readonly number: string;
  readonly at: Date;
}

/** Rejections of one kind. */
export interface CountedRejections {
  readonly collection: string;
  readonly code: RejectionCode;
  /** Without array positions. */
  readonly path: string;
  readonly reason: string;
  readonly documents: number;
}

export interface CheckpointStore {
  /** Makes or upgrades the state tables. @throws DocrowError `state-too-new` */
  prepare(): Promise<void>;
  /** True when the target has state tables at all. */
  exists(): Promise<boolean>;

  latestRun(): Promise<RunRecord | undefined>;
  /** All runs, the newest first. */
  runs(): Promise<readonly RunRecord[]>;
  createRun(identity: SourceIdentity, schema: string, position: ChangePosition): Promise<RunRecord>;
  /** Takes the run over for this process: its epoch rises, and writers of before are fenced off. */
  takeOver(runId: string): Promise<RunRecord>;
  finishRun(runId: string, status: RunStatus): Promise<void>;
  changePosition(runId: string): Promise<ChangePosition | undefined>;

  collections(runId: string): Promise<readonly CollectionRecord[]>;
  /** Records a collection with its ranges, before the first document is read. */
  addCollection(
    runId: string,
    collection: Pick<
      CollectionRecord,
      | 'collection'
      | 'fingerprint'
      | 'mapping'
      | 'tables'
      | 'createdTables'
      | 'rowsBefore'
      | 'estimatedDocuments'
    >,
    ranges: readonly SourceRange[],
  ): Promise<void>;
  setCollectionStatus(
    runId: string,
    collection: string,
    status: CollectionStatus,
    seconds: number,
    errorCode?: ErrorCode,
  ): Promise<void>;
  /** Forgets collections of a run with everything that is recorded about them. */
  removeCollections(runId: string, collections: readonly string[]): Promise<void>;
  /** Forgets a run as if it had never been. */
  removeRun(runId: string): Promise<void>;

  ranges(runId: string, collection: string): Promise<readonly RangeRecord[]>;

  steps(runId: string): Promise<readonly StepRecord[]>;
  addSteps(runId: string, steps: readonly Omit<StepRecord, 'isDone'>[]): Promise<void>;

  rejections(runId: string, filter: RejectionFilter, limit: number): AsyncIterable<StoredRejection>;
  /** By number, or by the text of the `_id`. */
  findRejection(runId: string, key: string): Promise<StoredRejection | undefined>;
  /** @param since counts those alone that were set aside, or tried again, at this time or later */
  countRejections(runId: string, since?: Date): Promise<readonly CountedRejections[]>;
  addValidation(runId: string, level: string, verdict: string, report: object): Promise<void>;
  adjustments(runId: string): Promise<readonly { collection: string; key: string; documents: number }[]>;
}
