import pLimit from 'p-limit';
import type { CheckpointStore, CollectionRecord, RunRecord } from '../checkpoint/checkpoint-store.ts';
import { compileCollection } from '../encoding/compile-collection.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { Transform } from '../mapping/transform.ts';
import type { DocumentSource } from '../source/document-source.ts';
import type { TargetSchema } from '../target/target-schema.ts';
import { finishCollections } from './finish-collections.ts';
import { type CollectionParts, migrateCollection } from './migrate-collection.ts';
import type { RangeWorkers } from './range-workers.ts';
import type { RunEventListener } from './run-event.ts';

export interface MigrationOptions {
  readonly collections: readonly CollectionMapping[];
  readonly chunkDocuments: number;
  readonly chunkBytes: number;
  readonly mayAppend: boolean;
}

export interface MigrationParts {
  readonly run: RunRecord;
  readonly known: readonly CollectionRecord[];
  readonly store: CheckpointStore;
  readonly source: DocumentSource;
  readonly estimates: ReadonlyMap<string, number | undefined>;
  readonly schema: TargetSchema;
  readonly workers: RangeWorkers;
  /** Also those that are not loaded now: others refer to them. */
  readonly allCollections: readonly CollectionMapping[];
  readonly transformsOf: (collection: CollectionMapping) => ReadonlyMap<string, Transform>;
  readonly soft: AbortSignal;
  /** Stops the other collections when one fails in a way that stops the run. */
  readonly stopAll: () => void;
  readonly onEvent: RunEventListener;
}

/** How the run ended. Errors of single collections do not stop the others. */
export interface MigrationOutcome {
  readonly isComplete: boolean;
  readonly errors: readonly { readonly collection: string | undefined; readonly error: DocrowError }[];
}

/** Loads all collections, then builds what belongs to their tables. */
export async function runMigration(
  parts: MigrationParts,
  options: MigrationOptions,
): Promise<MigrationOutcome> {
  const { run, store, onEvent } = parts;
  const errors: { collection: string | undefined; error: DocrowError }[] = [];
  const collectionParts: CollectionParts = { ...parts, ...options, limit: pLimit(parts.workers.count) };

  async function load(mapping: CollectionMapping): Promise<CollectionMapping | undefined> {
    const known = parts.known.find(({ collection }) => collection === mapping.collection);
    try {
      return (await migrateCollection(collectionParts, mapping, known)) ? mapping : undefined;
    } catch (error) {
      if (!(error instanceof DocrowError)) throw error;
      errors.push({ collection: mapping.collection, error });
      if (error.policy.reaction !== 'stop-collection') parts.stopAll();
      onEvent({
        kind: 'collection-stopped',
        collection: mapping.collection,
        code: error.code,
        message: error.message,
      });
      return undefined;
    }
  }
  const results: (CollectionMapping | undefined)[] = [];
  if (options.mayAppend) {
    // Tables that are there already may have foreign keys: what is referred to comes first.
    for (const mapping of options.collections) results.push(await load(mapping));
  } else results.push(...(await Promise.all(options.collections.map(load))));
  const loaded = results.filter((mapping) => mapping !== undefined);

  if (!parts.soft.aborted && loaded.length > 0) {
    try {
      await finish(parts, loaded);
    } catch (error) {
      if (!(error instanceof DocrowError)) throw error;
      errors.push({ collection: undefined, error });
    }
  }
  const isComplete =
    errors.length === 0 && loaded.length === options.collections.length && !parts.soft.aborted;
  await store.finishRun(run.runId, isComplete ? 'done' : 'stopped');
  return { isComplete, errors };
}

async function finish(parts: MigrationParts, loaded: readonly CollectionMapping[]): Promise<void> {
  const { run, store, source, schema, transformsOf, soft, onEvent } = parts;
  const waiting = await finishCollections(
    {
      runId: run.runId,
      runTime: run.runTime,
      collections: parts.allCollections,
      concurrency: Math.max(2, parts.workers.count),
      store,
      source,
      schema,
      transformsOf,
      soft,
      onEvent,
      createEncoder: (mapping) =>
        compileCollection({ mapping, runTime: run.runTime, transforms: transformsOf(mapping) }),
    },
    loaded,
  );
  if (soft.aborted) return;
  for (const { collection } of loaded) {
    const others = waiting.get(collection);
    if (others === undefined) await store.setCollectionStatus(run.runId, collection, 'done', 0);
    else {
      const message = `Foreign keys of ${collection} wait for ${others.join(', ')}, not loaded yet: docrow migrate without --only, or with these, loads them and builds the keys`;
      onEvent({ kind: 'notice', message });
    }
  }
}
