import type { RangeCounts } from '../checkpoint/checkpoint-store.ts';
import { addCounts, noCounts } from '../checkpoint/checkpoint-store.ts';
import type { RunEvent, RunEventListener } from './run-event.ts';

/** Adds up, from events, what this process has done itself; and passes the events on. */
export class AttemptCounter {
  readonly #counts = new Map<string, RangeCounts>();
  readonly #startedAt = new Map<string, number>();
  readonly #seconds = new Map<string, number>();
  readonly onEvent: RunEventListener;

  constructor(listener: RunEventListener) {
    this.onEvent = (event) => {
      this.#count(event);
      listener(event);
    };
  }

  countsOf(collection: string): RangeCounts {
    return this.#counts.get(collection) ?? noCounts;
  }

  /** Wall time from the first event of a collection to its last. */
  secondsOf(collection: string): number {
    return this.#seconds.get(collection) ?? 0;
  }

  #count(event: RunEvent): void {
    // What is read to compare is no part of the load.
    if (!('collection' in event) || event.kind === 'documents-read') return;
    const { collection } = event;
    if (!this.#startedAt.has(collection)) this.#startedAt.set(collection, performance.now());
    this.#seconds.set(collection, (performance.now() - this.#startedAt.get(collection)!) / 1000);
    if (event.kind === 'chunk-committed') {
      this.#counts.set(collection, addCounts(this.countsOf(collection), event));
    } else if (event.kind === 'set-aside') {
      const moved = { ...noCounts, loaded: -event.documents, rejected: event.documents };
      this.#counts.set(collection, addCounts(this.countsOf(collection), moved));
    }
  }
}
