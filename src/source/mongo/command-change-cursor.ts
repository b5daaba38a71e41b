import { type ClientSession, type Document, Long } from 'mongodb';
import { createFoundField, findField } from '../../bson/find-field.ts';
import { type ChangeCursor, type ChangeQuery, type ChangeReply, hasExpandedEvents } from './change-cursor.ts';
import { type MongoConnection, readConcern } from './mongo-connection.ts';
import { readReply } from './read-reply.ts';

const tokenKey = Buffer.from('postBatchResumeToken');
const found = createFoundField();

/**
 * Leaves of an event what says which document it is about. The server (or each shard) applies this before an event
 * becomes an answer: with their documents and the descriptions of updates, events may be too large for one.
 * `$changeStreamSplitLargeEvent`, which 6.0.9 and later have for that, is not needed: what stays is large only if an
 * `_id` is.
 */
const smallEvents = {
  $project: { _id: 1, operationType: 1, clusterTime: 1, ns: 1, to: 1, 'documentKey._id': 1 },
};

/**
 * Reads a change stream with the bare commands `aggregate` and `getMore`, whose answers are used as they came from
 * the network. Needs all commands to go to one server.
 */
export class CommandChangeCursor implements ChangeCursor {
  readonly #connection: MongoConnection;
  readonly #query: ChangeQuery;
  readonly #signal: AbortSignal;
  readonly #session: ClientSession;
  #cursorId: bigint | undefined;

  constructor(connection: MongoConnection, query: ChangeQuery, signal: AbortSignal) {
    this.#connection = connection;
    this.#query = query;
    this.#signal = signal;
    // A stream is told where to begin, and a session of its own keeps its commands together.
    this.#session = connection.client.startSession({ causalConsistency: false });
  }

  async next(): Promise<ChangeReply> {
    // The first answer, which is empty, comes at once; looking for events may take long, and has to be stopped then.
    this.#cursorId ??= readReply(await this.#run(this.#aggregate())).cursorId;
    const { batchSize, waitMs } = this.#query;
    const answer = await this.#run({
      getMore: Long.fromBigInt(this.#cursorId),
      collection: '$cmd.aggregate',
      batchSize,
      maxTimeMS: Math.max(1, Math.round(waitMs)),
    });
    const { cursorId, page } = readReply(answer);
    this.#cursorId = cursorId;
    return { page, token: tokenOf(page.bytes, page.view), isEnd: cursorId === 0n };
  }

  async close(): Promise<void> {
    const cursorId = this.#cursorId;
    this.#cursorId = 0n;
    if (cursorId !== undefined && cursorId !== 0n) {
      const command = { killCursors: '$cmd.aggregate', cursors: [Long.fromBigInt(cursorId)] };
      await this.#database.command(command, { session: this.#session }).catch(() => {});
    }
    await this.#session.endSession().catch(() => {});
  }

  get #database() {
    return this.#connection.client.db(this.#connection.database);
  }

  #aggregate(): Document {
    const expanded = hasExpandedEvents(this.#connection) ? { showExpandedEvents: true } : {};
    const { start, match } = this.#query;
    return {
      aggregate: 1,
      pipeline: [{ $changeStream: { ...start, ...expanded } }, match, smallEvents],
      cursor: { batchSize: 0 },
      readConcern: { ...readConcern },
    };
  }

  /** The field `cursor` of the answer. */
  async #run(command: Document): Promise<Uint8Array> {
    const { readPreference } = this.#connection.client;
    const options = { raw: true, session: this.#session, readPreference, signal: this.#signal };
    const answer = await this.#database.command(command, options);
    return answer['cursor'] as Uint8Array;
  }
}

const tokenOf = (bytes: Buffer, view: DataView): Uint8Array | undefined =>
  findField(bytes, view, 0, tokenKey, found) ? bytes.subarray(found.at, found.end) : undefined;
