import pLimit from 'p-limit';
import type { RowCounts } from '../checkpoint/checkpoint-store.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import { type PostLoadStep, stepLabel } from '../target/target-schema.ts';
import { earlierTables } from './earlier-tables.ts';
import { reachFailPoint } from './fail-point.ts';
import { settleUnique, tryUnique, type UniqueStep } from './settle-duplicates.ts';
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
 * @returns the collections whose foreign keys wait, each with the collections that are not loaded yet and keep it waiting
 */
export async function finishCollections(
  parts: FinishParts,
  loaded: readonly CollectionMapping[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { schema, store, runId } = parts;
  const steps = loaded.flatMap((collection) => schema.steps(collection));
  await store.addSteps(
    runId,
    steps.map(({ collection, table, name }) => ({ collection, table: table.name, name })),
  );
  const records = await store.collections(runId);
  const done = new Set((await store.steps(runId)).filter((step) => step.isDone).map((step) => step.name));
  const open = steps.filter((step) => !done.has(step.name));
  const limit = pLimit(parts.concurrency);

  async function run(step: PostLoadStep, build = () => schema.build(runId, step)): Promise<void> {
    if (parts.soft.aborted) return;
    reachFailPoint('before-step');
    const startedAt = performance.now();
    const table = step.table.name;
    const label = stepLabel(table, step.name);
    parts.onEvent({ kind: 'step-started', table, step: label });
    await build();
    const seconds = (performance.now() - startedAt) / 1000;
    parts.onEvent({ kind: 'step-finished', table, step: label, seconds });
    reachFailPoint('after-step');
  }
  const runAll = async (group: readonly PostLoadStep[]): Promise<void> => {
    await Promise.all(group.map((step) => limit(run, step)));
  };
  /**
   * Builds keys or unique indexes. Duplicates in the tables of one collection are settled one index after the other, in
   * their order: each takes away documents that the next one sees, and the end must not depend on who was faster.
   */
  const runUnique = async (kind: UniqueStep['kind']): Promise<void> => {
    const unique = open.filter((step): step is UniqueStep => step.kind === kind);
    const standing = new Set<UniqueStep>();
    const tryOnly = async (step: UniqueStep): Promise<void> => {
      if (!(await tryUnique(parts, step))) standing.add(step);
    };
    await Promise.all(unique.map((step) => limit(run, step, () => tryOnly(step))));
    const settleAll = async (mapping: CollectionMapping): Promise<void> => {
      const record = records.find(({ collection }) => collection === mapping.collection);
      const rowsBefore = sumRows(record?.rowsBefore ?? {});
      const own = unique.filter((step) => standing.has(step) && step.collection === mapping.collection);
      for (const [index, step] of own.entries()) {
        // The first to be settled may have taken away what stands against the others.
        await run(step, () => settleUnique(parts, mapping, step, rowsBefore, index > 0));
      }
    };
    await Promise.all(loaded.map((mapping) => limit(settleAll, mapping)));
  };

  // One after the other: they share one index, which the first of them builds.
  for (const step of open) if (step.kind === 'document-key') await run(step);
  await runUnique('primary-key');
  await runUnique('unique');
  const finished = [
    ...records.filter(({ status }) => status === 'done').flatMap(({ tables }) => tables),
    ...(await earlierTables(store, runId, records)),
  ];
  const { ready, waiting } = sortForeignKeys(open, loaded, finished);
  const hasRowsBefore = new Set(
    records.filter(({ rowsBefore }) => sumRows(rowsBefore) > 0).map(({ collection }) => collection),
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
  await runAll(open.filter((step) => step.kind === 'parent-key'));
  await runAll(ready);
  await runAll(open.filter((step) => step.kind === 'analyze'));
  return waitedFor(waiting, parts.collections);
}

const sumRows = (rows: RowCounts): number => Object.values(rows).reduce((sum, count) => sum + count, 0);

type ForeignKeyStep = PostLoadStep & { kind: 'foreign-key' };

function waitedFor(
  waiting: readonly ForeignKeyStep[],
  collections: readonly CollectionMapping[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const { collection, column } of waiting) {
    const { table } = column.references!;
    const other = collections.find(({ tables }) => tables.some(({ name }) => name === table));
    found.set(collection, (found.get(collection) ?? new Set()).add(other?.collection ?? table));
  }
  return new Map([...found].map(([collection, others]) => [collection, [...others]]));
}

const collectionHasIdColumn = (loaded: readonly CollectionMapping[], name: string): boolean =>
  loaded.find(({ collection }) => collection === name)?.idColumn !== undefined;

/**
 * Nothing is judged an orphan until the collection that it refers to is loaded, and will lose no more documents
 * itself: a foreign key that waits keeps those waiting that lead to its table.
 * All tables of a collection are settled together, since a document's rows go from all of them.
 * @param finished tables of collections that earlier calls or earlier runs completed
 */
function sortForeignKeys(
  steps: readonly PostLoadStep[],
  loaded: readonly CollectionMapping[],
  finished: readonly string[],
): { ready: readonly ForeignKeyStep[]; waiting: readonly ForeignKeyStep[] } {
  const all = steps.filter((step): step is ForeignKeyStep => step.kind === 'foreign-key');
  const tablesOf = new Map(loaded.map(({ collection, tables }) => [collection, tables]));
  const settled = new Set([
    ...finished,
    ...loaded.flatMap(({ tables }) => tables.map((table) => table.name)),
  ]);
  const isReady = (step: ForeignKeyStep): boolean => settled.has(step.column.references!.table);
  for (let size = -1; size !== settled.size; ) {
    size = settled.size;
    for (const step of all) {
      if (isReady(step)) continue;
      for (const { name } of tablesOf.get(step.collection)!) settled.delete(name);
    }
  }
  return { ready: all.filter(isReady), waiting: all.filter((step) => !isReady(step)) };
}
