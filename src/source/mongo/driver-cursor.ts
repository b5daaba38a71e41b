import type { ClientSession, Document, FindCursor } from 'mongodb';
import type { DocumentPage, PageCursor } from './document-page.ts';
import { type MongoConnection, readConcern, startReadSession } from './mongo-connection.ts';

/** The driver's cursor cannot change it once it has begun; 1 MB with documents of 1 KB. */
const batchSize = 1000;

/**
 * Reads a query with the driver's own cursor, which sends each `getMore` to the server that has the cursor: needed
 * with several routers of a sharded cluster, behind a load balancer, and for reads from secondaries.
 */
export class DriverCursor implements PageCursor {
  readonly #session: ClientSession;
  readonly #cursor: FindCursor<Buffer>;

  /** @param query fields of the `find` command: filter, sort, min, max, hint, projection */
  constructor(connection: MongoConnection, collection: string, query: Document, signal: AbortSignal) {
    this.#session = startReadSession(connection);
    const { filter = {}, ...options } = query;
    this.#cursor = connection.client
      .db(connection.database)
      .collection(collection)
      .find(filter, {
        ...options,
        raw: true,
        batchSize,
        readConcern,
        readPreference: connection.client.readPreference,
        session: this.#session,
        signal,
      }) as unknown as FindCursor<Buffer>;
  }

  async next(): Promise<DocumentPage | undefined> {
    if (!(await this.#cursor.hasNext())) return undefined;
    return pageOf(this.#cursor.readBufferedDocuments());
  }

  async close(): Promise<void> {
    await this.#cursor.close().catch(() => {});
    await this.#session.endSession().catch(() => {});
  }
}

/** The documents of one answer are slices of the same memory. */
function pageOf(documents: readonly Buffer[]): DocumentPage {
  const [first] = documents;
  const last = documents.at(-1);
  if (first === undefined || last === undefined) {
    return {
      bytes: Buffer.alloc(0),
      view: new DataView(new ArrayBuffer(0)),
      starts: new Int32Array(0),
      count: 0,
    };
  }
  const size = last.byteOffset + last.byteLength - first.byteOffset;
  const bytes = Buffer.from(first.buffer, first.byteOffset, size);
  const view = new DataView(first.buffer, first.byteOffset, size);
  const starts = Int32Array.from(documents, (document) => document.byteOffset - first.byteOffset);
  return { bytes, view, starts, count: documents.length };
}
