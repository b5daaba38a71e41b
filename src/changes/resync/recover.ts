import type { SyncStop } from '../../checkpoint/sync-store.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { HistoryGap } from '../../report/sync-report.ts';
import { dateOfClusterTime, type FeedPosition } from '../../source/change-feed.ts';
import type { DocumentSource } from '../../source/document-source.ts';
import { compareAndRefresh } from './compare-and-refresh.ts';
import { goneError, missingCollections, resyncCollections } from './resync.ts';
import type { ResyncParts } from './resync-parts.ts';

/** From where changes are followed afterwards. */
export interface Recovery {
  readonly position: FeedPosition;
  /** The collections that are compared. */
  readonly collections: readonly CollectionMapping[];
  /** The history up to the position is not needed any more: all collections are compared. */
  readonly moves: boolean;
  /** What nobody could tell any more; undefined when the history is whole. */
  readonly gap: HistoryGap | undefined;
}

export interface RecoveryInput {
  /** Up to where changes are in the tables; undefined when they never were followed. */
  readonly from: FeedPosition | undefined;
  /** When the run was begun. */
  readonly startedAt: Date;
  readonly stops: ReadonlyMap<string, SyncStop>;
  /** All collections that were loaded, when `collections` of the parts are only some of them. */
  readonly isPart: boolean;
}

/**
 * Says what has to be compared, and takes the position before anything is read: whatever changes from then on comes as an
 * event. Where the history is whole and only some collections were left by the stream, these alone are compared.
 * @throws DocrowError `changes-not-begun` where the source has no history, `settings-invalid` when all collections are
 * needed and some were asked for
 */
export async function planRecovery(
  { source, collections }: Pick<ResyncParts, 'source' | 'collections'>,
  { from, startedAt, stops, isPart }: RecoveryInput,
): Promise<Recovery> {
  const position = await requirePosition(source);
  const isWhole = from !== undefined && (await hasHistory(source, from, collections));
  const isSome = isPart || (stops.size > 0 && stops.size < collections.length);
  if (from !== undefined && isWhole && isSome) {
    const stopped = collections.filter(({ collection }) => isPart || stops.has(collection));
    return { position: from, collections: stopped, moves: false, gap: undefined };
  }
  if (isPart) {
    throw new DocrowError(
      'settings-invalid',
      'The history of changes is lost for all collections, and --only names some of them',
    ).advising('Run docrow sync --recover without --only');
  }
  const gap = {
    from: (from === undefined ? startedAt : dateOfClusterTime(from.clusterTime)).toISOString(),
    to: dateOfClusterTime(position.clusterTime).toISOString(),
  };
  return { position, collections, moves: true, gap: isWhole ? undefined : gap };
}

async function requirePosition(source: DocumentSource): Promise<FeedPosition> {
  const found = await source.changePosition();
  if (found.kind === 'position' && source.openChanges !== undefined) {
    return { clusterTime: found.clusterTime, resumeToken: found.resumeToken };
  }
  const reason = found.kind === 'none' ? found.reason : 'The source has no history of changes';
  throw new DocrowError('source-no-changes', `Changes of this source cannot be followed: ${reason}`);
}

/** Whether the source still has all that happened since. */
async function hasHistory(
  source: DocumentSource,
  from: FeedPosition,
  collections: readonly CollectionMapping[],
): Promise<boolean> {
  const names = collections.map(({ collection }) => collection);
  try {
    const feed = await source.openChanges!(from, { collections: names, batchEvents: 1, waitMs: 10 });
    try {
      await feed.next();
      return true;
    } finally {
      await feed.close();
    }
  } catch (error) {
    if (error instanceof DocrowError && error.code === 'source-history-lost') return false;
    throw error;
  }
}

/**
 * Compares what the plan says, and takes the changes up from its position. Killed on the way, it is begun again with a
 * later position.
 * @returns false when it was stopped before the end
 * @throws DocrowError `source-not-found` when none of all collections is there, and those of source and target
 */
export async function recover(
  parts: ResyncParts,
  { position, collections, moves }: Recovery,
  stops: Map<string, SyncStop>,
): Promise<boolean> {
  const { source, syncStore, writer, onEvent } = parts;
  const missing = new Set(await missingCollections(source, collections));
  if (moves && missing.size === collections.length && missing.size > 0) throw goneError([...missing]);
  if (moves) await syncStore.beginRecovery(writer, position);
  const present = collections.filter(({ collection }) => !missing.has(collection));
  const isDone = await resyncCollections(parts, present, (mapping) => compareAndRefresh(parts, mapping));
  if (!isDone) return false;
  const found = new Map<string, SyncStop>();
  for (const collection of missing) {
    const advice =
      'If it is gone for good, take its mapping away; if it is to be without documents, create it';
    const reason = `${goneError([collection]).message}. ${advice}`;
    found.set(collection, { code: 'collection-gone', reason, clusterTime: position.clusterTime });
  }
  await syncStore.saveAdvance(writer, { position: undefined, counts: new Map(), stops: found });
  await syncStore.finishRecovery(
    writer,
    present.map(({ collection }) => collection),
    moves,
  );
  for (const { collection } of present) stops.delete(collection);
  for (const [collection, stop] of found) {
    stops.set(collection, stop);
    onEvent({ kind: 'collection-stopped', collection, code: stop.code, message: stop.reason });
  }
  return true;
}
