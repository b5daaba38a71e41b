import { DocrowError } from '../errors/docrow-error.ts';
import { dateOfClusterTime, type FeedPosition } from '../source/change-feed.ts';

/** Members of a replica set agree to the second or so; a source that is further back is not the one that it was. */
const toleratedMs = 60_000;

/**
 * A source that was restored from a backup has forgotten changes that are in the tables.
 * @param now the source's time
 * @throws DocrowError `history-regressed`
 */
export function requireNotEarlier(now: string, { clusterTime }: FeedPosition): void {
  const [source, tables] = [dateOfClusterTime(now), dateOfClusterTime(clusterTime)];
  if (tables.getTime() - source.getTime() <= toleratedMs) return;
  throw new DocrowError(
    'history-regressed',
    `The source is at ${source.toISOString()}, and changes up to ${tables.toISOString()} are in the tables`,
  );
}
