import { compareIds } from '../../bson/compare-ids.ts';
import { readId } from '../../bson/read-id.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import { type DocumentBatch, releaseNothing } from '../document-source.ts';

/**
 * Keeps the documents whose `_id` is among `ids`. A file has no index, so every document has to be looked at;
 * ids are compared as MongoDB does, so that 1, 1.0 and Long 1 are one.
 * @param ids BSON documents with the one field `_id`
 */
export async function* findByIds(
  batches: AsyncIterable<DocumentBatch>,
  ids: readonly Uint8Array[],
): AsyncGenerator<DocumentBatch> {
  const sorted = ids.toSorted(compareIds);
  for await (const batch of batches) {
    const starts = new Int32Array(batch.count);
    const indexes: number[] = [];
    for (let index = 0; index < batch.count; index++) {
      const start = batch.starts[index] as number;
      const id = idAt(batch, start);
      if (id === undefined || !isAmong(sorted, id)) continue;
      starts[indexes.length] = start;
      indexes.push(index);
    }
    if (indexes.length === 0) continue;
    const positionAfter = (index: number): Uint8Array => batch.positionAfter(indexes[index] as number);
    yield {
      bytes: batch.bytes,
      view: batch.view,
      starts,
      count: indexes.length,
      positionAfter,
      release: releaseNothing,
    };
  }
}

/** A document that is damaged up to its `_id` has none that could be asked for. */
function idAt(batch: DocumentBatch, start: number): Uint8Array | undefined {
  try {
    return readId(batch.bytes, batch.view, start);
  } catch (error) {
    if (error instanceof DocrowError) return undefined;
    throw error;
  }
}

function isAmong(sorted: readonly Uint8Array[], id: Uint8Array): boolean {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compareIds(sorted[middle] as Uint8Array, id);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
