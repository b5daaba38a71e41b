import type { SyncStop } from '../checkpoint/sync-store.ts';
import type { ChangeFeed, FeedPosition } from '../source/change-feed.ts';
import { applyChanges } from './apply-changes.ts';
import { BatchLimit } from './batch-limit.ts';
import { type OtherEvent, reactTo } from './event-reactions.ts';
import { FeedPump, type TakenChanges } from './feed-pump.ts';
import type { SyncParts } from './sync-parts.ts';
import { hasReached, type SyncProgress } from './sync-progress.ts';
import type { SyncTally } from './sync-tally.ts';
import { WaitingDocuments } from './waiting-documents.ts';

export interface FollowOptions {
  /** Where to go on. */
  readonly from: FeedPosition;
  /** Collections that are followed no more, and why. Those that come to it are added. */
  readonly stops: Map<string, SyncStop>;
  /** Cluster time at which to end; undefined for never. */
  readonly until: string | undefined;
  /** Takes up what was done, also when an error ends it. */
  readonly tally: SyncTally;
  readonly progress: SyncProgress;
  /** Nothing happened since every document was tried that waits for another one. */
  readonly isSettled: boolean;
  /** What a person was told already about the feed. */
  readonly told: Set<string>;
  /** Called after each step that is durable. */
  readonly onPosition: (position: FeedPosition) => void;
}

const eventsPerReply = 5_000;
/** How long a feed may wait for an event: a person who waits for a stop waits as long. */
const waitMs = 500;
/** The same where the end is known, which is reached when nothing more comes. */
const waitMsToEnd = 50;
/** So often is the position stored when nothing happens, so that it stays within the source's history. */
const heartbeatMs = 10_000;

/**
 * Applies what happens in the source until its time has reached `until`, or it is stopped.
 *
 * Events are taken as keys: documents are read as they are now, at or after the time of the last event, so that several
 * changes of one document are one, and what is applied twice changes nothing the second time.
 * @returns whether it got there
 * @throws DocrowError those of source and target; everything up to the last position is durable
 */
export async function followChanges(parts: SyncParts, options: FollowOptions): Promise<boolean> {
  let position = options.from;
  for (;;) {
    const follower = new Follower(parts, options, position);
    const end = await follower.run();
    if (end !== 'invalidated') return end === 'reached';
    position = follower.position;
  }
}

class Follower {
  readonly #parts: SyncParts;
  readonly #options: FollowOptions;
  readonly #limit = new BatchLimit();
  readonly #waiting: WaitingDocuments;
  readonly #mapped: ReadonlySet<string>;
  /** Up to here everything is in the tables. */
  position: FeedPosition;
  #beatAt = performance.now();
  #stored: FeedPosition;
  /** What is stored about it. */
  #isSettled: boolean;

  constructor(parts: SyncParts, options: FollowOptions, from: FeedPosition) {
    this.#parts = parts;
    this.#options = options;
    this.#waiting = new WaitingDocuments(parts, options.isSettled);
    this.#mapped = new Set(parts.collections.map(({ collection }) => collection));
    this.position = from;
    this.#stored = from;
    this.#isSettled = options.isSettled;
  }

  async run(): Promise<'reached' | 'stopped' | 'invalidated'> {
    const { source, soft, onEvent } = this.#parts;
    const { until, stops, told } = this.#options;
    const feed: ChangeFeed = await source.openChanges!(this.position, {
      collections: [...this.#mapped],
      batchEvents: eventsPerReply,
      waitMs: until === undefined ? waitMs : waitMsToEnd,
    });
    for (const message of feed.notices()) {
      if (!told.has(message)) onEvent({ kind: 'notice', message });
      told.add(message);
    }
    const pump = new FeedPump(feed);
    try {
      while (!soft.aborted) {
        const isEnd = until !== undefined && hasReached(this.position.clusterTime, until);
        if (isEnd || stops.size === this.#mapped.size) {
          await this.#settle(true);
          await this.#beat();
          return 'reached';
        }
        const taken = await pump.take(this.#limit.documents, soft);
        if (taken === undefined) break;
        if ((await this.#apply(taken)) === 'invalidated') return 'invalidated';
      }
      await this.#beat();
      return 'stopped';
    } finally {
      await pump.close();
    }
  }

  async #apply(taken: TakenChanges): Promise<'invalidated' | undefined> {
    const { progress } = this.#options;
    if (taken.documents.size > 0) await this.#applyDocuments(taken);
    else if (taken.other !== undefined) {
      if ((await this.#react(taken.other, taken.position)) === 'reopen') return 'invalidated';
    } else this.position = taken.position;
    if (performance.now() - this.#beatAt >= heartbeatMs) await this.#beat();
    const isIdle = taken.oldest === undefined;
    await this.#settle(isIdle);
    progress.reached(this.position.clusterTime, isIdle);
    return undefined;
  }

  async #applyDocuments(taken: TakenChanges): Promise<void> {
    const { stops } = this.#options;
    const followed = <T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
      new Map([...map].filter(([collection]) => !stops.has(collection)));
    this.#parts.source.readAtLeast!(taken.position.clusterTime);
    const keys = { documents: followed(taken.documents), events: followed(taken.events) };
    const applied = await applyChanges(this.#parts, keys, { position: taken.position });
    this.#moved(taken.position);
    this.#limit.learn(applied);
    this.#waiting.notice(applied.counts);
    this.#isSettled = false;
    this.#options.tally.addAll(applied.counts);
    this.#options.progress.applied(applied, taken.oldest);
  }

  async #react(event: OtherEvent, position: FeedPosition): Promise<'reopen' | undefined> {
    const { stops } = this.#options;
    const { onEvent, syncStore, writer } = this.#parts;
    const reaction = reactTo(event, this.#mapped);
    if (reaction.kind === 'notice') onEvent({ kind: 'notice', message: reaction.message });
    const found = new Map<string, SyncStop>();
    if (reaction.kind === 'stop') {
      const { code, reason } = reaction;
      for (const collection of reaction.collections) {
        if (!stops.has(collection)) found.set(collection, { code, reason, clusterTime: event.clusterTime });
      }
    }
    await syncStore.saveAdvance(writer, { position, counts: new Map(), stops: found });
    this.#moved(position);
    for (const [collection, stop] of found) {
      stops.set(collection, stop);
      onEvent({ kind: 'collection-stopped', collection, code: stop.code, message: stop.reason });
    }
    return reaction.kind === 'reopen' ? 'reopen' : undefined;
  }

  async #settle(isIdle: boolean): Promise<void> {
    for (const applied of await this.#waiting.settle(isIdle, this.#options.stops)) {
      this.#options.tally.addAll(applied.counts);
      this.#options.progress.applied(applied, undefined);
    }
  }

  /** Stores the position where it has moved without a change. */
  async #beat(): Promise<void> {
    const { syncStore, writer, onHeartbeat } = this.#parts;
    this.#beatAt = performance.now();
    const { isSettled } = this.#waiting;
    if (this.position !== this.#stored || isSettled !== this.#isSettled) {
      await syncStore.saveAdvance(writer, { position: this.position, counts: new Map(), isSettled });
      this.#moved(this.position);
      this.#isSettled = isSettled;
    }
    await onHeartbeat();
  }

  #moved(position: FeedPosition): void {
    this.position = position;
    this.#stored = position;
    this.#options.onPosition(position);
  }
}
