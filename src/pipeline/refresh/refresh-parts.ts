import type { CheckpointStore, RejectionRecord, RunRecord } from '../../checkpoint/checkpoint-store.ts';
import type { CollectionEncoder } from '../../encoding/compile-collection.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { Transform } from '../../mapping/transform.ts';
import type { DocumentSource } from '../../source/document-source.ts';
import type { ChangedRows, LoadCounts, RefreshTarget } from '../../target/refresh-target.ts';

/** What is known of a run from outside of the transaction. */
export interface RefreshStore extends Pick<CheckpointStore, 'ranges'> {
  rejections(
    ...parameters: Parameters<CheckpointStore['rejections']>
  ): AsyncIterable<Pick<RejectionRecord, 'collection' | 'id' | 'document'>>;
}

/** What bringing documents of one collection in step needs. */
export interface RefreshParts {
  readonly source: DocumentSource;
  /** A target, or a batch of one. */
  readonly target: Pick<RefreshTarget, 'begin'>;
  readonly store: RefreshStore;
  readonly run: Pick<RunRecord, 'runId' | 'runTime' | 'identity'>;
  /** The one that this process raised the run's epoch to. */
  readonly epoch: number;
  readonly mapping: CollectionMapping;
  /** All that have a mapping: their documents may refer to those at hand. */
  readonly collections: readonly CollectionMapping[];
  readonly transformsOf: (collection: CollectionMapping) => ReadonlyMap<string, Transform>;
  /** Compiled from `mapping`, with its filter. */
  readonly encoder: CollectionEncoder;
}

export interface RefreshOptions {
  /** What becomes of the rows of a document that is rejected now. */
  readonly onReject: 'keep' | 'remove';
  /** Each change is recorded in `docrow.audit` as `<audit>-insert`, `-update` or `-delete`; undefined for none. */
  readonly audit: string | undefined;
  /** Documents per transaction, at most; fewer where they are large. */
  readonly documentsPerTransaction: number;
  /**
   * Whether the counts of the load follow: how many documents of each range were loaded, rejected and filtered, and how
   * many rows were set aside. Rejections and cleared references are recorded either way.
   */
  readonly counts: LoadCounts;
  /** Called after each transaction. */
  readonly onCommit?: ((documents: readonly RefreshedDocument[]) => void) | undefined;
  /** No further transaction is begun when it is aborted. */
  readonly soft?: AbortSignal | undefined;
}

/** Why a document is rejected. */
export type Problem = Pick<RejectionRecord, 'code' | 'path' | 'reason'>;

export type DocumentChange = 'inserted' | 'updated' | 'deleted' | 'unchanged' | 'rejected';

/** What a document is now. */
export type DocumentState = 'loaded' | 'filtered' | 'rejected' | 'absent';

/** What became of one document. */
export interface RefreshedDocument {
  /** BSON document `{_id: value}`, as the source has it now or as it was given. */
  readonly id: Uint8Array;
  readonly state: DocumentState;
  readonly change: DocumentChange;
  /** Whether it had a row in the root table; false too where its rows are kept although it is rejected. */
  readonly wasPresent: boolean;
  /** Whether references of it that lead nowhere were set to NULL. */
  readonly isCleared: boolean;
  /** BSON bytes read; 0 when the source does not have it. */
  readonly bytes: number;
  /** Why it is rejected. */
  readonly problem: Problem | undefined;
  /** Rows that were changed, by table and kind. */
  readonly rows: readonly Omit<ChangedRows, 'document'>[];
}

/** A document outside of those at hand whose reference leads nowhere because of what was changed. */
export interface RefreshFollower {
  readonly collection: string;
  readonly id: Uint8Array;
  /** `cleared`: its reference is NULL now. */
  readonly change: 'rejected' | 'cleared';
  readonly problem: Problem | undefined;
}

export interface RefreshOutcome {
  readonly documents: readonly RefreshedDocument[];
  readonly followers: readonly RefreshFollower[];
  /** False when it was stopped before all documents were looked at. */
  readonly isComplete: boolean;
}
