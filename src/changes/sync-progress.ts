import type { SyncCounts } from '../checkpoint/sync-store.ts';
import type { RunEventListener } from '../pipeline/run-event.ts';
import { compareClusterTimes, dateOfClusterTime } from '../source/change-feed.ts';
import type { AppliedChanges } from './apply-changes.ts';
import { SyncTally } from './sync-tally.ts';

const reportEveryMs = 1_000;

/** Tells from time to time how far behind the tables are. Display only. */
export class SyncProgress {
  readonly #onEvent: RunEventListener;
  readonly #total = new SyncTally();
  readonly #events = new Map<string, number>();
  readonly #lag = new Map<string, number>();
  #since = performance.now();

  constructor(onEvent: RunEventListener) {
    this.#onEvent = onEvent;
  }

  /** @param oldest cluster time of the first event that was applied */
  applied({ counts }: Pick<AppliedChanges, 'counts'>, oldest: string | undefined): void {
    this.#total.addAll(counts);
    for (const [collection, { events }] of counts) {
      this.#events.set(collection, (this.#events.get(collection) ?? 0) + events);
      if (oldest !== undefined) this.#lag.set(collection, secondsSince(oldest));
    }
  }

  /**
   * @param position cluster time up to which every change is in the tables
   * @param isIdle nothing more has happened up to then
   */
  reached(position: string, isIdle: boolean): void {
    const now = performance.now();
    const seconds = (now - this.#since) / 1000;
    if (seconds * 1000 < reportEveryMs) return;
    const rate = (collection: string): number => (this.#events.get(collection) ?? 0) / seconds;
    this.#onEvent({
      kind: 'sync-progress',
      sourceTime: dateOfClusterTime(position),
      lagSeconds: isIdle ? 0 : secondsSince(position),
      collections: [...this.#total.counts].map(([collection, counts]) => ({
        collection,
        lagSeconds: isIdle ? 0 : (this.#lag.get(collection) ?? 0),
        eventsPerSecond: rate(collection),
        ...shown(counts),
      })),
    });
    this.#events.clear();
    this.#since = now;
  }
}

const shown = ({ events, inserted, updated, deleted, unchanged, rejected }: SyncCounts) => ({
  events,
  changed: inserted + updated,
  deleted,
  unchanged,
  rejected,
});

/** By the clocks of both machines, to the second; never below 0. */
const secondsSince = (clusterTime: string): number =>
  Math.max(0, Math.floor((Date.now() - dateOfClusterTime(clusterTime).getTime()) / 1000));

/** Whether everything up to `time` is done at `position`. */
export const hasReached = (position: string, time: string): boolean =>
  compareClusterTimes(position, time) >= 0;
