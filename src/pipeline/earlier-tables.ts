import type { CheckpointStore, CollectionRecord } from '../checkpoint/checkpoint-store.ts';

/**
 * Tables that earlier runs loaded to the end, and to which this run adds nothing: what leads to them can be judged.
 * @param records the collections of this run
 */
export async function earlierTables(
  store: CheckpointStore,
  runId: string,
  records: readonly CollectionRecord[],
): Promise<readonly string[]> {
  const runs = await store.runs();
  const schema = runs.find((run) => run.runId === runId)?.schema;
  const own = new Set(records.map(({ collection }) => collection));
  const tables = new Set<string>();
  for (const run of runs) {
    if (run.runId === runId || run.schema !== schema) continue;
    for (const { collection, status, tables: names } of await store.collections(run.runId)) {
      if (status !== 'done' || own.has(collection)) continue;
      for (const name of names) tables.add(name);
    }
  }
  return [...tables];
}
