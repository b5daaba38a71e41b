import type { CheckpointStore, RunRecord } from '../checkpoint/checkpoint-store.ts';
import type { SyncStore } from '../checkpoint/sync-store.ts';
import type { FeedPosition } from '../source/change-feed.ts';

/**
 * Where the tables of a run stand in its source's history: after the last batch, or, where changes were never followed,
 * before the load. Undefined where that is not known; a run that was brought in step without events has no place.
 */
export async function storedPosition(
  store: Pick<CheckpointStore, 'changePosition'>,
  syncStore: Pick<SyncStore, 'find'>,
  { runId }: Pick<RunRecord, 'runId'>,
): Promise<FeedPosition | undefined> {
  const record = await syncStore.find(runId);
  if (record !== undefined) return record.position;
  const begin = await store.changePosition(runId);
  return begin?.kind === 'position' ? begin : undefined;
}
