import { compareIds } from '../../bson/compare-ids.ts';
import type { RejectionRecord } from '../../checkpoint/checkpoint-store.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import { sharedPath } from '../../pipeline/column-path.ts';
import { describeRejection } from '../../pipeline/describe-rejection.ts';
import { idKey } from '../../validation/digests/exceptions.ts';
import type { SyncParts } from '../sync-parts.ts';
import { IdSet, idsOf } from './id-set.ts';

type Parts = Pick<SyncParts, 'source' | 'run' | 'syncStore' | 'writer'>;

/**
 * Documents that a file holds several times with one `_id`, as a dump made without a snapshot may. One of them has its
 * rows; the others stay set aside, although what is brought in step is the `_id`, whose rejections are over then.
 */
export class RepeatedDocuments {
  readonly #ids = new Map<string, Map<string, Uint8Array>>();

  /** Looks which of the `_id`s a file holds several times; a server holds none. */
  async look({ source, run }: Parts, collection: string, ids: readonly Uint8Array[]): Promise<void> {
    if (run.identity.kind === 'mongo' || ids.length === 0) return;
    const found: Uint8Array[] = [];
    for await (const batch of source.readByIds(collection, ids)) {
      found.push(...idsOf(batch));
      batch.release();
    }
    const known = this.#ids.get(collection) ?? new Map<string, Uint8Array>();
    for (const id of new IdSet(found).repeated()) known.set(idKey(id), id);
    this.#ids.set(collection, known);
  }

  /** Sets the others aside again, of those `_id`s that have no such rejection any more. */
  async restore(parts: Parts, mapping: CollectionMapping): Promise<void> {
    const { syncStore, run, writer } = parts;
    const { collection } = mapping;
    const ids = [...(this.#ids.get(collection)?.values() ?? [])];
    if (ids.length === 0) return;
    const known = new IdSet(await syncStore.rejectedIds(run.runId, collection, ['duplicate-value']));
    const rejections = await othersOf(
      parts,
      mapping,
      ids.filter((id) => !known.has(id)),
    );
    if (rejections.length === 0) return;
    await syncStore.saveAdvance(writer, { position: undefined, counts: new Map(), rejections });
  }
}

async function othersOf(
  { source }: Parts,
  mapping: CollectionMapping,
  ids: readonly Uint8Array[],
): Promise<readonly RejectionRecord[]> {
  if (ids.length === 0) return [];
  const root = mapping.tables[0]!;
  const describe = describeRejection(mapping.collection, root.name);
  const path = sharedPath(mapping, root, root.key);
  const reason = `Another row of table ${root.name} has the same ${root.key.join(', ')}`;
  const found: (RejectionRecord & { readonly id: Uint8Array })[] = [];
  for await (const batch of source.readByIds(mapping.collection, ids)) {
    for (let index = 0; index < batch.count; index++) {
      const rejection = describe(batch, batch.starts[index]!, { code: 'duplicate-value', path, reason });
      if (rejection.id !== undefined) found.push({ ...rejection, id: rejection.id });
    }
    batch.release();
  }
  // In the order of the file, the first one of each `_id` has the rows.
  const sorted = found.toSorted((a, b) => compareIds(a.id, b.id));
  return sorted.filter(({ id }, at) => at > 0 && compareIds(sorted[at - 1]!.id, id) === 0);
}
