import type { CheckpointStore, RunRecord } from '../../checkpoint/checkpoint-store.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { Transform } from '../../mapping/transform.ts';
import type { RunEventListener } from '../../pipeline/run-event.ts';
import type { DocumentSource } from '../../source/document-source.ts';
import type { RowComparer } from '../../target/row-comparer.ts';
import type { TargetSchema } from '../../target/target-schema.ts';

/** What comparing rows needs. */
export interface RowsParts {
  readonly source: DocumentSource;
  readonly store: CheckpointStore;
  readonly schema: TargetSchema;
  readonly comparer: RowComparer;
  readonly run: RunRecord;
  readonly transformsOf: (collection: CollectionMapping) => ReadonlyMap<string, Transform>;
  readonly signal: AbortSignal;
  readonly onEvent: RunEventListener;
  /** Before each further look at what differs, while the source can be written to; see settle-differences.ts. */
  readonly pausesMs?: readonly number[];
}
