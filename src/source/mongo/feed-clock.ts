import { compareClusterTimes } from '../change-feed.ts';
import { tickBefore } from './cluster-time.ts';

interface FeedClockStart {
  /** The cluster time of the position that the feed begins at. */
  readonly from: string;
  /** The time that the server was told to begin at, where the token says it. */
  readonly startsAt: string | undefined;
  readonly isSharded: boolean;
}

/** What an answer of the server says about time, all as `seconds:increment`. */
interface ReplyTimes {
  /** Of its last event; undefined when it has none. */
  readonly lastEvent: string | undefined;
  /** Whether it was cut off, so that there may be more events of that time: those of one transaction have one. */
  readonly isCut: boolean;
  /** Of its resume token. */
  readonly token: string | undefined;
  /** Of the server, asked for before the answer was. Only where that proves something: one server, not sharded. */
  readonly asked: string | undefined;
}

/** What positions may claim. */
interface PositionTimes {
  readonly before: string;
  /** After the last event of the answer. */
  readonly afterEvents: string;
  /** After all that the answer says. */
  readonly afterAll: string;
}

/**
 * Tells what cluster time a position may claim, so that nothing is to come up to it: the time of an event only when
 * no other event of this time can follow, otherwise the tick before.
 *
 * A server that is no router has looked at everything up to the end of its history when it answers without an event.
 * Its token then has the time of the last entry it saw, or of the last event it gave. Only the token that it begins
 * with stands for a time that it did not look at yet.
 *
 * A router puts together what several shards say, and they may have events of one time: of its tokens only what lies
 * before their time is certain.
 */
export class FeedClock {
  readonly #startsAt: string | undefined;
  readonly #isSharded: boolean;
  #time: string;

  constructor({ from, startsAt, isSharded }: FeedClockStart) {
    this.#time = from;
    this.#startsAt = startsAt;
    this.#isSharded = isSharded;
  }

  /** The time of the last position. */
  get time(): string {
    return this.#time;
  }

  advance({ lastEvent, isCut, token, asked }: ReplyTimes): PositionTimes {
    const before = this.#time;
    const mayGoOn = isCut || this.#isSharded;
    const afterEvents = lastEvent === undefined ? before : timeAfterEvent(before, lastEvent, mayGoOn);
    this.#time = lastEvent === undefined && asked !== undefined ? later(before, asked) : afterEvents;
    if (token !== undefined) {
      const isCertain = !this.#isSharded && token !== this.#startsAt && !(isCut && token === lastEvent);
      this.#time = later(this.#time, isCertain ? token : tickBefore(token));
    }
    return { before, afterEvents, afterAll: this.#time };
  }
}

/**
 * What the position after an event may claim.
 * @param before what the position before it claimed
 * @param mayGoOn whether more events of its time may follow
 */
export const timeAfterEvent = (before: string, eventTime: string, mayGoOn: boolean): string =>
  later(before, mayGoOn ? tickBefore(eventTime) : eventTime);

const later = (a: string, b: string): string => (compareClusterTimes(a, b) >= 0 ? a : b);
