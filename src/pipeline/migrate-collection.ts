import type { LimitFunction } from 'p-limit';
import type { CheckpointStore, CollectionRecord, RunRecord } from '../checkpoint/checkpoint-store.ts';
import { addCounts, noCounts } from '../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { DocumentSource } from '../source/document-source.ts';
import type { TargetSchema } from '../target/target-schema.ts';
import { plainMapping } from './plain-mapping.ts';
import type { RangeWorkers } from './range-workers.ts';
import type { RunEventListener } from './run-event.ts';

export interface CollectionParts {
  readonly run: RunRecord;
  readonly store: CheckpointStore;
  readonly source: DocumentSource;
  /** About how many documents each collection has, where the source can say. */
  readonly estimates: ReadonlyMap<string, number | undefined>;
  readonly schema: TargetSchema;
  readonly workers: RangeWorkers;
  /** Shared by all collections of the run: so many ranges are copied at once. */
  readonly limit: LimitFunction;
  readonly chunkDocuments: number;
  readonly chunkBytes: number;
  readonly mayAppend: boolean;
  readonly soft: AbortSignal;
  readonly onEvent: RunEventListener;
}

/**
 * Loads one collection: READ THIS FIRST. With the contracts of source and target it is the whole of docrow's bulk path.
 *
 * The collection is cut into ranges, once, and the ranges are stored with it. Each is copied by a worker, chunk by
 * chunk (copy-range.ts): documents are read in the source's order, encoded into rows, and committed together with the
 * range's new position. So whatever stops the process, the ranges say what is done; a resumed run skips those that are
 * finished and goes on in the others after their last commit.
 *
 * @param known what the state tables hold about the collection, when an earlier attempt got that far
 * @returns true when every document of the collection was read; false when the run was stopped before
 * @throws DocrowError what stopped the collection; all that was committed stays
 */
export async function migrateCollection(
  parts: CollectionParts,
  mapping: CollectionMapping,
  known: CollectionRecord | undefined,
): Promise<boolean> {
  const { run, store, onEvent } = parts;
  const { collection } = mapping;
  if (known !== undefined && (known.status === 'loaded' || known.status === 'done')) return true;
  if (known === undefined) await planCollection(parts, mapping);
  else await completeTables(parts, mapping, known);
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;

  const ranges = await store.ranges(run.runId, collection);
  onEvent({
    kind: 'collection-planned',
    collection,
    estimatedDocuments: known?.estimatedDocuments ?? parts.estimates.get(collection),
    ranges: ranges.length,
    alreadyRead: ranges.map((range) => range.counts).reduce(addCounts, noCounts).read,
  });
  const copies = ranges
    .filter((range) => !range.isDone)
    .map(({ rangeNumber, range }) =>
      parts.limit(async () => {
        if (parts.soft.aborted) return false;
        const writer = { runId: run.runId, collection, rangeNumber, epoch: run.epoch };
        const { chunkDocuments, chunkBytes } = parts;
        return parts.workers.copyRange({ writer, range, chunkDocuments, chunkBytes }, (counts) =>
          onEvent({ kind: 'chunk-committed', collection, ...counts }),
        );
      }),
    );
  const results = await Promise.allSettled(copies);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    const code = failure.reason instanceof DocrowError ? failure.reason.code : 'internal';
    await store.setCollectionStatus(run.runId, collection, 'stopped', seconds(), code);
    throw failure.reason;
  }
  const isLoaded = results.every((result) => result.status === 'fulfilled' && result.value);
  await store.setCollectionStatus(run.runId, collection, isLoaded ? 'loaded' : 'loading', seconds());
  if (isLoaded) onEvent({ kind: 'collection-loaded', collection });
  return isLoaded;
}

/**
 * Cuts the collection into ranges and makes its tables. What is to be made is recorded first: tables that nobody knew
 * to be docrow's own could never be dropped again.
 */
async function planCollection(parts: CollectionParts, mapping: CollectionMapping): Promise<void> {
  const { collection, fingerprint } = mapping;
  const found = await parts.schema.inspectTables(mapping, parts.mayAppend);
  const ranges = await parts.source.planRanges(collection, parts.workers.count);
  const estimatedDocuments = parts.estimates.get(collection);
  const tables = mapping.tables.map((table) => table.name);
  const { missing: createdTables, rowsBefore } = found;
  await parts.store.addCollection(
    parts.run.runId,
    {
      collection,
      fingerprint,
      mapping: plainMapping(mapping),
      tables,
      createdTables,
      rowsBefore,
      estimatedDocuments,
    },
    ranges,
  );
  await parts.schema.createTables(mapping, found);
}

/** Makes the tables that an attempt which ended before its first chunk may have left out. */
async function completeTables(
  { run, store, schema }: CollectionParts,
  mapping: CollectionMapping,
  { collection, createdTables, rowsBefore }: CollectionRecord,
): Promise<void> {
  const ranges = await store.ranges(run.runId, collection);
  if (ranges.some(({ position, isDone }) => position !== undefined || isDone)) return;
  await schema.createTables(mapping, { missing: createdTables, rowsBefore });
}
