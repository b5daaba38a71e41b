import { DocrowError } from '../errors/docrow-error.ts';
import type { CheckpointStore, CollectionRecord, RangeCounts, RowCounts } from './checkpoint-store.ts';
import { addCounts, addRows, noCounts, rowsOf } from './checkpoint-store.ts';

export interface CollectionCounts extends RangeCounts {
  /** Rows in each table of the collection, without those that were there before the run. */
  readonly rows: RowCounts;
}

/** A collection's counts over all attempts, with what constraints took out again counted as rejected. */
export async function collectionCounts(
  store: CheckpointStore,
  runId: string,
  record: CollectionRecord,
): Promise<CollectionCounts> {
  const ranges = await store.ranges(runId, record.collection);
  const sum = ranges.map((range) => range.counts).reduce(addCounts, noCounts);
  const counts = { ...sum, loaded: sum.loaded - record.setAside, rejected: sum.rejected + record.setAside };
  if (counts.read !== counts.loaded + counts.rejected + counts.filtered || counts.loaded < 0) {
    throw new DocrowError('count-mismatch', `The counts of ${record.collection} do not add up`, {
      collection: record.collection,
      ...counts,
    });
  }
  const written = ranges.map(({ rows }) => rows).reduce(addRows, {});
  const rows = record.tables.map((table, index) => {
    // Of the root table the documents are counted, so that a row which PostgreSQL dropped without a word shows.
    if (index === 0) return [table, counts.loaded] as const;
    return [table, rowsOf(written, table) - rowsOf(record.rowsSetAside, table)] as const;
  });
  return { ...counts, rows: Object.fromEntries(rows) };
}
