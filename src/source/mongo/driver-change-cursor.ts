import { BSON, type ChangeStream, type Document } from 'mongodb';
import { type ChangeCursor, type ChangeQuery, type ChangeReply, hasExpandedEvents } from './change-cursor.ts';
import type { DocumentPage } from './document-page.ts';
import { type MongoConnection, readConcern } from './mongo-connection.ts';

/**
 * As for `CommandChangeCursor`, but what is kept stands in an array: the driver hands out the documents in an array
 * as bytes, and none elsewhere, without which an `_id` would not keep its type and the order of its keys.
 */
const smallEvents = {
  $project: {
    _id: 1,
    event: [
      {
        _id: '$_id',
        operationType: '$operationType',
        clusterTime: '$clusterTime',
        ns: '$ns',
        to: '$to',
        documentKey: { _id: '$documentKey._id' },
      },
    ],
  },
};

interface WrappedEvent extends Document {
  readonly event: readonly [Uint8Array];
}

/**
 * Reads a change stream with the driver's own cursor, which sends each `getMore` to the server that has the cursor:
 * needed with several routers of a sharded cluster, behind a load balancer, and for reads from secondaries.
 */
export class DriverChangeCursor implements ChangeCursor {
  readonly #stream: ChangeStream<Document, WrappedEvent & never>;
  readonly #batchSize: number;

  constructor(connection: MongoConnection, query: ChangeQuery) {
    const { client, database } = connection;
    const expanded = hasExpandedEvents(connection) ? { showExpandedEvents: true } : {};
    this.#batchSize = query.batchSize;
    this.#stream = client.db(database).watch([query.match, smallEvents], {
      ...query.start,
      ...expanded,
      batchSize: query.batchSize,
      maxAwaitTimeMS: Math.max(1, Math.round(query.waitMs)),
      readConcern,
      readPreference: client.readPreference,
      fieldsAsRaw: { event: true },
    });
  }

  async next(): Promise<ChangeReply> {
    const events: Uint8Array[] = [];
    let change = await this.#stream.tryNext();
    while (change !== null) {
      const wrapped = change as WrappedEvent;
      events.push(wrapped.event[0]);
      // The token after an event is its own as long as more of its answer is there; another one comes with the last.
      const isLast = this.#stream.resumeToken !== wrapped['_id'];
      if (isLast || events.length === this.#batchSize) break;
      change = await this.#stream.tryNext();
    }
    const token = this.#stream.resumeToken as Document | null | undefined;
    return {
      page: pageOf(events),
      token: token == null ? undefined : BSON.serialize(token),
      isEnd: this.#stream.closed,
    };
  }

  async close(): Promise<void> {
    await this.#stream.close().catch(() => {});
  }
}

/** A copy of the documents, one after the other. */
function pageOf(documents: readonly Uint8Array[]): DocumentPage {
  const bytes = Buffer.concat(documents);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const starts = new Int32Array(documents.length);
  let at = 0;
  for (const [index, document] of documents.entries()) {
    starts[index] = at;
    at += document.length;
  }
  return { bytes, view, starts, count: documents.length };
}
