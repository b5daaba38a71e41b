import type { CollectionInfo } from './collection-info.ts';
import { mongoErrorKind } from './error-kind.ts';
import type { MongoConnection } from './mongo-connection.ts';

/** Estimates by the server's statistics; undefined where it has none or refuses. */
export interface CollectionSizes {
  readonly documents: number | undefined;
  readonly bytes: number | undefined;
}

const unknown: CollectionSizes = { documents: undefined, bytes: undefined };

/** By `collStats`, which is marked as old but is there in all versions and needs no more than the role `read`. */
export async function readSizes(
  { client, database }: MongoConnection,
  { name, kind }: CollectionInfo,
): Promise<CollectionSizes> {
  if (kind === 'view' || kind === 'system') return unknown;
  try {
    const { readPreference } = client;
    const stats = await client.db(database).command({ collStats: name }, { readPreference });
    // A time-series collection counts its buckets.
    const documents = kind === 'timeseries' ? undefined : Number(stats['count']);
    return { documents, bytes: Number(stats['size']) };
  } catch (error) {
    const reason = mongoErrorKind(error);
    if (reason === 'denied' || reason === 'other') return unknown;
    throw error;
  }
}
