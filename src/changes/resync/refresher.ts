import { type CursorMark, noSyncCounts, type SyncCounts } from '../../checkpoint/sync-store.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import { applyChanges } from '../apply-changes.ts';
import { BatchLimit } from '../batch-limit.ts';
import { addSyncCounts } from '../sync-tally.ts';
import type { ResyncParts } from './resync-parts.ts';

/** A file is read to its end for each transaction, so it pays to make them few. */
const filePass = { documents: 50_000, learn: () => undefined };
const noEvents: ReadonlyMap<string, number> = new Map();

/** Brings documents of one collection in step as their `_id`s come, in transactions of a size that is learnt. */
export class Refresher {
  readonly #parts: ResyncParts;
  readonly #mapping: CollectionMapping;
  readonly #limit: Pick<BatchLimit, 'documents' | 'learn'>;
  #pending: Uint8Array[] = [];
  /** What was done with the collection so far. */
  counts: SyncCounts = noSyncCounts;

  constructor(parts: ResyncParts, mapping: CollectionMapping) {
    this.#parts = parts;
    this.#mapping = mapping;
    this.#limit = parts.source.readIds === undefined ? filePass : new BatchLimit();
  }

  /** @throws DocrowError `interrupted`, and those of source and target */
  async add(ids: Iterable<Uint8Array>): Promise<void> {
    for (const id of ids) {
      this.#pending.push(id);
      // One more than fits, so that there is something left for the last transaction.
      if (this.#pending.length > this.#limit.documents) await this.#apply(this.#limit.documents);
    }
  }

  /**
   * Applies what is left.
   * @param last `mark` is recorded in the last transaction; `counts`, asked for after it, are of what needed no transaction of rows
   */
  async flush(
    last: { readonly counts?: () => SyncCounts; readonly mark?: CursorMark | undefined } = {},
  ): Promise<void> {
    const { collection } = this.#mapping;
    const { syncStore, writer, tally } = this.#parts;
    while (this.#pending.length > this.#limit.documents) await this.#apply(this.#limit.documents);
    const marks = last.mark === undefined ? undefined : new Map([[collection, last.mark]]);
    if (this.#pending.length > 0) await this.#apply(this.#pending.length, marks);
    else if (marks !== undefined) {
      await syncStore.saveAdvance(writer, { position: undefined, counts: new Map(), marks });
    }
    const more = last.counts?.();
    if (more === undefined) return;
    const counts = new Map([[collection, more]]);
    await syncStore.saveAdvance(writer, { position: undefined, counts });
    tally.addAll(counts);
    this.counts = addSyncCounts(this.counts, more);
  }

  async #apply(documents: number, marks?: ReadonlyMap<string, CursorMark>): Promise<void> {
    const { soft, tally, progress, onProgress, onHeartbeat } = this.#parts;
    if (soft.aborted) throw new DocrowError('interrupted', 'Bringing the tables in step was stopped');
    const { collection } = this.#mapping;
    const ids = this.#pending.slice(0, documents);
    await this.#parts.repeated.look(this.#parts, collection, ids);
    const keys = { documents: new Map([[collection, ids]]), events: noEvents };
    const advance = { position: undefined, ...(marks === undefined ? {} : { marks }) };
    const applied = await applyChanges(this.#parts, keys, advance);
    this.#pending = this.#pending.slice(documents);
    this.#limit.learn(applied);
    tally.addAll(applied.counts);
    const own = applied.counts.get(collection);
    if (own !== undefined) this.counts = addSyncCounts(this.counts, own);
    progress.applied(applied, undefined);
    onProgress();
    await onHeartbeat();
  }
}
