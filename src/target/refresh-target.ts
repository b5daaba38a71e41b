import type { RefreshRecord, RefreshWriter } from '../checkpoint/refresh-record.ts';
import type { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping, TableMapping } from '../mapping/mapping.ts';
import type { RowPage, TargetTable } from './row-target.ts';
import type { OrphanRow, PostLoadStep, SetAside } from './target-schema.ts';

/**
 * The contract of bringing the rows of single documents in step with the source: what they should be is staged beside
 * the tables, compared with what is there, and what differs is changed, nothing else. One transaction at a time.
 *
 * The order of the calls: `tryRows` as often as it takes, `locate`, `findProblems`, `clearOrphans`, then either `plan`
 * and `rollback`, or `apply`, `findFollowers` and `commit`.
 */
export interface RefreshTarget {
  /** @param tables those of the encoder, the document keys included */
  begin(
    writer: RefreshWriter,
    collection: CollectionMapping,
    tables: readonly TargetTable[],
  ): Promise<RefreshTransaction>;

  /** Several collections, or a collection several times, in one transaction. */
  beginBatch(): Promise<RefreshBatch>;

  /**
   * Deletes rows that belong to no document, by their key and with all rows below them, in one transaction. Rows that
   * turn out to belong to one stay.
   * @param rows of one table
   * @param isDry counts alone
   */
  removeRows(
    writer: RefreshWriter,
    collection: CollectionMapping,
    table: TableMapping,
    rows: readonly RowKey[],
    isDry: boolean,
  ): Promise<RemovedRows>;

  close(): Promise<void>;
}

/**
 * A transaction of several. Those begun in it are one after the other: what `commit` of one did is durable with the
 * batch, and `rollback` of one undoes that one alone. After an error of the connection the batch can be rolled back only.
 */
export interface RefreshBatch extends Pick<RefreshTarget, 'begin'> {
  /** @param hook writes more, before the commit @throws DocrowError as `RefreshTransaction.commit` does */
  commit(hook: TransactionHook): Promise<void>;
  /** Nothing remains. Does not throw when the connection is lost. */
  rollback(): Promise<void>;
}

export interface RemovedRows {
  /** Rows deleted, by table. */
  readonly rows: ReadonlyMap<string, number>;
  /** BSON documents `{_id: value}` of the documents that rows turned out to belong to. */
  readonly ids: readonly Uint8Array[];
}

/** Key columns and their values as the target's text. */
export type RowKey = Readonly<Record<string, string>>;

/** Whether the counts of the load follow what is changed, or are left as they are. */
export type LoadCounts = 'move' | 'leave';

/** One form of the `_id` of a document: numbers of one value are one `_id` and differ in their bytes. */
export interface RefreshId {
  /** Number of the document within the transaction. Of documents that exclude each other the smallest one stays. */
  readonly document: number;
  /** BSON document `{_id: value}`. */
  readonly id: Uint8Array;
  /** What the mapping's id column holds for it, in the target's binary form; undefined where that cannot be. */
  readonly value: Uint8Array | undefined;
}

/** What was there of the documents before. */
export interface LocatedDocuments {
  /** Numbers of those that have a row in the root table. */
  readonly present: ReadonlySet<number>;
  readonly rejections: readonly EarlierRejection[];
}

export interface EarlierRejection {
  readonly document: number;
  /** Key of `docrow.rejection`. */
  readonly number: string;
  readonly code: string;
  readonly path: string;
  readonly reason: string;
}

/** Why the rows of a document cannot be in the tables. */
export type RefreshProblem = { readonly document: number; readonly table: TableMapping } & (
  | {
      /** Another document has the same values; or, with `isOwn`, the document itself has them twice. */
      readonly kind: 'duplicate';
      readonly columns: readonly string[];
      readonly isOwn: boolean;
    }
  | {
      readonly kind: 'reference';
      readonly column: TableMapping['columns'][number];
      /** What it refers to, in the target's binary form. */
      readonly reference: Uint8Array;
    }
);

export type ChangeKind = 'insert' | 'update' | 'delete';

/** Rows of one document and table that were changed in one way. */
export interface ChangedRows {
  readonly document: number;
  readonly table: string;
  readonly kind: ChangeKind;
  readonly rows: number;
}

/** One row that would be changed. */
export interface PlannedRow {
  readonly document: number;
  readonly table: string;
  readonly kind: ChangeKind;
  readonly key: RowKey;
  /** Columns whose value differs, of an update. */
  readonly columns: readonly string[];
}

/**
 * - `update`: rows that differ are updated
 * - `replace`: rows that differ are deleted, then inserted, so that documents may exchange values that are unique
 */
export type ApplyManner = 'update' | 'replace';

export type ApplyOutcome =
  | { readonly kind: 'applied'; readonly changes: readonly ChangedRows[] }
  /**
   * The target does not take these rows: roll back. By document where it could be found out, which takes `replace`;
   * none are named where a whole batch was refused.
   */
  | { readonly kind: 'refused'; readonly problems: ReadonlyMap<number, DocrowError> };

/** Rows of other documents that lead nowhere since a row that they referred to is gone. */
export interface Followers {
  readonly collection: CollectionMapping;
  readonly step: PostLoadStep & { kind: 'foreign-key' };
  readonly rows: readonly OrphanRow[];
}

/** A reference that was set to NULL since it leads nowhere. */
export interface ClearedReference {
  readonly document: number;
  readonly table: string;
  readonly column: string;
}

/** Runs a statement in the transaction, for what a caller makes durable together with the rows. */
export type TransactionHook = (
  run: (
    sql: string,
    parameters: readonly unknown[],
  ) => Promise<{ readonly rowCount: number | null; readonly rows: readonly Record<string, unknown>[] }>,
) => Promise<void>;

export interface RefreshTransaction {
  /** Stages rows of all tables, or none of them. @returns what the target has against them */
  tryRows(pages: readonly (readonly RowPage[])[]): Promise<DocrowError | undefined>;

  /**
   * Finds what is there of the documents.
   * @param staged numbers of the documents that were staged, in the order of their rows
   * @param ids of all documents
   * @param kept numbers of documents whose rows stay as they are
   */
  locate(
    staged: readonly number[],
    ids: readonly RefreshId[],
    kept: ReadonlySet<number>,
  ): Promise<LocatedDocuments>;

  /**
   * Looks for staged documents that cannot be in the tables, as far as one look tells. Of a document each reference
   * that leads nowhere is told.
   */
  findProblems(): Promise<readonly RefreshProblem[]>;

  /** Sets staged references that lead nowhere to NULL, where the mapping says `orphans: null`. */
  clearOrphans(): Promise<readonly ClearedReference[]>;

  /** What `apply` would change, at most `limit` rows of each table and kind. */
  plan(limit: number): Promise<readonly PlannedRow[]>;

  /** Changes what differs. */
  apply(manner: ApplyManner): Promise<ApplyOutcome>;

  /** Rows of each of these documents that are staged, by table. */
  countStaged(documents: readonly number[]): Promise<ReadonlyMap<string, number>>;

  /** Looks for rows of documents outside of the transaction that lead nowhere because of what was changed in it. */
  findFollowers(): Promise<readonly Followers[]>;
  /** Sets the references of these rows to NULL, and records each. */
  clearFollowers(
    followers: Omit<Followers, 'rows'>,
    rows: readonly (OrphanRow & { readonly idText: string })[],
  ): Promise<void>;
  /** Takes documents out of all tables and records why. */
  setAside(change: SetAside, counts: LoadCounts): Promise<void>;

  /**
   * Checks deferred constraints, records, and makes all of it durable, with the batch where it is one of a batch.
   * @param isChecked false leaves the constraints to a later transaction of the batch, or to its end
   * @throws DocrowError `run-fenced`, `row-refused`, `target-unreachable`, `commit-outcome-unknown`
   */
  commit(record: RefreshRecord, isChecked?: boolean): Promise<void>;

  /** Nothing remains. Does not throw when the connection is lost. */
  rollback(): Promise<void>;
}
