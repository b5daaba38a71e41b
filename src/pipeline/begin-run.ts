import type { CheckpointStore, CollectionRecord, RunRecord } from '../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { DocumentSource } from '../source/document-source.ts';
import type { TargetSchema } from '../target/target-schema.ts';

export interface BegunRun {
  readonly run: RunRecord;
  /** True when an earlier process began it. */
  readonly isResumed: boolean;
  readonly known: readonly CollectionRecord[];
}

export interface BeginOptions {
  /** Schema that the mapped tables are to be in. */
  readonly targetSchema: string;
  readonly collections: readonly CollectionMapping[];
  /** Forget what earlier runs did with these collections, and drop the tables that docrow made for them. */
  readonly fresh: boolean;
}

/**
 * Finds the run that goes on, or begins one. The target must hold the run's lock already.
 *
 * A run belongs to one source. Collections may join it later; those that it knows must still have the mapping that they
 * began with.
 * @throws DocrowError `source-changed`, `mapping-changed`
 */
export async function beginRun(
  store: CheckpointStore,
  source: DocumentSource,
  schema: TargetSchema,
  options: BeginOptions,
): Promise<BegunRun> {
  await store.prepare();
  const identity = await source.identity();
  const latest = await store.latestRun();
  if (latest !== undefined && options.fresh) await forget(store, schema, latest, options.collections);
  const remaining = latest === undefined ? [] : await store.collections(latest.runId);
  const isSameSource =
    latest !== undefined &&
    latest.identity.kind === identity.kind &&
    latest.identity.database === identity.database &&
    latest.identity.fingerprint === identity.fingerprint;
  if (latest === undefined || remaining.length === 0) {
    // Nothing of the run is left: another one begins, with a time and a change position of its own.
    if (latest !== undefined) await store.removeRun(latest.runId);
    const run = await store.createRun(identity, options.targetSchema, await source.changePosition());
    return { run, isResumed: false, known: [] };
  }
  if (!isSameSource) {
    throw new DocrowError(
      'source-changed',
      `The target holds a run from another source (database ${latest.identity.database}), and this one is not the same`,
      { database: identity.database },
    );
  }
  if (latest.schema !== options.targetSchema) {
    throw new DocrowError(
      'mapping-changed',
      `The tables of this run are in schema ${latest.schema}, and now they are to be in ${options.targetSchema}`,
    );
  }
  requireSameMappings(remaining, options.collections);
  return { run: await store.takeOver(latest.runId), isResumed: true, known: remaining };
}

function requireSameMappings(
  known: readonly CollectionRecord[],
  collections: readonly CollectionMapping[],
): void {
  const changed = collections.filter(({ collection, fingerprint }) => {
    const record = known.find((one) => one.collection === collection);
    return record !== undefined && record.fingerprint !== fingerprint;
  });
  if (changed.length === 0) return;
  const names = changed.map(({ collection, file }) => `${collection} (${file})`).join(', ');
  throw new DocrowError('mapping-changed', `The mapping has changed since the run began: ${names}`, {
    collections: changed.length,
  });
}

async function forget(
  store: CheckpointStore,
  schema: TargetSchema,
  run: RunRecord,
  collections: readonly CollectionMapping[],
): Promise<void> {
  const names = new Set(collections.map(({ collection }) => collection));
  const gone = (await store.collections(run.runId)).filter(({ collection }) => names.has(collection));
  await schema.dropTables(
    run.schema,
    gone.flatMap((record) => record.createdTables),
  );
  await store.removeCollections(
    run.runId,
    gone.map(({ collection }) => collection),
  );
}
