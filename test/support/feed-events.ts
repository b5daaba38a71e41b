import type { ChangeEvent, ChangeFeed, FeedBatch, FeedPosition } from '../../src/source/change-feed.ts';
import { compareClusterTimes } from '../../src/source/change-feed.ts';
import type { DocumentSource } from '../../src/source/document-source.ts';

export interface ReadFeed {
  readonly events: readonly ChangeEvent[];
  readonly batches: readonly FeedBatch[];
  readonly position: FeedPosition;
}

/**
 * Everything that a feed gives up to the time of the source at the moment of the call, or up to an `invalidate`. A
 * feed that cannot tell the time of a server whose tokens do not say it has to give nothing three times.
 */
export async function readUntilNow(source: DocumentSource, feed: ChangeFeed): Promise<ReadFeed> {
  const now = await source.currentTime!();
  const batches: FeedBatch[] = [];
  let empty = 0;
  for (;;) {
    const batch = await feed.next();
    batches.push(batch);
    const isOver = batch.events.some(
      ({ kind, operation }) => kind === 'database' && operation === 'invalidate',
    );
    empty = batch.events.length === 0 ? empty + 1 : 0;
    if (!isOver && empty < 3 && compareClusterTimes(batch.position.clusterTime, now) < 0) continue;
    return { events: batches.flatMap(({ events }) => events), batches, position: batch.position };
  }
}

/** The place in the history from which what happens after the call is seen. */
export async function positionOf(source: DocumentSource): Promise<FeedPosition> {
  const position = await source.changePosition();
  if (position.kind === 'none') throw new Error(position.reason);
  return position;
}

/** An event in a few words: `insert things`, `rename a b`, `dropDatabase`. */
export const eventText = (event: ChangeEvent): string => {
  if (event.kind === 'database') return event.operation;
  const to = event.kind === 'collection' && event.to !== undefined ? ` ${event.to}` : '';
  return `${event.operation} ${event.collection}${to}`;
};
