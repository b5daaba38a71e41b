import type { CheckpointStore, CollectionRecord, RunRecord } from '../checkpoint/checkpoint-store.ts';
import { noCounts } from '../checkpoint/checkpoint-store.ts';
import { collectionCounts } from '../checkpoint/collection-counts.ts';
import type { RetryStore } from '../checkpoint/retry-store.ts';
import type { CollectionEncoder } from '../encoding/compile-collection.ts';
import type { RejectionCode } from '../errors/error-codes.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { CollectionRetry } from '../report/retry-report.ts';
import type { RetryTarget } from '../target/retry-target.ts';
import type { TargetSchema } from '../target/target-schema.ts';
import { plainMapping } from './plain-mapping.ts';
import { type RetryableCollection, type RetryFilter, requireRetryable } from './retry-check.ts';
import { type RetriedChunk, type RetryPass, retryCollection } from './retry-collection.ts';
import type { RunEventListener } from './run-event.ts';

export interface RetryParts {
  readonly run: RunRecord;
  readonly store: CheckpointStore;
  readonly retryStore: RetryStore;
  readonly target: RetryTarget;
  readonly schema: Pick<TargetSchema, 'steps'>;
  /** In an order in which one that is referred to comes before those that refer to it. */
  readonly collections: readonly CollectionMapping[];
  readonly createEncoder: (collection: CollectionMapping) => CollectionEncoder;
  readonly soft: AbortSignal;
  readonly onEvent: RunEventListener;
}

export interface RetryOutcome {
  readonly collections: readonly CollectionRetry[];
  /** The database's time when the first rejection was tried; undefined when there was none. */
  readonly startedAt: Date | undefined;
  /** False when it was stopped before its end. */
  readonly isComplete: boolean;
}

/** A collection whose rejections go again. */
interface Retry {
  readonly mapping: CollectionMapping;
  readonly number: string;
  readonly startedAt: Date;
  readonly run: (pass: RetryPass) => Promise<number>;
  readonly report: () => CollectionRetry;
}

const referenceCodes: readonly RejectionCode[] = ['reference-missing', 'reference-set-aside'];

/**
 * Loads documents again that were set aside, from the bytes that are kept of them, by the mapping of now. The target
 * must hold the run's lock.
 *
 * Collections come in the order of their references, and what was refused because of a reference goes again until
 * nothing changes, so that a document and those that lead to it come in one call. Then `orphans: null` is applied to
 * what is still left.
 *
 * Nothing is changed before all collections have been looked at. From the first transaction on the mapping of now is the
 * one that the run knows. Each transaction holds rows, rejections and counts together, so that one that was interrupted
 * goes on by being called again.
 * @throws DocrowError `load-incomplete`, `mapping-changed`, `target-table-differs`
 */
export async function retryRejections(parts: RetryParts, filter: RetryFilter): Promise<RetryOutcome> {
  const retryable = await requireRetryable(parts, filter);
  const epoch = await parts.retryStore.raiseEpoch(parts.run.runId);
  const retries: Retry[] = [];
  for (const each of retryable) retries.push(await beginRetry(parts, each, epoch));
  if (retries.length > 0) await runPasses(parts, retries, filter);
  const isComplete = !parts.soft.aborted;
  if (isComplete) for (const { number } of retries) await parts.retryStore.finish(number);
  return {
    collections: retries.map(({ report }) => report()),
    startedAt: retries[0]?.startedAt,
    isComplete,
  };
}

async function runPasses(parts: RetryParts, retries: readonly Retry[], filter: RetryFilter): Promise<void> {
  const runPass = async (passOf: (collection: string) => RetryPass): Promise<number> => {
    let loaded = 0;
    for (const { mapping, run } of retries) {
      if (!parts.soft.aborted) loaded += await run(passOf(mapping.collection));
    }
    return loaded;
  };
  const since = retries[0]!.startedAt;
  const referencesOf =
    (clearsOrphans: boolean) =>
    (collection: string): RetryPass => ({
      filters: referenceCodes.map((code) => ({ collection, code })),
      since,
      clearsOrphans,
    });
  let loaded = await runPass((collection) => ({
    filters: [{ collection, code: filter.code }],
    since: undefined,
    clearsOrphans: false,
  }));
  for (;;) {
    while (loaded > 0 && !parts.soft.aborted) loaded = await runPass(referencesOf(false));
    if (parts.soft.aborted || !retries.some(({ mapping }) => clearsReferences(mapping))) return;
    loaded = await runPass(referencesOf(true));
    if (loaded === 0) return;
  }
}

const clearsReferences = ({ tables }: CollectionMapping): boolean =>
  tables.some(({ columns }) => columns.some(({ references }) => references?.orphans === 'null'));

async function beginRetry(
  parts: RetryParts,
  { mapping, record, documents, withoutDocument, changes }: RetryableCollection,
  epoch: number,
): Promise<Retry> {
  const { run, store, retryStore, target, schema, soft, onEvent } = parts;
  const { runId } = run;
  const { collection, fingerprint } = mapping;
  const loadedBefore = await countLoaded(store, runId, record, changes);
  // An encoder that cannot be made must not leave a changed mapping behind.
  const encoder = parts.createEncoder(mapping);
  const { retryNumber, startedAt } = await retryStore.begin({
    runId,
    collection,
    fingerprint,
    mapping: plainMapping(mapping),
    changes,
    steps: schema.steps(mapping).map(({ table, name }) => ({ table: table.name, name })),
  });
  onEvent({
    kind: 'collection-planned',
    collection,
    estimatedDocuments: documents - withoutDocument,
    ranges: 1,
    alreadyRead: 0,
  });
  const writer = { runId, collection, epoch, retryNumber };
  let retried = 0;
  let loaded = 0;
  let clearedReferences = 0;
  let isFirst = true;
  const onChunk = (chunk: RetriedChunk): void => {
    loaded += chunk.loaded.length;
    clearedReferences += chunk.clearedReferences;
    const read = isFirst ? chunk.loaded.length + chunk.rejected.length : 0;
    retried += read;
    const counts = { ...noCounts, read, loaded: chunk.loaded.length, rejected: read - chunk.loaded.length };
    onEvent({ kind: 'chunk-committed', collection, ...counts, bytes: isFirst ? chunk.bytes : 0 });
  };
  return {
    mapping,
    number: retryNumber,
    startedAt,
    run: async (pass) => {
      const count = await retryCollection({ store, target, writer, mapping, encoder, soft, onChunk }, pass);
      isFirst = false;
      return count;
    },
    report: () => ({
      collection,
      retried,
      loaded,
      rejected: retried - loaded,
      withoutDocument,
      clearedReferences,
      mappingChanges: changes,
      loadedBefore,
    }),
  };
}

/** Documents that were loaded by another mapping than the one that applies from now on. */
async function countLoaded(
  store: CheckpointStore,
  runId: string,
  record: CollectionRecord,
  changes: readonly string[],
): Promise<number> {
  return changes.length === 0 ? 0 : (await collectionCounts(store, runId, record)).loaded;
}
