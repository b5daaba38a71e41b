import type { SourceRange } from '../document-source.ts';
import { idFilter } from './id-filter.ts';
import { type MongoConnection, readConcern, startReadSession } from './mongo-connection.ts';
import { toMongoError } from './to-mongo-error.ts';

/**
 * Counts exactly, by going through the `_id` index and not by the server's statistics, which are wrong after a
 * crash and on sharded clusters.
 * @throws DocrowError `source-unreachable`, `source-denied`, `source-refused`
 */
export async function countInRange(
  connection: MongoConnection,
  collection: string,
  range: SourceRange,
): Promise<number> {
  const session = startReadSession(connection);
  const { client, database } = connection;
  try {
    const filter = idFilter({ ...range, after: undefined });
    const pipeline = [...(filter === undefined ? [] : [{ $match: filter }]), { $count: 'documents' }];
    const options = { readConcern, readPreference: client.readPreference, session };
    const [answer] = await client.db(database).collection(collection).aggregate(pipeline, options).toArray();
    return Number(answer?.['documents'] ?? 0);
  } catch (error) {
    throw toMongoError(error, { collection });
  } finally {
    await session.endSession();
  }
}
