import { once } from 'node:events';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { FeedPump, type TakenChanges } from '../../../src/changes/feed-pump.ts';
import { DocrowError } from '../../../src/errors/docrow-error.ts';
import type { ChangeEvent, ChangeFeed, FeedBatch } from '../../../src/source/change-feed.ts';

const idOf = (value: unknown): Uint8Array => BSON.serialize({ _id: value });

let clock = 0;

const changed = (collection: string, value: unknown): ChangeEvent => ({
  kind: 'document',
  operation: 'update',
  collection,
  id: idOf(value),
  clusterTime: `${++clock}:1`,
});

const dropped = (collection: string): ChangeEvent => ({
  kind: 'collection',
  operation: 'drop',
  collection,
  clusterTime: `${++clock}:1`,
});

const batchOf = (...events: readonly ChangeEvent[]): FeedBatch => {
  const positions = events.map(({ clusterTime }) => ({ clusterTime, resumeToken: `t${clusterTime}` }));
  const position = positions.at(-1) ?? { clusterTime: `${++clock}:1`, resumeToken: undefined };
  return { events, position, positionAfter: (index) => positions[index]! };
};

/** Gives batches one after the other, then waits until it is closed, or throws. */
class ListedFeed implements ChangeFeed {
  readonly #batches: FeedBatch[];
  readonly #end: DocrowError | undefined;
  asked = 0;
  isClosed = false;

  constructor(batches: readonly FeedBatch[], end?: DocrowError) {
    this.#batches = [...batches];
    this.#end = end;
  }

  async next(signal?: AbortSignal): Promise<FeedBatch> {
    this.asked++;
    const batch = this.#batches.shift();
    if (batch !== undefined) return batch;
    if (this.#end !== undefined) throw this.#end;
    await once(signal!, 'abort');
    throw new DocrowError('interrupted', 'Stopped');
  }

  notices(): readonly string[] {
    return [];
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

const never = new AbortController().signal;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const idsOf = (taken: TakenChanges | undefined, collection: string): readonly unknown[] =>
  (taken?.documents.get(collection) ?? []).map((id) => BSON.deserialize(id)['_id']);

describe('FeedPump', () => {
  it('joins what came meanwhile, each document once, and counts every event', async () => {
    const batches = [
      batchOf(changed('users', 1), changed('tasks', 1)),
      batchOf(changed('users', 1), changed('users', 2)),
    ];
    const pump = new FeedPump(new ListedFeed(batches));
    await settled();
    const taken = await pump.take(100, never);
    expect(idsOf(taken, 'users')).toEqual([1, 2]);
    expect(idsOf(taken, 'tasks')).toEqual([1]);
    expect(taken?.events).toEqual(
      new Map([
        ['users', 3],
        ['tasks', 1],
      ]),
    );
    expect(taken?.position).toEqual(batches[1]!.position);
    expect(taken?.oldest).toBe(batches[0]!.events[0]!.clusterTime);
    await pump.close();
  });

  it('cuts at the limit of documents, with the position of the last event that was taken', async () => {
    const batch = batchOf(changed('users', 1), changed('users', 1), changed('users', 2), changed('users', 3));
    const pump = new FeedPump(new ListedFeed([batch]));
    await settled();
    const first = await pump.take(2, never);
    expect(idsOf(first, 'users')).toEqual([1, 2]);
    expect(first?.position).toEqual(batch.positionAfter(2));
    const second = await pump.take(2, never);
    expect(idsOf(second, 'users')).toEqual([3]);
    expect(second?.position).toEqual(batch.position);
    await pump.close();
  });

  it('gives an event that is not about documents alone, after everything before it', async () => {
    const batch = batchOf(changed('users', 1), dropped('users'), changed('users', 2));
    const pump = new FeedPump(new ListedFeed([batch]));
    await settled();
    expect(idsOf(await pump.take(100, never), 'users')).toEqual([1]);
    const second = await pump.take(100, never);
    expect(second?.other).toEqual(batch.events[1]);
    expect(second?.documents.size).toBe(0);
    expect(second?.position).toEqual(batch.positionAfter(1));
    expect(idsOf(await pump.take(100, never), 'users')).toEqual([2]);
    await pump.close();
  });

  it('gives the last of several positions at which nothing happened', async () => {
    const [, , last] = [batchOf(), batchOf(), batchOf()] as const;
    const pump = new FeedPump(new ListedFeed([batchOf(), last]));
    await settled();
    expect(await pump.take(100, never)).toMatchObject({ position: last.position, oldest: undefined });
    await pump.close();
  });

  it('gives everything before an error, then the error', async () => {
    const lost = new DocrowError('source-cursor-lost', 'Gone');
    const pump = new FeedPump(new ListedFeed([batchOf(changed('users', 1))], lost));
    await settled();
    expect(idsOf(await pump.take(100, never), 'users')).toEqual([1]);
    await expect(pump.take(100, never)).rejects.toBe(lost);
    await pump.close();
  });

  it('reads ahead only so far while nobody takes', async () => {
    const batches = Array.from({ length: 40 }, () =>
      batchOf(...Array.from({ length: 1_000 }, (_, value) => changed('users', value))),
    );
    const feed = new ListedFeed(batches);
    const pump = new FeedPump(feed);
    await settled();
    await settled();
    expect(feed.asked).toBe(20);
    let events = 0;
    while (events < 40_000) events += (await pump.take(500, never))?.events.get('users') ?? 0;
    expect(events).toBe(40_000);
    await pump.close();
  });

  it('ends a wait when it is stopped, and closes the feed', async () => {
    const feed = new ListedFeed([]);
    const pump = new FeedPump(feed);
    const stop = new AbortController();
    const taking = pump.take(100, stop.signal);
    stop.abort();
    expect(await taking).toBeUndefined();
    await pump.close();
    expect(feed.isClosed).toBe(true);
  });
});
