import type { CheckpointStore, RejectionRecord, RunRecord } from '../../checkpoint/checkpoint-store.ts';
import type { CollectionEncoder } from '../../encoding/compile-collection.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { Transform } from '../../mapping/transform.ts';
import type { DocumentSource } from '../../source/document-source.ts';
import type { ChangedRows, RefreshTarget, TransactionHook } from '../../target/refresh-target.ts';

/** What bringing documents of one collection in step needs. */
export interface RefreshParts {
  readonly source: DocumentSource;
  readonly target: RefreshTarget;
  readonly store: CheckpointStore;
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
  /** Writes more in the last transaction, before its commit. */
  readonly hook?: TransactionHook | undefined;
  /** Called after each transaction. */
  readonly onCommit?: ((documents: readonly RefreshedDocument[]) => void) | undefined;
  /** No further transaction is begun when it is aborted; the hook then did not run. */
  readonly soft?: AbortSignal | undefined;
}

export type DocumentChange = 'inserted' | 'updated' | 'deleted' | 'unchanged' | 'rejected';

/** What became of one document. */
export interface RefreshedDocument {
  /** BSON document `{_id: value}`, as the source has it now or as it was given. */
  readonly id: Uint8Array;
  readonly change: DocumentChange;
  /** Why it is rejected. */
  readonly problem: Pick<RejectionRecord, 'code' | 'path' | 'reason'> | undefined;
  /** Rows that were changed, by table and kind. */
  readonly rows: readonly Omit<ChangedRows, 'document'>[];
}

/** A document outside of those at hand whose reference leads nowhere because of what was changed. */
export interface RefreshFollower {
  readonly collection: string;
  readonly id: Uint8Array;
  /** `cleared`: its reference is NULL now. */
  readonly change: 'rejected' | 'cleared';
}

export interface RefreshOutcome {
  readonly documents: readonly RefreshedDocument[];
  readonly followers: readonly RefreshFollower[];
  /** False when it was stopped before all documents were looked at. */
  readonly isComplete: boolean;
}
