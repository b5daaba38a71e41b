import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { DocumentBatch } from '../../source/document-source.ts';
import type { DocumentsParts } from './documents-parts.ts';

export type ReadingParts = Pick<DocumentsParts, 'source' | 'store' | 'run' | 'signal' | 'onEvent'>;

const documentsPerSlice = 500;

/** Documents of a collection, copied, some hundred at once. */
export async function* readDocuments(
  { source, store, run, signal, onEvent }: ReadingParts,
  { collection }: CollectionMapping,
  which: 'all' | AsyncIterable<readonly Uint8Array[]>,
): AsyncIterable<readonly Buffer[]> {
  const onBatch = (read: number, bytes: number): void =>
    onEvent({ kind: 'documents-read', collection, read, bytes });
  if (which === 'all') {
    for (const { range } of await store.ranges(run.runId, collection)) {
      yield* copyDocuments(source.readRange(collection, range, { signal }), onBatch);
    }
    return;
  }
  for await (const ids of which) yield* copyDocuments(source.readByIds(collection, ids), onBatch);
}

/** Documents of batches, copied, some at once. */
export async function* copyDocuments(
  batches: AsyncIterable<DocumentBatch>,
  onBatch: (documents: number, bytes: number) => void,
): AsyncIterable<readonly Buffer[]> {
  for await (const batch of batches) {
    const { bytes, view, starts, count } = batch;
    const documents = Array.from({ length: count }, (_, index) => {
      const start = starts[index]!;
      return Buffer.from(bytes.subarray(start, start + view.getInt32(start, true)));
    });
    batch.release();
    onBatch(
      count,
      documents.reduce((sum, { length }) => sum + length, 0),
    );
    for (let at = 0; at < count; at += documentsPerSlice) yield documents.slice(at, at + documentsPerSlice);
  }
}
