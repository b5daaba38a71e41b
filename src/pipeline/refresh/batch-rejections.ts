import type { CheckpointStore, RejectionRecord } from '../../checkpoint/checkpoint-store.ts';
import type { AppliedPart } from './refresh-part.ts';
import type { RefreshStore } from './refresh-parts.ts';
import { keyOfId } from './waiting-documents.ts';

type Rejection = Pick<RejectionRecord, 'collection' | 'id' | 'document'>;

/** The rejections as the transaction of a batch sees them: those of before that it did not settle, and its own. */
export class BatchRejections implements RefreshStore {
  readonly #store: RefreshStore;
  /** By collection and `_id`: what became of documents, undefined for those that are not rejected. */
  readonly #touched = new Map<string, Map<string, Rejection | undefined>>();

  constructor(store: RefreshStore) {
    this.#store = store;
  }

  ranges(runId: string, collection: string): ReturnType<CheckpointStore['ranges']> {
    return this.#store.ranges(runId, collection);
  }

  async *rejections(
    ...[runId, filter, limit]: Parameters<CheckpointStore['rejections']>
  ): AsyncGenerator<Rejection> {
    const touched = this.#touched;
    for await (const rejection of this.#store.rejections(runId, filter, limit)) {
      const { id, collection } = rejection;
      if (id === undefined || touched.get(collection)?.has(keyOfId(id)) !== true) yield rejection;
    }
    for (const [collection, documents] of touched) {
      if (filter.collection !== undefined && filter.collection !== collection) continue;
      for (const rejection of documents.values()) if (rejection !== undefined) yield rejection;
    }
  }

  /** To be called when a part was committed to the batch. */
  note(collection: string, { documents, deferred, recorded }: AppliedPart): void {
    const own = this.#of(collection);
    for (const [number, { forms }] of documents.entries()) {
      if (!deferred.has(number)) for (const form of forms) own.set(keyOfId(form), undefined);
    }
    for (const rejection of recorded) {
      if (rejection.id !== undefined) this.#of(rejection.collection).set(keyOfId(rejection.id), rejection);
    }
  }

  #of(collection: string): Map<string, Rejection | undefined> {
    const known = this.#touched.get(collection) ?? new Map<string, Rejection | undefined>();
    this.#touched.set(collection, known);
    return known;
  }
}
