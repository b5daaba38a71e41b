import { DocrowError } from '../errors/docrow-error.ts';
import type { CheckpointStore, CollectionRecord, RangeCounts } from './checkpoint-store.ts';
import { addCounts, noCounts } from './checkpoint-store.ts';

/** A collection's counts over all attempts, with what constraints took out again counted as rejected. */
export async function collectionCounts(
  store: CheckpointStore,
  runId: string,
  record: CollectionRecord,
): Promise<RangeCounts> {
  const ranges = await store.ranges(runId, record.collection);
  const sum = ranges.map((range) => range.counts).reduce(addCounts, noCounts);
  const counts = { ...sum, loaded: sum.loaded - record.setAside, rejected: sum.rejected + record.setAside };
  if (counts.read !== counts.loaded + counts.rejected + counts.filtered || counts.loaded < 0) {
    throw new DocrowError('count-mismatch', `The counts of ${record.collection} do not add up`, {
      collection: record.collection,
      ...counts,
    });
  }
  return counts;
}
