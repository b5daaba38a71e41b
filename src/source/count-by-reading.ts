import type { DocumentBatch } from './document-source.ts';

/** Counts documents where nothing shorter than reading them says how many there are. */
export async function countByReading(batches: AsyncIterable<DocumentBatch>): Promise<number> {
  let count = 0;
  for await (const batch of batches) {
    count += batch.count;
    batch.release();
  }
  return count;
}
