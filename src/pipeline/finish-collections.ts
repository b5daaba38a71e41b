import pLimit from 'p-limit';
import type { CollectionMapping } from '../mapping/mapping.ts';
import { type PostLoadStep, stepLabel } from '../target/target-schema.ts';
import { reachFailPoint } from './fail-point.ts';
import { buildUnique } from './settle-duplicates.ts';
import { type OrphanParts, settleOrphans } from './settle-orphans.ts';

export interface FinishParts extends OrphanParts {
  /** Steps built at the same time. */
  readonly concurrency: number;
  readonly soft: AbortSignal;
}

/**
 * Builds what belongs to the tables once their rows are there: keys and unique indexes first, since they say which
 * duplicates go; then what refers to rows that are not there goes; then everything else, in parallel.
 *
 * Each step is recorded when it is done, so an interrupted run goes on with the next one.
 * @param loaded collections whose documents are all in their tables
 * @returns collections whose foreign keys wait for a collection that is not loaded yet
 */
export async function finishCollections(
  parts: FinishParts,
  loaded: readonly CollectionMapping[],
): Promise<ReadonlySet<string>> {
  const { schema, store, runId } = parts;
  const steps = loaded.flatMap((collection) => schema.steps(collection));
  await store.addSteps(
    runId,
    steps.map(({ collection, table, name }) => ({ collection, table: table.name, name })),
  );
  const records = await store.collections(runId);
  const done = new Set((await store.steps(runId)).filter((step) => step.isDone).map((step) => step.name));
  const open = steps.filter((step) => !done.has(step.name));
  const collectionOf = (step: PostLoadStep): CollectionMapping =>
    loaded.find(({ collection }) => collection === step.collection)!;
  const limit = pLimit(parts.concurrency);

  async function run(step: PostLoadStep): Promise<void> {
    if (parts.soft.aborted) return;
    reachFailPoint('before-step');
    const startedAt = performance.now();
    const table = step.table.name;
    const label = stepLabel(table, step.name);
    parts.onEvent({ kind: 'step-started', table, step: label });
    if (step.kind === 'primary-key' || step.kind === 'unique') {
      const record = records.find(({ collection }) => collection === step.collection);
      await buildUnique(parts, collectionOf(step), step, record?.rowsBefore ?? 0);
    } else await schema.build(runId, step);
    const seconds = (performance.now() - startedAt) / 1000;
    parts.onEvent({ kind: 'step-finished', table, step: label, seconds });
    reachFailPoint('after-step');
  }
  const runAll = async (group: readonly PostLoadStep[]): Promise<void> => {
    await Promise.all(group.map((step) => limit(run, step)));
  };
  /** Duplicates of one table are settled one key after the other: each changes the rows that the next one sees. */
  const runUnique = async (kinds: readonly PostLoadStep['kind'][]): Promise<void> => {
    const unique = open.filter((step) => kinds.includes(step.kind));
    const tables = new Set(unique.map((step) => step.table.name));
    await Promise.all(
      [...tables].map((table) =>
        limit(async () => {
          for (const step of unique) if (step.table.name === table) await run(step);
        }),
      ),
    );
  };

  // One after the other: they share one index, which the first of them builds.
  for (const step of open) if (step.kind === 'document-key') await run(step);
  await runUnique(['primary-key']);
  await runUnique(['unique']);
  const finished = records.filter(({ status }) => status === 'done').flatMap(({ tables }) => tables);
  const { ready, waiting } = sortForeignKeys(open, loaded, finished);
  const hasRowsBefore = new Set(
    records.filter(({ rowsBefore }) => rowsBefore > 0).map(({ collection }) => collection),
  );
  if (!parts.soft.aborted) {
    await settleOrphans(
      parts,
      // A row that was there before cannot be told from one of a document by its `_id` column: it is left alone.
      ready.filter(
        ({ collection }) => !hasRowsBefore.has(collection) || !collectionHasIdColumn(loaded, collection),
      ),
    );
  }
  await runAll(open.filter((step) => step.kind === 'index' || step.kind === 'check'));
  await runAll(ready);
  await runAll(open.filter((step) => step.kind === 'analyze'));
  return new Set(waiting.map((step) => step.collection));
}

type ForeignKeyStep = PostLoadStep & { kind: 'foreign-key' };

const collectionHasIdColumn = (loaded: readonly CollectionMapping[], name: string): boolean =>
  loaded.find(({ collection }) => collection === name)?.idColumn !== undefined;

/**
 * Nothing is judged an orphan until the collection that it refers to is loaded, and will lose no more documents
 * itself: a foreign key that waits keeps those waiting that lead to its table.
 * @param finished tables of collections that earlier calls completed
 */
function sortForeignKeys(
  steps: readonly PostLoadStep[],
  loaded: readonly CollectionMapping[],
  finished: readonly string[],
): { ready: readonly ForeignKeyStep[]; waiting: readonly ForeignKeyStep[] } {
  const all = steps.filter((step): step is ForeignKeyStep => step.kind === 'foreign-key');
  const settled = new Set([
    ...finished,
    ...loaded.flatMap(({ tables }) => tables.map((table) => table.name)),
  ]);
  const isReady = (step: ForeignKeyStep): boolean => settled.has(step.column.references!.table);
  for (let size = -1; size !== settled.size; ) {
    size = settled.size;
    for (const step of all) if (!isReady(step)) settled.delete(step.table.name);
  }
  return { ready: all.filter(isReady), waiting: all.filter((step) => !isReady(step)) };
}
