import type { CheckpointStore, RunRecord } from '../checkpoint/checkpoint-store.ts';
import type { SyncStore, SyncWriter } from '../checkpoint/sync-store.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { RefreshParts } from '../pipeline/refresh/refresh-parts.ts';
import type { RunEventListener } from '../pipeline/run-event.ts';
import type { DocumentSource } from '../source/document-source.ts';
import type { RefreshTarget } from '../target/refresh-target.ts';

/** What bringing a loaded run in step with its source needs. */
export interface SyncParts {
  readonly run: RunRecord;
  readonly writer: SyncWriter;
  readonly source: DocumentSource;
  readonly target: RefreshTarget;
  readonly store: CheckpointStore;
  readonly syncStore: SyncStore;
  /** All that were loaded, referenced ones first. */
  readonly collections: readonly CollectionMapping[];
  readonly refreshParts: (mapping: CollectionMapping, target: Pick<RefreshTarget, 'begin'>) => RefreshParts;
  /** No further batch is begun when it is aborted. */
  readonly soft: AbortSignal;
  readonly onEvent: RunEventListener;
  /** Called from time to time between batches, and at the end. */
  readonly onHeartbeat: () => Promise<void>;
}
