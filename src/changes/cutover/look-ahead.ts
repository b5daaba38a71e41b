import { compareClusterTimes, dateOfClusterTime, type FeedPosition } from '../../source/change-feed.ts';
import type { CutoverParts } from './cutover-parts.ts';

/** What has happened in the source that is not in the tables yet. */
export interface Outstanding {
  /** Everything up to this cluster time was looked at. */
  readonly upTo: string;
  /** Events of documents of mapped collections. */
  readonly events: number;
  /** When the first of them happened. */
  readonly since: Date | undefined;
}

const eventsPerReply = 1_000;
/** It is enough to know that there are many. */
const mostEvents = 10_000;
const waitMs = 500;

/**
 * Reads the changes from a position up to the source's time, and applies none.
 * @throws DocrowError those of `ChangeFeed.next`
 */
export async function lookAhead(
  { source, collections, signal }: Pick<CutoverParts, 'source' | 'collections' | 'signal'>,
  from: FeedPosition,
): Promise<Outstanding> {
  const until = await source.currentTime!();
  if (compareClusterTimes(from.clusterTime, until) >= 0) {
    return { upTo: from.clusterTime, events: 0, since: undefined };
  }
  const names = collections.map(({ collection }) => collection);
  const feed = await source.openChanges!(from, { collections: names, batchEvents: eventsPerReply, waitMs });
  let events = 0;
  let since: Date | undefined;
  try {
    for (;;) {
      const batch = await feed.next(signal);
      for (const event of batch.events) {
        if (event.kind !== 'document' || compareClusterTimes(event.clusterTime, until) > 0) continue;
        since ??= dateOfClusterTime(event.clusterTime);
        events++;
      }
      const upTo = batch.position.clusterTime;
      if (compareClusterTimes(upTo, until) >= 0 || events >= mostEvents) return { upTo, events, since };
    }
  } finally {
    await feed.close();
  }
}
