import type { CheckpointStore } from '../checkpoint/checkpoint-store.ts';
import type { SyncCollectionRecord, SyncStore } from '../checkpoint/sync-store.ts';
import type { SyncedCollectionState, SyncState } from '../report/sync-state.ts';
import { dateOfClusterTime } from '../source/change-feed.ts';

export interface DescribeSyncParts {
  readonly store: Pick<CheckpointStore, 'countRejections'>;
  readonly syncStore: Pick<SyncStore, 'find' | 'collections'>;
  readonly runId: string;
  /** Whether a process holds the lock of the target's run now. */
  readonly isLocked: boolean;
  /** Collections to tell about; all when left out. */
  readonly only?: readonly string[] | undefined;
}

/** A process that follows changes stores the position every few seconds; one that does something else does not. */
const followedWithinMs = 120_000;

/** How a run was kept in step with its source; undefined where it never was. */
export async function describeSync(parts: DescribeSyncParts): Promise<SyncState | undefined> {
  const { store, syncStore, runId, isLocked, only } = parts;
  const record = await syncStore.find(runId);
  if (record === undefined) return undefined;
  const now = Date.now();
  const { position, recovery, events, batches, startedAt, movedAt } = record;
  const sourceTime = position && dateOfClusterTime(position.clusterTime);
  const setAside = new Map<string, number>();
  for (const { collection, documents } of await store.countRejections(runId)) {
    setAside.set(collection, (setAside.get(collection) ?? 0) + documents);
  }
  const collections = (await syncStore.collections(runId)).filter(
    ({ collection }) => only === undefined || only.includes(collection),
  );
  return {
    startedAt: startedAt.toISOString(),
    isFollowed: isLocked && position !== undefined && now - movedAt.getTime() < followedWithinMs,
    position: position &&
      sourceTime && { sourceTime: sourceTime.toISOString(), clusterTime: position.clusterTime },
    lagSeconds: sourceTime && Math.max(0, Math.floor((now - sourceTime.getTime()) / 1000)),
    movedAt: movedAt.toISOString(),
    recoveringFrom: recovery && dateOfClusterTime(recovery.clusterTime).toISOString(),
    events,
    batches,
    collections: collections.map((collection) =>
      describeCollection(collection, setAside.get(collection.collection) ?? 0),
    ),
  };
}

const describeCollection = (
  { collection, counts, stop, mark, changedAt }: SyncCollectionRecord,
  setAsideNow: number,
): SyncedCollectionState => {
  const { inserted, updated, ...rest } = counts;
  return {
    collection,
    ...rest,
    changed: inserted + updated,
    setAsideNow,
    ...(mark === undefined ? {} : { cursorField: mark.field }),
    ...(stop === undefined
      ? {}
      : {
          stopped: {
            code: stop.code,
            reason: stop.reason,
            at:
              stop.clusterTime === undefined ? undefined : dateOfClusterTime(stop.clusterTime).toISOString(),
          },
        }),
    changedAt: changedAt?.toISOString(),
  };
};
