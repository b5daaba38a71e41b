import type { CheckpointStore, RunRecord } from '../../checkpoint/checkpoint-store.ts';
import type { DigestStore } from '../../checkpoint/digest-store.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { Transform } from '../../mapping/transform.ts';
import type { RunEventListener } from '../../pipeline/run-event.ts';
import type { DocumentSource } from '../../source/document-source.ts';
import type { RowTexts } from '../../target/row-texts.ts';

/** What the round trip works with. */
export interface DocumentsParts {
  readonly source: DocumentSource;
  readonly store: CheckpointStore;
  readonly digests: DigestStore;
  readonly texts: RowTexts;
  readonly run: RunRecord;
  readonly transformsOf: (collection: CollectionMapping) => ReadonlyMap<string, Transform>;
  readonly signal: AbortSignal;
  readonly onEvent: RunEventListener;
  /** Before each further look at what differs; as `settleDifferences` has it when left out. */
  readonly pausesMs?: readonly number[];
}
