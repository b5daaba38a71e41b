import type { Document } from 'mongodb';
import type { ErrorContext } from '../../errors/docrow-error.ts';
import type { ChangeFeed, FeedOptions, FeedPosition } from '../change-feed.ts';
import { countPositionBytes, decodeCountPosition } from '../count-position.ts';
import type {
  ChangePosition,
  ChangeWindow,
  CollectionDescription,
  DocumentBatch,
  DocumentSource,
  FieldQuery,
  ReadOptions,
  SourceCollection,
  SourceIdentity,
  SourceRange,
} from '../document-source.ts';
import { rangesBetween } from '../ranges-between.ts';
import { type CollectionInfo, findCollection, readCollectionInfos } from './collection-info.ts';
import { countInRange } from './count-in-range.ts';
import { describeId } from './describe-id.ts';
import { type MongoConnection, readAtLeast } from './mongo-connection.ts';
import { deploymentId } from './mongo-identity.ts';
import { openMongoChanges } from './open-mongo-changes.ts';
import { readByCount } from './read-by-count.ts';
import { readMongoByIds } from './read-by-ids.ts';
import { readByKey } from './read-by-key.ts';
import { readChangePosition } from './read-change-position.ts';
import { readChangeWindow } from './read-change-window.ts';
import { readCurrentTime } from './read-current-time.ts';
import { readDescription } from './read-description.ts';
import { readMongoFields } from './read-fields.ts';
import { readSizes } from './read-sizes.ts';
import { sampleBounds } from './sample-bounds.ts';
import { toMongoError } from './to-mongo-error.ts';

/** Below this a collection is read in a second, and cutting it costs more than it saves. */
const smallCollection = 10_000;

/** One database of a live MongoDB server. */
export class MongoSource implements DocumentSource {
  readonly #connection: MongoConnection;
  readonly #hello: Document;
  readonly #notices: readonly string[];
  /** Collections as they were when they were first asked for. */
  readonly #infos = new Map<string, Promise<CollectionInfo>>();

  /** @param hello the server's answer to `hello` */
  constructor(connection: MongoConnection, hello: Document, notices: readonly string[]) {
    this.#connection = connection;
    this.#hello = hello;
    this.#notices = notices;
  }

  notices(): readonly string[] {
    return this.#notices;
  }

  identity(): Promise<SourceIdentity> {
    const { client, database } = this.#connection;
    return this.#attempt({}, async () => {
      return { kind: 'mongo', database, fingerprint: await deploymentId(client, this.#hello) };
    });
  }

  listCollections(): Promise<readonly SourceCollection[]> {
    return this.#attempt({}, async () => {
      const listed: SourceCollection[] = [];
      for (const info of await readCollectionInfos(this.#connection)) {
        const { documents, bytes } = await readSizes(this.#connection, info);
        const { name, kind } = info;
        listed.push({ name, kind, estimatedDocuments: documents, estimatedBytes: bytes });
      }
      return listed;
    });
  }

  describeCollection(collection: string): Promise<CollectionDescription> {
    return this.#attempt({ collection }, async () =>
      readDescription(this.#connection, await this.#find(collection)),
    );
  }

  changePosition(): Promise<ChangePosition> {
    return readChangePosition(this.#connection);
  }

  changeWindow(): Promise<ChangeWindow> {
    return readChangeWindow(this.#connection);
  }

  openChanges(from: FeedPosition, options: FeedOptions): Promise<ChangeFeed> {
    return openMongoChanges(this.#connection, from, options);
  }

  currentTime(): Promise<string> {
    return this.#attempt({}, () => readCurrentTime(this.#connection));
  }

  readAtLeast(clusterTime: string): void {
    readAtLeast(this.#connection, clusterTime);
  }

  planRanges(collection: string, wanted: number): Promise<readonly SourceRange[]> {
    return this.#attempt({ collection }, async () => {
      const info = await this.#find(collection);
      if (wanted <= 1 || !info.simpleCollation || !hasIdOrder(info)) return rangesBetween([]);
      const { documents } = await readSizes(this.#connection, info);
      if (documents !== undefined && documents < smallCollection) return rangesBetween([]);
      return rangesBetween(await sampleBounds(this.#connection, collection, wanted));
    });
  }

  async *readRange(
    collection: string,
    range: SourceRange,
    options: ReadOptions = {},
  ): AsyncGenerator<DocumentBatch> {
    const info = await this.#attempt({ collection }, () => this.#find(collection));
    if (hasIdOrder(info)) yield* readByKey(this.#connection, info, range, options);
    else yield* readByCount(this.#connection, info, options);
  }

  readByIds(collection: string, ids: readonly Uint8Array[]): AsyncIterable<DocumentBatch> {
    return readMongoByIds(this.#connection, collection, ids);
  }

  readIds(collection: string, ids: readonly Uint8Array[]): AsyncIterable<DocumentBatch> {
    return readMongoByIds(this.#connection, collection, ids, { _id: 1 });
  }

  readFields(collection: string, query: FieldQuery): AsyncIterable<DocumentBatch> {
    return readMongoFields(this.#connection, collection, query);
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

  #find(name: string): Promise<CollectionInfo> {
    const known = this.#infos.get(name);
    if (known !== undefined) return known;
    const info = findCollection(this.#connection, name);
    this.#infos.set(name, info);
    // What failed is asked again the next time.
    info.catch(() => this.#infos.delete(name));
    return info;
  }

  /** @throws DocrowError whatever goes wrong */
  async #attempt<T>(context: ErrorContext, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      throw toMongoError(error, { database: this.#connection.database, ...context });
    }
  }
}

const hasIdOrder = ({ kind }: CollectionInfo): boolean => kind !== 'view' && kind !== 'timeseries';
