import type { Document } from 'mongodb';
import type { SourceCollection } from '../document-source.ts';
import { mongoErrorKind } from './error-kind.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { toMongoError } from './to-mongo-error.ts';

export interface MongoCollection extends SourceCollection {
  /** Whether the `_id` index has BSON's own order. */
  readonly simpleCollation: boolean;
}

/** @throws DocrowError `source-denied`, `source-unreachable` */
export async function listMongoCollections(connection: MongoConnection): Promise<readonly MongoCollection[]> {
  try {
    const found = await connection.client
      .db(connection.database)
      .listCollections({}, { readPreference: connection.client.readPreference })
      .toArray();
    const listed: MongoCollection[] = [];
    for (const entry of found.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      listed.push(await describeCollection(connection, entry));
    }
    return listed;
  } catch (error) {
    throw toMongoError(error, { database: connection.database });
  }
}

async function describeCollection(connection: MongoConnection, entry: Document): Promise<MongoCollection> {
  const { name, type, options = {} } = entry as { name: string; type?: string; options?: Document };
  const kind = kindOf(name, type, options);
  const locale: unknown = options['collation']?.locale;
  const sizes = kind === 'view' || kind === 'system' ? {} : await readSizes(connection, name);
  return {
    name,
    kind,
    estimatedDocuments: sizes.documents,
    estimatedBytes: sizes.bytes,
    simpleCollation: locale === undefined || locale === 'simple',
  };
}

function kindOf(name: string, type: string | undefined, options: Document): SourceCollection['kind'] {
  if (name.startsWith('system.')) return 'system';
  if (type === 'view' || type === 'timeseries') return type;
  return options['capped'] === true ? 'capped' : 'collection';
}

/** By `collStats`, which is marked as old but is there in all versions and needs no more than the role `read`. */
async function readSizes(
  { client, database }: MongoConnection,
  collection: string,
): Promise<{ readonly documents?: number; readonly bytes?: number }> {
  try {
    const { readPreference } = client;
    const stats = await client.db(database).command({ collStats: collection }, { readPreference });
    // A time-series collection counts its buckets.
    return stats['timeseries'] === undefined
      ? { documents: Number(stats['count']), bytes: Number(stats['size']) }
      : { bytes: Number(stats['size']) };
  } catch (error) {
    const kind = mongoErrorKind(error);
    if (kind === 'denied' || kind === 'other') return {};
    throw error;
  }
}
