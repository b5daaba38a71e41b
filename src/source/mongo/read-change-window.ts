import type { Timestamp } from 'mongodb';
import type { ChangeWindow } from '../document-source.ts';
import { mongoErrorKind } from './error-kind.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { toMongoError } from './to-mongo-error.ts';

/**
 * The times of the first and the last entry of the oplog, which is what change streams are made from.
 * @throws DocrowError `source-unreachable`
 */
export async function readChangeWindow({ client, database }: MongoConnection): Promise<ChangeWindow> {
  try {
    const oplog = client.db('local').collection<{ ts: Timestamp }>('oplog.rs');
    const entry = (direction: 1 | -1) =>
      oplog.findOne({}, { sort: { $natural: direction }, projection: { ts: 1 } });
    const [oldest, newest] = [await entry(1), await entry(-1)];
    if (oldest === null || newest === null) {
      return { kind: 'none', reason: 'The server is no replica set and keeps no history', role: undefined };
    }
    return { kind: 'window', oldest: timeOf(oldest.ts), newest: timeOf(newest.ts) };
  } catch (error) {
    if (mongoErrorKind(error) === 'denied') {
      const reason = 'The user may not read local.oplog.rs';
      return { kind: 'none', reason, role: 'the role read on database local' };
    }
    if (mongoErrorKind(error) === 'other') {
      return { kind: 'none', reason: 'The server has no oplog that can be read', role: undefined };
    }
    throw toMongoError(error, { database });
  }
}

const timeOf = (timestamp: Timestamp): Date => new Date(timestamp.getHighBitsUnsigned() * 1000);
