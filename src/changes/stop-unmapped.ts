import type { SyncStop } from '../checkpoint/sync-store.ts';
import type { SyncParts } from './sync-parts.ts';

/**
 * Stops the collections of the run that have no mapping any more: their events pass unseen from now on, so that one whose
 * mapping comes back has to be compared as a whole. To be called before changes are followed, with all mappings.
 */
export async function stopUnmapped({
  store,
  syncStore,
  run,
  writer,
  collections,
}: Pick<SyncParts, 'store' | 'syncStore' | 'run' | 'writer' | 'collections'>): Promise<void> {
  const mapped = new Set(collections.map(({ collection }) => collection));
  const stopped = new Set(
    (await syncStore.collections(run.runId)).flatMap(({ collection, stop }) =>
      stop === undefined ? [] : [collection],
    ),
  );
  const stops = new Map<string, SyncStop>();
  for (const { collection } of await store.collections(run.runId)) {
    if (mapped.has(collection) || stopped.has(collection)) continue;
    const reason = `Collection ${collection} had no mapping while changes were followed`;
    stops.set(collection, { code: 'collection-gone', reason, clusterTime: undefined });
  }
  if (stops.size > 0) await syncStore.saveAdvance(writer, { position: undefined, counts: new Map(), stops });
}
