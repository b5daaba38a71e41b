import { randomBytes } from 'node:crypto';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';
import type { ChangeFeed, FeedOptions, FeedPosition } from '../../src/source/change-feed.ts';
import type { DocumentSource } from '../../src/source/document-source.ts';
import type { MongoConnection } from '../../src/source/mongo/mongo-connection.ts';
import { MongoSource } from '../../src/source/mongo/mongo-source.ts';
import type { MongoServer } from './mongo-server.ts';

export interface Feeds {
  readonly client: MongoClient;
  /** A new database for each test. */
  readonly db: Db;
  /** @param how whether all commands go to one server, or the driver chooses */
  openSource(how: 'one server' | 'driver'): Promise<DocumentSource>;
  openFeed(
    source: DocumentSource,
    from: FeedPosition,
    collections: readonly string[],
    more?: Partial<FeedOptions>,
  ): Promise<ChangeFeed>;
}

/** For a test file: follows databases of a server, and closes everything after each test. */
export function useFeeds(server: MongoServer | undefined): Feeds {
  const uri = server?.uri ?? '';
  let client: MongoClient;
  let db: Db;
  beforeAll(() => {
    client = new MongoClient(uri);
  });
  afterAll(async () => {
    await client?.close();
    await server?.stop();
  });
  beforeEach(() => {
    const created = client.db(`docrow_${randomBytes(6).toString('hex')}`);
    db = created;
    onTestFinished(async () => {
      await created.dropDatabase();
    });
  });
  return {
    get client() {
      return client;
    },
    get db() {
      return db;
    },
    openSource: async (how) => {
      const own = new MongoClient(uri);
      const hello = await own.db('admin').command({ hello: 1 });
      const connection: MongoConnection = {
        client: own,
        database: db.databaseName,
        wireVersion: Number(hello['maxWireVersion']),
        deployment: 'replica-set',
        oneServer: how === 'one server',
        afterClusterTime: undefined,
      };
      const source = new MongoSource(connection, hello, []);
      onTestFinished(() => source.close());
      return source;
    },
    openFeed: async (source, from, collections, more = {}) => {
      const feed = await source.openChanges!(from, { collections, batchEvents: 1000, waitMs: 100, ...more });
      onTestFinished(() => feed.close());
      return feed;
    },
  };
}
