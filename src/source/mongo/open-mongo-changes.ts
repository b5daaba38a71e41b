import type { ChangeFeed, FeedOptions, FeedPosition } from '../change-feed.ts';
import { hasExpandedEvents } from './change-cursor.ts';
import { readCollectionInfos } from './collection-info.ts';
import { mongoErrorKind } from './error-kind.ts';
import { MongoChangeFeed } from './mongo-change-feed.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { noChangesError } from './read-current-time.ts';
import { toChangeError } from './to-change-error.ts';

/**
 * Begins to follow a database. The server is asked for changes by the first `next`.
 * @throws DocrowError `source-no-changes`, `source-unreachable`, `source-denied`
 */
export async function openMongoChanges(
  connection: MongoConnection,
  from: FeedPosition,
  options: FeedOptions,
): Promise<ChangeFeed> {
  if (connection.deployment === 'standalone') throw noChangesError(connection);
  try {
    return new MongoChangeFeed(connection, from, options, await noticesOf(connection, options.collections));
  } catch (error) {
    throw await toChangeError(error, connection, from.clusterTime);
  }
}

/** What a change stream does not tell. */
async function noticesOf(
  connection: MongoConnection,
  collections: readonly string[],
): Promise<readonly string[]> {
  const infos = await readCollectionInfos(connection).catch((error: unknown) => {
    // Following changes does not need the right to list collections.
    if (mongoErrorKind(error) === 'denied') return [];
    throw error;
  });
  const unseen = infos.filter(
    ({ name, kind }) => collections.includes(name) && (kind === 'view' || kind === 'timeseries'),
  );
  return [
    ...unseen.map(({ name, kind }) => {
      const what = kind === 'view' ? 'a view' : 'a time series';
      return `${JSON.stringify(name)} is ${what}, whose changes MongoDB does not tell.`;
    }),
    ...(hasExpandedEvents(connection)
      ? []
      : [
          'MongoDB before 6.0 does not tell of new collections, new and dropped indexes, changed options (collMod) and sharding; documents, drops and renames are followed.',
        ]),
  ];
}
