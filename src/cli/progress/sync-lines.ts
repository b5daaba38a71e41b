import { printable } from '../../report/text/printable.ts';
import {
  formatCount,
  formatDuration,
  formatLag,
  formatRate,
  formatTime,
} from '../../report/text/quantities.ts';
import { type SyncBoard, type SyncProgressEvent, syncTotals } from './sync-board.ts';

/** A log of a quiet night has a line per minute. */
const quietMs = 60_000;
/** While it catches up over changes that concern no table. */
const catchingUpMs = 15_000;
/** From here on it is said that nothing is heard. */
const silentSeconds = 30;
const namedCollections = 5;

/** Following changes as lines of a log: what moved since the line before, and seldom a line when nothing does. */
export class SyncLines {
  readonly #board: SyncBoard;
  #shown: SyncProgressEvent | undefined;
  #shownAt = 0;

  constructor(board: SyncBoard) {
    this.#board = board;
  }

  /**
   * The next line, or undefined where there is nothing to say yet.
   * @param now milliseconds of the board's clock
   */
  next(now: number): string | undefined {
    const { latest } = this.#board;
    if (latest === undefined) return undefined;
    const since = now - this.#shownAt;
    const pause = latest.lagSeconds > 0 && latest !== this.#shown ? catchingUpMs : quietMs;
    if (this.#shown !== undefined && !hasMoved(this.#shown, latest) && since < pause) return undefined;
    const line = this.#describe(latest, now, since / 1000);
    this.#shown = latest;
    this.#shownAt = now;
    return line;
  }

  #describe(event: SyncProgressEvent, now: number, seconds: number): string {
    const { changed, deleted, rejected } = syncTotals(event.collections);
    return [
      standing(this.#board, event, now),
      ratesText(this.#shown, event, seconds),
      `${formatCount(changed)} changed`,
      `${formatCount(deleted)} deleted`,
      rejected > 0 ? `${formatCount(rejected)} set aside` : '',
    ]
      .filter((part) => part !== '')
      .join('  ');
  }
}

/** `In step with the source as of 2026-03-01 08:15:30 UTC`, or how far from it. */
export const standing = (
  board: SyncBoard,
  { sourceTime, lagSeconds }: SyncProgressEvent,
  now: number,
): string => {
  const time = formatTime(sourceTime.toISOString());
  const silent = board.silentSeconds(now);
  if (silent >= silentSeconds)
    return `Source time ${time}, no news for ${formatDuration(Math.floor(silent))}`;
  return lagSeconds === 0
    ? `In step with the source as of ${time}`
    : `Source time ${time}, ${formatLag(lagSeconds)} behind`;
};

const workOf = (event: SyncProgressEvent): number => {
  const { events, changed, deleted, unchanged, rejected } = syncTotals(event.collections);
  return events + changed + deleted + unchanged + rejected;
};

const hasMoved = (before: SyncProgressEvent, now: SyncProgressEvent): boolean =>
  workOf(before) !== workOf(now);

/** `tasks 120/s, users 3.5/s and 4 more`: events since the line before, the most frequent first. */
const ratesText = (
  before: SyncProgressEvent | undefined,
  { collections }: SyncProgressEvent,
  seconds: number,
): string => {
  const eventsBefore = new Map(before?.collections.map(({ collection, events }) => [collection, events]));
  const rates = collections
    .map(({ collection, events, eventsPerSecond }) => ({
      collection,
      rate:
        before === undefined
          ? eventsPerSecond
          : (events - (eventsBefore.get(collection) ?? 0)) / Math.max(seconds, 0.001),
    }))
    .filter(({ rate }) => rate > 0)
    .sort((a, b) => b.rate - a.rate);
  const named = rates
    .slice(0, namedCollections)
    .map(({ collection, rate }) => `${printable(collection)} ${formatRate(rate)}`)
    .join(', ');
  const more = rates.length - namedCollections;
  return more > 0 ? `${named} and ${formatCount(more)} more` : named;
};
