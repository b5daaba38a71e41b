import type { CheckpointStore, RunRecord } from '../../checkpoint/checkpoint-store.ts';
import type { DigestStore } from '../../checkpoint/digest-store.ts';
import type { DigestForm } from '../../digest/digest-form.ts';
import { JsonbText } from '../../digest/jsonb-text.ts';
import { compileCollection } from '../../encoding/compile-collection.ts';
import { memoryOf } from '../../encoding/memory.ts';
import { compileFilter } from '../../filtering/compile-filter.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { Transform } from '../../mapping/transform.ts';
import type { RunEventListener } from '../../pipeline/run-event.ts';
import type { DocumentBatch, DocumentSource } from '../../source/document-source.ts';
import type { DigestPlan, DigestReader } from '../../target/digest-reader.ts';
import { DocumentDigester } from './document-digester.ts';
import type { DigestNote, RangeDigesters } from './range-digesters.ts';

export interface DigestParts {
  readonly source: DocumentSource;
  readonly store: CheckpointStore;
  readonly digests: DigestStore;
  readonly reader: DigestReader;
  readonly rangeDigesters: RangeDigesters;
  readonly run: RunRecord;
  readonly transformsOf: (collection: CollectionMapping) => ReadonlyMap<string, Transform>;
  readonly signal: AbortSignal;
  readonly onEvent: RunEventListener;
  /** Told which documents the encoder rejected, but for those of ranges that an earlier comparison read. */
  readonly onRejected?: (note: DigestNote & { kind: 'rejected' }) => void;
  /** Forms of digests that may be used, the best first; all when left out. */
  readonly forms?: readonly DigestForm[];
  /** What was computed of a range is kept whenever so much more of it was read. BSON bytes. */
  readonly keepEveryBytes?: number;
}

/** The encoder learns the usual order of keys from so many documents. */
const sampleDocuments = 200;

/** @param batch documents to learn from, where there are any yet */
export function createDigester(
  { transforms, runTime }: { readonly transforms: ReadonlyMap<string, Transform>; readonly runTime: Date },
  mapping: CollectionMapping,
  plan: DigestPlan,
  batch?: DocumentBatch,
): DocumentDigester {
  const filter = mapping.where === undefined ? undefined : compileFilter(mapping.where, mapping.file);
  const count = Math.min(batch?.count ?? 0, sampleDocuments);
  const samples =
    batch === undefined
      ? []
      : Array.from(batch.starts.subarray(0, count), (start) => ({
          input: memoryOf(batch.bytes, batch.view),
          start,
        }));
  const normalizer = new JsonbText();
  const encoder = compileCollection({ mapping, runTime, transforms, filter, samples, normalizer });
  return new DocumentDigester(mapping, plan, encoder);
}
