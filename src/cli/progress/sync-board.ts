import type { RunEvent, SyncedCollection } from '../../pipeline/run-event.ts';
import type { Clock } from './run-board.ts';

export type SyncProgressEvent = Extract<RunEvent, { readonly kind: 'sync-progress' }>;

/** What was told last about following changes, and when. It knows nothing of how that is shown. */
export class SyncBoard {
  readonly #clock: Clock;
  readonly #stopped = new Set<string>();
  #latest: SyncProgressEvent | undefined;
  #latestAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(event: RunEvent): void {
    if (event.kind === 'collection-stopped') this.#stopped.add(event.collection);
    if (event.kind !== 'sync-progress') return;
    this.#latest = event;
    this.#latestAt = this.#clock();
  }

  /** Undefined before the first one. */
  get latest(): SyncProgressEvent | undefined {
    return this.#latest;
  }

  /** Seconds since anything was told: while a server is away what was told last is old. */
  silentSeconds(now: number): number {
    return this.#latest === undefined ? 0 : (now - this.#latestAt) / 1000;
  }

  isStopped(collection: string): boolean {
    return this.#stopped.has(collection);
  }
}

/** Counts of all collections together. */
export const syncTotals = (
  collections: readonly SyncedCollection[],
): Pick<SyncedCollection, 'events' | 'changed' | 'deleted' | 'unchanged' | 'rejected'> => {
  const sum = (of: (collection: SyncedCollection) => number): number =>
    collections.reduce((total, collection) => total + of(collection), 0);
  return {
    events: sum(({ events }) => events),
    changed: sum(({ changed }) => changed),
    deleted: sum(({ deleted }) => deleted),
    unchanged: sum(({ unchanged }) => unchanged),
    rejected: sum(({ rejected }) => rejected),
  };
};
