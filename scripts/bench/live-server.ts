import { MongoClient } from 'mongodb';
import { type MongoServer, startMongoServer } from '../../test/support/mongo-server.ts';
import type { Shape } from './shapes.ts';

const batchDocuments = 1000;

interface FilledShape {
  readonly name: string;
  readonly document: Shape['document'];
}

export interface LiveServer {
  readonly uri: string;
  /** For example `secantusdb`, with the version of MongoDB that it says it is. */
  readonly description: string;
  /** Puts the first so many documents of a shape into a new collection of its name. */
  fill(shape: FilledShape, documents: number, seed: number, signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the MongoDB server that the tests use; see CONTRIBUTING.md for how it is found. */
export async function startLiveServer(database: string): Promise<LiveServer> {
  const server = await startMongoServer();
  try {
    return {
      uri: server.uri,
      description: await describe(server),
      fill: (shape, documents, seed, signal) => fill(server.uri, database, shape, documents, seed, signal),
      stop: server.stop,
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function describe({ uri, kind }: MongoServer): Promise<string> {
  const client = new MongoClient(uri);
  try {
    const { version } = await client.db('admin').command({ buildInfo: 1 });
    return kind === 'secantusdb' ? `SecantusDB (answers as MongoDB ${version})` : `MongoDB ${version}`;
  } finally {
    await client.close();
  }
}

async function fill(
  uri: string,
  database: string,
  shape: FilledShape,
  documents: number,
  seed: number,
  signal: AbortSignal,
): Promise<void> {
  const client = new MongoClient(uri);
  try {
    const collection = client.db(database).collection(shape.name);
    await collection.drop();
    for (let index = 0; index < documents; index += batchDocuments) {
      signal.throwIfAborted();
      const count = Math.min(batchDocuments, documents - index);
      await collection.insertMany(Array.from({ length: count }, (_, at) => shape.document(seed, index + at)));
    }
  } finally {
    await client.close();
  }
}
