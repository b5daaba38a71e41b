import type { ClientSession, Document } from 'mongodb';
import { Long } from 'mongodb';
import { firstBatchSize, nextBatchSize } from './batch-size.ts';
import type { DocumentPage, PageCursor } from './document-page.ts';
import { isCursorLoss } from './error-kind.ts';
import { type MongoConnection, readConcern, startReadSession } from './mongo-connection.ts';
import { readReply } from './read-reply.ts';

/**
 * Reads a query with the bare commands `find` and `getMore`, whose answers are used as they came from the network.
 * Takes half the CPU of the driver's cursor, but needs all commands to go to one server.
 */
export class CommandCursor implements PageCursor {
  readonly #connection: MongoConnection;
  readonly #collection: string;
  readonly #query: Document;
  readonly #signal: AbortSignal;
  readonly #session: ClientSession;
  #cursorId: bigint | undefined;
  #batchSize = firstBatchSize;

  /** @param query fields of the `find` command */
  constructor(connection: MongoConnection, collection: string, query: Document, signal: AbortSignal) {
    this.#connection = connection;
    this.#collection = collection;
    this.#query = query;
    this.#signal = signal;
    this.#session = startReadSession(connection);
  }

  async next(): Promise<DocumentPage | undefined> {
    if (this.#cursorId === 0n) return undefined;
    const command =
      this.#cursorId === undefined
        ? {
            find: this.#collection,
            ...this.#query,
            batchSize: this.#batchSize,
            readConcern: { ...readConcern },
          }
        : {
            getMore: Long.fromBigInt(this.#cursorId),
            collection: this.#collection,
            batchSize: this.#batchSize,
          };
    const answer = await this.#run(command).catch((error: unknown) => {
      // There is nothing left to close, and trying to would mean waiting for the server.
      if (isCursorLoss(error)) this.#cursorId = 0n;
      throw error;
    });
    const { cursorId, page } = readReply(answer['cursor'] as Uint8Array);
    this.#cursorId = cursorId;
    this.#batchSize = nextBatchSize(page, this.#batchSize);
    return page;
  }

  async close(): Promise<void> {
    const cursorId = this.#cursorId;
    if (cursorId !== undefined && cursorId !== 0n) {
      this.#cursorId = 0n;
      const command = { killCursors: this.#collection, cursors: [Long.fromBigInt(cursorId)] };
      await this.#database.command(command, { session: this.#session }).catch(() => {});
    }
    await this.#session.endSession().catch(() => {});
  }

  get #database() {
    return this.#connection.client.db(this.#connection.database);
  }

  #run(command: Document): Promise<Document> {
    const { readPreference } = this.#connection.client;
    const options = { raw: true, session: this.#session, readPreference, signal: this.#signal };
    return this.#database.command(command, options);
  }
}
