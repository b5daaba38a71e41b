import type { CheckpointStore, CollectionRecord, RunRecord } from '../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import { type DocumentSource, isSameSource } from '../source/document-source.ts';
import type { TargetSchema } from '../target/target-schema.ts';
import { requireAppendable } from './require-appendable.ts';
import { requireNotCutOver } from './require-not-cut-over.ts';

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
  /** Whether rows of another source may come to those of a finished run. */
  readonly mayAppend: boolean;
}

/**
 * Finds the run that goes on, or begins one. The target must hold the run's lock already.
 *
 * A run belongs to one source. Collections may join it later; those that it knows must still have the mapping that they
 * began with. Another source gets a run of its own where it is to be appended to a finished one, whose record stays.
 * @throws DocrowError `source-changed`, `mapping-changed`, `run-cut-over`
 */
export async function beginRun(
  store: CheckpointStore,
  source: DocumentSource,
  schema: TargetSchema,
  options: BeginOptions,
): Promise<BegunRun> {
  await store.prepare();
  for (const run of await store.runs()) requireNotCutOver(run);
  const identity = await source.identity();
  if (options.fresh) await forget(store, schema, options.collections);
  const [latest, ...earlier] = await withoutEmptyRuns(store);
  const begin = async (): Promise<BegunRun> => {
    const run = await store.createRun(identity, options.targetSchema, await source.changePosition());
    return { run, isResumed: false, known: [] };
  };
  if (latest === undefined) return begin();
  const remaining = await store.collections(latest.runId);
  if (!isSameSource(latest.identity, identity)) {
    requireAppendable(latest, earlier, remaining, identity, options.mayAppend);
    return begin();
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

/**
 * Forgets the newest runs as long as nothing is left of them: another one begins, with a time and a change position of
 * its own.
 */
async function withoutEmptyRuns(store: CheckpointStore): Promise<readonly RunRecord[]> {
  const runs = [...(await store.runs())];
  while (runs[0] !== undefined && (await store.collections(runs[0].runId)).length === 0) {
    await store.removeRun(runs.shift()!.runId);
  }
  return runs;
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

/** Forgets collections in all runs. Their tables go together, since they may refer to each other. */
async function forget(
  store: CheckpointStore,
  schema: TargetSchema,
  collections: readonly CollectionMapping[],
): Promise<void> {
  const names = new Set(collections.map(({ collection }) => collection));
  const runs = await store.runs();
  const tables = new Map<string, Set<string>>();
  for (const run of runs) {
    const own = tables.get(run.schema) ?? new Set<string>();
    tables.set(run.schema, own);
    for (const { collection, createdTables } of await store.collections(run.runId)) {
      if (names.has(collection)) for (const table of createdTables) own.add(table);
    }
  }
  for (const [name, own] of tables) await schema.dropTables(name, [...own]);
  for (const { runId } of runs) await store.removeCollections(runId, [...names]);
}
