import { BSON, type Document, Timestamp } from 'mongodb';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { ChangeEvent, ChangeFeed, FeedBatch, FeedOptions, FeedPosition } from '../change-feed.ts';
import { throwIfAborted } from '../throw-if-aborted.ts';
import { untilAborted } from '../until-aborted.ts';
import { type ChangeCursor, type ChangeReply, matchChanges, streamStart } from './change-cursor.ts';
import { clusterTimeText } from './cluster-time.ts';
import { CommandChangeCursor } from './command-change-cursor.ts';
import { DriverChangeCursor } from './driver-change-cursor.ts';
import { FeedClock, timeAfterEvent } from './feed-clock.ts';
import { type MongoConnection, readAtLeast } from './mongo-connection.ts';
import { readChangeEvent, tokenOfEvent } from './read-change-event.ts';
import { readCurrentTime } from './read-current-time.ts';
import { resumeTokenText, timeOfResumeToken } from './resume-token.ts';
import { toChangeError } from './to-change-error.ts';

/** An answer of this many bytes may have ended before its last event; a server's limit is 16 MB. */
const largeAnswer = 8_000_000;

interface TimedReply extends ChangeReply {
  /** Time of the server before it was asked for this; undefined where that proves nothing. */
  readonly asked: string | undefined;
}

/**
 * Follows one database by a change stream. The next answer is asked for while the caller is busy with the last one.
 * After an error, an interruption or an `invalidate` the feed gives nothing more: another one goes on from the last
 * position.
 */
export class MongoChangeFeed implements ChangeFeed {
  readonly #connection: MongoConnection;
  readonly #notices: readonly string[];
  readonly #batchEvents: number;
  readonly #stop = new AbortController();
  readonly #cursor: ChangeCursor;
  readonly #clock: FeedClock;
  #resumeToken: string | undefined;
  #pending: Promise<TimedReply> | undefined;
  #isOver = false;
  /** Whether the server's tokens tell their time; known after the first. */
  #tokensTellTime: boolean | undefined;
  /** The last answer was as large as could be, so that more is likely to be there. */
  #isCut = false;

  constructor(
    connection: MongoConnection,
    from: FeedPosition,
    { collections, batchEvents, waitMs }: FeedOptions,
    notices: readonly string[],
  ) {
    const start = streamStart(from);
    const Cursor = connection.oneServer ? CommandChangeCursor : DriverChangeCursor;
    this.#cursor = new Cursor(
      connection,
      { start, match: matchChanges(collections), batchSize: batchEvents, waitMs },
      this.#stop.signal,
    );
    this.#connection = connection;
    this.#batchEvents = batchEvents;
    this.#notices = notices;
    this.#resumeToken = from.resumeToken;
    this.#clock = new FeedClock({
      from: from.clusterTime,
      startsAt: timeOfStart(start),
      isSharded: connection.deployment === 'sharded',
    });
  }

  notices(): readonly string[] {
    return this.#notices;
  }

  async next(signal?: AbortSignal): Promise<FeedBatch> {
    throwIfAborted(signal);
    if (this.#isOver) {
      throw new DocrowError('source-cursor-lost', 'The change stream has ended; a new one goes on after it');
    }
    const stop = (): void => this.#stop.abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const reply = await untilAborted(this.#pending ?? this.#fetch(), this.#stop.signal);
      const batch = this.#batchOf(reply);
      this.#isOver = reply.isEnd || batch.events.at(-1)?.operation === 'invalidate';
      this.#pending = undefined;
      if (batch.events.length > 0 && !this.#isOver) {
        this.#pending = this.#fetch();
        // It may fail before it is awaited, while the caller is still busy with this one.
        this.#pending.catch(() => {});
      }
      return batch;
    } catch (error) {
      this.#isOver = true;
      throwIfAborted(signal);
      throwIfAborted(this.#stop.signal);
      throw await toChangeError(error, this.#connection, this.#clock.time);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  async close(): Promise<void> {
    this.#isOver = true;
    this.#stop.abort();
    // An answer that is on its way is not waited for.
    await this.#cursor.close();
  }

  async #fetch(): Promise<TimedReply> {
    const { oneServer, deployment } = this.#connection;
    const isProof = oneServer && deployment !== 'sharded' && !this.#tokensTellTime && !this.#isCut;
    const asked = isProof ? await readCurrentTime(this.#connection, this.#stop.signal) : undefined;
    return { ...(await this.#cursor.next()), asked };
  }

  #batchOf({ page, token, asked }: TimedReply): FeedBatch {
    const events: ChangeEvent[] = [];
    for (let index = 0; index < page.count; index++) events.push(readChangeEvent(page, index));
    const lastEvent = events.at(-1)?.clusterTime;
    // Who reads a document because of an event has to see what the event tells of.
    if (lastEvent !== undefined) readAtLeast(this.#connection, lastEvent);

    this.#isCut = page.count >= this.#batchEvents || page.bytes.length >= largeAnswer;
    const tokenTime = token === undefined ? undefined : timeOfResumeToken(token);
    this.#tokensTellTime = tokenTime !== undefined;
    const times = this.#clock.advance({ lastEvent, isCut: this.#isCut, token: tokenTime, asked });
    const timeAfter = (index: number): string => {
      const [event, next] = [events[index] as ChangeEvent, events[index + 1]];
      if (next === undefined) return times.afterEvents;
      return timeAfterEvent(times.before, event.clusterTime, event.clusterTime === next.clusterTime);
    };
    const newest = token ?? (page.count > 0 ? tokenOfEvent(page, page.count - 1) : undefined);
    if (newest !== undefined) this.#resumeToken = resumeTokenText(newest);
    return {
      events,
      position: { clusterTime: times.afterAll, resumeToken: this.#resumeToken },
      positionAfter: (index) => ({
        clusterTime: timeAfter(index),
        resumeToken: resumeTokenText(tokenOfEvent(page, index)),
      }),
    };
  }
}

function timeOfStart({ startAtOperationTime, startAfter }: Document): string | undefined {
  if (startAtOperationTime instanceof Timestamp) return clusterTimeText(startAtOperationTime);
  return startAfter === undefined ? undefined : timeOfResumeToken(BSON.serialize(startAfter));
}
