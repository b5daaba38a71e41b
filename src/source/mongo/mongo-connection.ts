import type { ClientSession, MongoClient, Timestamp } from 'mongodb';
import { parseClusterTime } from './cluster-time.ts';

/** An open connection with what the readers have to know about it. */
export interface MongoConnection {
  readonly client: MongoClient;
  readonly database: string;
  /** The newest wire version that the server speaks; 13 is MongoDB 5.0, 17 is 6.0. */
  readonly wireVersion: number;
  /** A lone server keeps no history of changes. */
  readonly deployment: 'replica-set' | 'sharded' | 'standalone';
  /**
   * Whether every command goes to the same server, so that a cursor can be read with plain commands. It does not
   * where several routers, or secondaries, are there to choose from: then the driver has to keep them together.
   */
  readonly oneServer: boolean;
  /** Reads see at least what was there at this time. It only rises, by `readAtLeast`. */
  afterClusterTime: Timestamp | undefined;
}

/** What could be rolled back after an election is not to be copied. */
export const readConcern = { level: 'majority' } as const;

/** A session whose reads carry `afterClusterTime`, which the driver adds to each by causal consistency. */
export function startReadSession(connection: MongoConnection): ClientSession {
  const session = connection.client.startSession({ causalConsistency: true });
  if (connection.afterClusterTime !== undefined) session.advanceOperationTime(connection.afterClusterTime);
  return session;
}

/**
 * Makes reads that begin from now on see at least what was there at this time; an earlier one changes nothing.
 * @param clusterTime `seconds:increment`
 */
export function readAtLeast(connection: MongoConnection, clusterTime: string): void {
  const time = parseClusterTime(clusterTime);
  const { afterClusterTime } = connection;
  if (afterClusterTime === undefined || time.greaterThan(afterClusterTime))
    connection.afterClusterTime = time;
}
