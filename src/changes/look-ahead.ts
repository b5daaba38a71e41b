import { setTimeout as pause } from 'node:timers/promises';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import { describeId } from '../pipeline/describe-rejection.ts';
import { compareClusterTimes, dateOfClusterTime, type FeedPosition } from '../source/change-feed.ts';
import type { DocumentSource } from '../source/document-source.ts';

/** What has happened in the source that is not in the tables yet. */
export interface Outstanding {
  /** Everything up to this cluster time was looked at. */
  readonly upTo: string;
  /** Events of documents of mapped collections. */
  readonly events: number;
  /** When the first of them happened. */
  readonly since: Date | undefined;
  /** `_id`s of the documents as canonical Extended JSON, by collection. */
  readonly documents: ReadonlyMap<string, ReadonlySet<string>>;
  /** False when there are more than were looked at. */
  readonly isWhole: boolean;
}

export interface LookAheadParts {
  readonly source: DocumentSource;
  readonly collections: readonly CollectionMapping[];
  readonly signal: AbortSignal;
}

const eventsPerReply = 1_000;
/** A connection that is lost is no reason to know nothing. */
const maxAttempts = 6;
const firstDelayMs = 100;
/** What happened is there already; nobody waits for more. */
const waitMs = 50;

/**
 * Reads the changes from a position up to the source's time, and applies none.
 * @param limit events, about: it is enough to know that there are many
 * @throws DocrowError those of `ChangeFeed.next`
 */
export async function lookAhead(
  parts: LookAheadParts,
  from: FeedPosition,
  limit: number,
): Promise<Outstanding> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await lookOnce(parts, from, limit);
    } catch (thrown) {
      const { policy } = toDocrowError(thrown);
      if (policy.reaction !== 'retry' || attempt === maxAttempts || parts.signal.aborted) throw thrown;
      await pause(firstDelayMs * 2 ** attempt, undefined, { signal: parts.signal }).catch(() => undefined);
    }
  }
}

async function lookOnce(
  { source, collections, signal }: LookAheadParts,
  from: FeedPosition,
  limit: number,
): Promise<Outstanding> {
  const until = await source.currentTime!();
  if (compareClusterTimes(from.clusterTime, until) >= 0) {
    return { upTo: from.clusterTime, events: 0, since: undefined, documents: new Map(), isWhole: true };
  }
  const names = collections.map(({ collection }) => collection);
  const feed = await source.openChanges!(from, { collections: names, batchEvents: eventsPerReply, waitMs });
  let events = 0;
  let since: Date | undefined;
  const documents = new Map<string, Set<string>>();
  try {
    for (;;) {
      const batch = await feed.next(signal);
      for (const event of batch.events) {
        if (event.kind !== 'document' || compareClusterTimes(event.clusterTime, until) > 0) continue;
        since ??= dateOfClusterTime(event.clusterTime);
        events++;
        const ids = documents.get(event.collection) ?? new Set<string>();
        documents.set(event.collection, ids.add(describeId(event.id)));
      }
      const upTo = batch.position.clusterTime;
      const isWhole = compareClusterTimes(upTo, until) >= 0;
      if (isWhole || events >= limit) return { upTo, events, since, documents, isWhole };
    }
  } finally {
    await feed.close();
  }
}
