import { BSON } from 'mongodb';
import type { ChangePosition } from '../document-source.ts';
import { clusterTimeText } from './cluster-time.ts';
import { mongoErrorKind } from './error-kind.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { toMongoError } from './to-mongo-error.ts';

/**
 * The place in the server's history from which changes have to be followed when reading begins now.
 *
 * The token is taken first and the time after it, so that reads at or after the time see at least everything that
 * happened before the token: whatever a read misses comes as a change.
 * @throws DocrowError `source-unreachable`
 */
export async function readChangePosition({ client, database }: MongoConnection): Promise<ChangePosition> {
  const session = client.startSession({ causalConsistency: true });
  // Only the tokens: an event with its document may be too large for an answer.
  const stream = client.db(database).watch([{ $project: { _id: 1 } }], { maxAwaitTimeMS: 10 });
  try {
    await stream.tryNext();
    const token = stream.resumeToken;
    await client.db(database).command({ ping: 1 }, { session });
    const time = session.operationTime;
    if (time === undefined) return { kind: 'none', reason: 'The server has no cluster time' };
    const resumeToken = token == null ? undefined : BSON.EJSON.stringify(token, { relaxed: false });
    return { kind: 'position', clusterTime: clusterTimeText(time), resumeToken };
  } catch (error) {
    const kind = mongoErrorKind(error);
    if (kind === 'denied') return { kind: 'none', reason: 'The user may not open change streams' };
    if (kind === 'other')
      return { kind: 'none', reason: 'The server has no change streams (no replica set)' };
    throw toMongoError(error, { database });
  } finally {
    await stream.close().catch(() => {});
    await session.endSession();
  }
}
