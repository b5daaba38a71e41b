import type { CheckpointStore, CollectionRecord } from '../checkpoint/checkpoint-store.ts';
import { collectionCounts } from '../checkpoint/collection-counts.ts';
import type { CollectionReport, MigrationReport } from '../report/migration-report.ts';
import { parseAdjustmentKey } from './adjustment-key.ts';

export interface DescribedCollection extends Omit<CollectionReport, 'attempt'> {
  readonly record: CollectionRecord;
}

export interface DescribedLoad {
  readonly collections: readonly DescribedCollection[];
  readonly totals: MigrationReport['totals'];
  readonly rejections: MigrationReport['rejections'];
  readonly adjustments: MigrationReport['adjustments'];
}

/**
 * What became of the documents of a run, over all attempts, from its state tables.
 * @param names of the collections to tell about; all when left out
 */
export async function describeLoad(
  store: CheckpointStore,
  runId: string,
  names?: readonly string[],
): Promise<DescribedLoad> {
  const isWanted = ({ collection }: { readonly collection: string }): boolean =>
    names === undefined || names.includes(collection);
  const collections: DescribedCollection[] = [];
  for (const record of (await store.collections(runId)).filter(isWanted)) {
    const { collection, seconds } = record;
    collections.push({ collection, ...(await collectionCounts(store, runId, record)), seconds, record });
  }
  const tablesOf = new Map(collections.map(({ collection, record }) => [collection, record.tables]));
  return {
    collections,
    totals: totalsOf(collections),
    rejections: (await store.countRejections(runId)).filter(isWanted),
    adjustments: (await store.adjustments(runId)).filter(isWanted).map(({ collection, key, documents }) => ({
      collection,
      ...parseAdjustmentKey(key, tablesOf.get(collection) ?? []),
      documents,
    })),
  };
}

function totalsOf(collections: readonly DescribedCollection[]): MigrationReport['totals'] {
  const sum = (of: (report: DescribedCollection) => number): number =>
    collections.reduce((total, report) => total + of(report), 0);
  return {
    read: sum((report) => report.read),
    loaded: sum((report) => report.loaded),
    rejected: sum((report) => report.rejected),
    filtered: sum((report) => report.filtered),
    rows: sum((report) => Object.values(report.rows).reduce((rows, count) => rows + count, 0)),
    bytes: sum((report) => report.bytes),
    seconds: sum((report) => report.seconds),
  };
}
