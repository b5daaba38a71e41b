import type { SyncCounts } from '../checkpoint/sync-store.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import { waitingCodes } from '../pipeline/refresh/waiting-codes.ts';
import { type AppliedChanges, applyChanges } from './apply-changes.ts';
import type { SyncParts } from './sync-parts.ts';

const idsPerBatch = 5_000;
/** Looking again at many of them may take this share of the time, while there is other work. */
const shareOfTime = 0.2;
const shortestPauseMs = 2_000;
const maxPasses = 10;
const noAdvance = { position: undefined };

/**
 * Documents that may be loaded as they are once another one changed: a reference led nowhere, so that they were rejected
 * or the reference was cleared, or another one had their unique value. They are tried again when such a change happened:
 * at once when there is nothing else to do, and from time to time when there is.
 */
export class WaitingDocuments {
  readonly #parts: SyncParts;
  /** Collections one of whose waiting documents may have become possible. */
  readonly #hopeful: Set<CollectionMapping>;
  readonly #referring = new Map<string, CollectionMapping[]>();
  #notBefore = 0;

  /** @param isSettled all of them were tried already, and nothing happened since */
  constructor(parts: SyncParts, isSettled = false) {
    this.#parts = parts;
    this.#hopeful = new Set(isSettled ? [] : parts.collections);
    const owner = new Map(
      parts.collections.flatMap((mapping) => mapping.tables.map(({ name }) => [name, mapping] as const)),
    );
    for (const mapping of parts.collections) {
      for (const { columns } of mapping.tables) {
        for (const { references } of columns) {
          const referenced = references === undefined ? undefined : owner.get(references.table)?.collection;
          if (referenced === undefined) continue;
          this.#referring.set(referenced, [...(this.#referring.get(referenced) ?? []), mapping]);
        }
      }
    }
  }

  /** Whether none is left that may have become possible. */
  get isSettled(): boolean {
    return this.#hopeful.size === 0;
  }

  /**
   * Looks at what happened: rows that came may be referred to, values of rows that went or changed are free. One that is
   * rejected may be what another one waits for that it refers to itself: these go together.
   */
  notice(counts: ReadonlyMap<string, SyncCounts>): void {
    for (const [collection, { inserted, updated, deleted, rejected }] of counts) {
      if (inserted + updated + rejected > 0) {
        for (const mapping of this.#referring.get(collection) ?? []) this.#hopeful.add(mapping);
      }
      const own = this.#parts.collections.find((mapping) => mapping.collection === collection);
      if (own !== undefined && updated + deleted + rejected > 0) this.#hopeful.add(own);
    }
  }

  /**
   * Tries those again that may pass now.
   * @param isIdle nothing else is to be done
   * @param stopped collections that are left as they are
   * @returns what was done
   */
  async settle(
    isIdle: boolean,
    stopped: ReadonlyMap<string, unknown> = new Map(),
  ): Promise<readonly AppliedChanges[]> {
    if (this.isSettled || (!isIdle && performance.now() < this.#notBefore)) return [];
    const startedAt = performance.now();
    const done: AppliedChanges[] = [];
    for (let pass = 0; pass < maxPasses && !this.isSettled; pass++) {
      const hopeful = this.#parts.collections.filter(
        (mapping) => this.#hopeful.has(mapping) && !stopped.has(mapping.collection),
      );
      this.#hopeful.clear();
      for await (const documents of this.#waiting(hopeful)) {
        if (this.#parts.soft.aborted) {
          for (const mapping of hopeful) this.#hopeful.add(mapping);
          return done;
        }
        const keys = { documents, events: new Map(), isRetry: true };
        const applied = await applyChanges(this.#parts, keys, noAdvance);
        this.notice(applied.counts);
        done.push(applied);
      }
    }
    const took = performance.now() - startedAt;
    this.#notBefore = performance.now() + Math.max(shortestPauseMs, took / shareOfTime);
    return done;
  }

  /** `_id`s of those that wait, those of several collections together where they are few: they may need each other. */
  async *#waiting(
    collections: readonly CollectionMapping[],
  ): AsyncGenerator<ReadonlyMap<string, readonly Uint8Array[]>> {
    const { run, syncStore } = this.#parts;
    let batch = new Map<string, readonly Uint8Array[]>();
    let room = idsPerBatch;
    for (const { collection } of collections) {
      const ids = await syncStore.waitingIds(run.runId, collection, waitingCodes);
      for (let start = 0; start < ids.length; ) {
        const part = ids.slice(start, start + room);
        batch.set(collection, part);
        start += part.length;
        room -= part.length;
        if (room > 0) continue;
        yield batch;
        batch = new Map();
        room = idsPerBatch;
      }
    }
    if (batch.size > 0) yield batch;
  }
}
