import { EventEmitter, once } from 'node:events';
import type { ChangeFeed, FeedBatch, FeedPosition } from '../source/change-feed.ts';
import type { OtherEvent } from './event-reactions.ts';

/** Changes that are applied together. */
export interface TakenChanges {
  /** `_id`s of the documents that changed, each once as far as its bytes tell, by collection. */
  readonly documents: ReadonlyMap<string, readonly Uint8Array[]>;
  /** How many events they come from, by collection. */
  readonly events: ReadonlyMap<string, number>;
  /** An event that is not about documents; it comes alone. */
  readonly other: OtherEvent | undefined;
  /** After all of this. */
  readonly position: FeedPosition;
  /** Cluster time of the first event; undefined when nothing happened. */
  readonly oldest: string | undefined;
}

/** So many events wait at most, so that a slow target makes the source wait and not the memory grow. */
const mostWaiting = 20_000;

/**
 * Reads a feed ahead while what it gave before is applied. So batches are as small as can be when little happens, and
 * grow by themselves when more happens than can be applied one by one.
 */
export class FeedPump {
  readonly #feed: ChangeFeed;
  readonly #stop = new AbortController();
  readonly #changed = new EventEmitter();
  readonly #batches: FeedBatch[] = [];
  /** Events of the first batch that were taken already. */
  #taken = 0;
  #waiting = 0;
  #failure: unknown;
  readonly #pumping: Promise<void>;

  constructor(feed: ChangeFeed) {
    this.#feed = feed;
    this.#pumping = this.#pump();
  }

  async #pump(): Promise<void> {
    try {
      while (!this.#stop.signal.aborted) {
        if (this.#waiting >= mostWaiting) await once(this.#changed, 'taken', { signal: this.#stop.signal });
        else this.#add(await this.#feed.next(this.#stop.signal));
      }
    } catch (error) {
      this.#failure = error;
    }
    this.#changed.emit('given');
  }

  #add(batch: FeedBatch): void {
    const last = this.#batches.at(-1);
    // Of positions without events the last one says it all.
    if (last !== undefined && last.events.length === 0) this.#batches.pop();
    this.#batches.push(batch);
    this.#waiting += batch.events.length;
    this.#changed.emit('given');
  }

  /**
   * Waits for something to happen, or for the feed to say that nothing did.
   * @param limit documents, at most
   * @returns undefined when it was stopped by the signal
   * @throws DocrowError what the feed throws, after everything before it was taken
   */
  async take(limit: number, signal: AbortSignal): Promise<TakenChanges | undefined> {
    while (this.#batches.length === 0) {
      if (signal.aborted) return undefined;
      if (this.#failure !== undefined) throw this.#failure;
      await once(this.#changed, 'given', { signal }).catch(() => undefined);
    }
    const changes = this.#collect(limit);
    this.#changed.emit('taken');
    return changes;
  }

  #collect(limit: number): TakenChanges {
    const documents = new Map<string, Map<string, Uint8Array>>();
    const events = new Map<string, number>();
    let distinct = 0;
    let oldest: string | undefined;
    // Made for the last event only, since it takes longer than all the rest.
    const first = this.#batches[0]!;
    let position = (): FeedPosition => first.position;
    const result = (other?: OtherEvent): TakenChanges => ({
      documents: new Map([...documents].map(([name, ids]) => [name, [...ids.values()]])),
      events,
      other,
      position: position(),
      oldest,
    });
    for (let batch: FeedBatch | undefined = first; batch !== undefined; batch = this.#batches[0]) {
      for (; this.#taken < batch.events.length; this.#taken++) {
        const event = batch.events[this.#taken]!;
        const isFirst = oldest === undefined;
        if (distinct >= limit || (event.kind !== 'document' && !isFirst)) return result();
        oldest ??= event.clusterTime;
        const index = this.#taken;
        position = () => batch.positionAfter(index);
        if (event.kind !== 'document') {
          this.#waiting--;
          this.#taken++;
          return result(event);
        }
        this.#waiting--;
        events.set(event.collection, (events.get(event.collection) ?? 0) + 1);
        const ids = documents.get(event.collection) ?? new Map<string, Uint8Array>();
        documents.set(event.collection, ids);
        const key = Buffer.from(event.id).toString('latin1');
        if (!ids.has(key)) {
          ids.set(key, event.id);
          distinct++;
        }
      }
      position = () => batch.position;
      this.#batches.shift();
      this.#taken = 0;
    }
    return result();
  }

  /** Ends the feed. Does not throw. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#pumping;
    await this.#feed.close().catch(() => undefined);
  }
}
