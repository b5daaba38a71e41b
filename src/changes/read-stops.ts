import type { SyncStop } from '../checkpoint/sync-store.ts';
import type { SyncParts } from './sync-parts.ts';

/** Collections that are followed no more, of those that have a mapping: one whose mapping was taken away is nobody's. */
export async function readStops({
  syncStore,
  run,
  collections,
}: Pick<SyncParts, 'syncStore' | 'run' | 'collections'>): Promise<Map<string, SyncStop>> {
  const mapped = new Set(collections.map(({ collection }) => collection));
  const stops = new Map<string, SyncStop>();
  for (const { collection, stop } of await syncStore.collections(run.runId)) {
    if (stop !== undefined && mapped.has(collection)) stops.set(collection, stop);
  }
  return stops;
}
