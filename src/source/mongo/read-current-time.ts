import { DocrowError } from '../../errors/docrow-error.ts';
import { clusterTimeText } from './cluster-time.ts';
import { type MongoConnection, readConcern } from './mongo-connection.ts';

/** A collection that need not be there. */
const anyCollection = 'docrow';

/**
 * The cluster time now: not before anything that was acknowledged before the call, and nothing up to it can be rolled
 * back any more.
 *
 * The primary's answer to a command has the time of the last write that it did (`operationTime`), which is not before
 * what any member has. A router's answer would have the time that this router heard of last; so it gets a command
 * that it has to ask all shards, and gives the latest of their times. The majority has all of that as soon as a
 * majority read at or after this time is answered, which waits for it. (On a sharded cluster that is known of one
 * shard only; reads at or after the time wait for the others.)
 * @throws DocrowError `source-no-changes`, and what the driver throws
 */
export async function readCurrentTime(connection: MongoConnection, signal?: AbortSignal): Promise<string> {
  const { client, deployment } = connection;
  if (deployment === 'standalone') throw noChangesError(connection);
  const database = client.db(connection.database);
  const session = client.startSession({ causalConsistency: true });
  try {
    const command = deployment === 'sharded' ? { dbStats: 1 } : { ping: 1 };
    await database.command(command, { session, readPreference: 'primary', signal });
    const time = session.operationTime;
    if (time === undefined) throw noChangesError(connection);
    await database
      .collection(anyCollection)
      .findOne({}, { projection: { _id: 1 }, session, readConcern, readPreference: 'primary', signal });
    return clusterTimeText(time);
  } finally {
    await session.endSession().catch(() => {});
  }
}

export const noChangesError = ({ database }: MongoConnection): DocrowError =>
  new DocrowError(
    'source-no-changes',
    'The MongoDB server is no replica set and keeps no history of changes',
    { database },
  );
