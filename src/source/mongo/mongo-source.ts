import type { Document } from 'mongodb';
import { DocrowError } from '../../errors/docrow-error.ts';
import { countPositionBytes, decodeCountPosition } from '../count-position.ts';
import type {
  ChangePosition,
  DocumentBatch,
  DocumentSource,
  ReadOptions,
  SourceCollection,
  SourceIdentity,
  SourceRange,
} from '../document-source.ts';
import { rangesBetween } from '../ranges-between.ts';
import { countInRange } from './count-in-range.ts';
import { describeId } from './describe-id.ts';
import { listMongoCollections, type MongoCollection } from './list-mongo-collections.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { deploymentId } from './mongo-identity.ts';
import { readByCount } from './read-by-count.ts';
import { readMongoByIds } from './read-by-ids.ts';
import { readByKey } from './read-by-key.ts';
import { readChangePosition } from './read-change-position.ts';
import { sampleBounds } from './sample-bounds.ts';
import { toMongoError } from './to-mongo-error.ts';

/** Below this a collection is read in a second, and cutting it costs more than it saves. */
const smallCollection = 10_000;

/** One database of a live MongoDB server. */
export class MongoSource implements DocumentSource {
  readonly #connection: MongoConnection;
  readonly #hello: Document;
  readonly #notices: readonly string[];
  #collections: Promise<readonly MongoCollection[]> | undefined;

  /** @param hello the server's answer to `hello` */
  constructor(connection: MongoConnection, hello: Document, notices: readonly string[]) {
    this.#connection = connection;
    this.#hello = hello;
    this.#notices = notices;
  }

  notices(): readonly string[] {
    return this.#notices;
  }

  async identity(): Promise<SourceIdentity> {
    const { client, database } = this.#connection;
    try {
      return { kind: 'mongo', database, fingerprint: await deploymentId(client, this.#hello) };
    } catch (error) {
      throw toMongoError(error, { database });
    }
  }

  listCollections(): Promise<readonly SourceCollection[]> {
    this.#collections = listMongoCollections(this.#connection);
    return this.#collections;
  }

  changePosition(): Promise<ChangePosition> {
    return readChangePosition(this.#connection);
  }

  async planRanges(collection: string, wanted: number): Promise<readonly SourceRange[]> {
    const { kind, simpleCollation, estimatedDocuments } = await this.#find(collection);
    const isSmall = estimatedDocuments !== undefined && estimatedDocuments < smallCollection;
    if (wanted <= 1 || isSmall || !simpleCollation || !hasIdOrder(kind)) return rangesBetween([]);
    return rangesBetween(await sampleBounds(this.#connection, collection, wanted));
  }

  async *readRange(
    collection: string,
    range: SourceRange,
    options: ReadOptions = {},
  ): AsyncGenerator<DocumentBatch> {
    const { kind, simpleCollation } = await this.#find(collection);
    if (hasIdOrder(kind)) yield* readByKey(this.#connection, collection, simpleCollation, range, options);
    else yield* readByCount(this.#connection, collection, options);
  }

  readByIds(collection: string, ids: readonly Uint8Array[]): AsyncIterable<DocumentBatch> {
    return readMongoByIds(this.#connection, collection, ids);
  }

  countDocuments(collection: string, range: SourceRange): Promise<number> {
    return countInRange(this.#connection, collection, range);
  }

  describePosition(position: Uint8Array): string {
    return position.length === countPositionBytes
      ? `document ${decodeCountPosition(position)}`
      : describeId(position);
  }

  async close(): Promise<void> {
    await this.#connection.client.close();
  }

  /** A collection as it was listed last. */
  async #find(name: string): Promise<MongoCollection> {
    if (this.#collections === undefined) await this.listCollections();
    const found = (await this.#collections)?.find((collection) => collection.name === name);
    if (found !== undefined) return found;
    const message = `The database has no collection ${JSON.stringify(name)}`;
    throw new DocrowError('source-not-found', message, { collection: name });
  }
}

const hasIdOrder = (kind: SourceCollection['kind']): boolean => kind !== 'view' && kind !== 'timeseries';
