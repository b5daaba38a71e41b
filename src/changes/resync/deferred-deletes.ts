import type { CollectionMapping } from '../../mapping/mapping.ts';
import { IdSet, idsOf } from './id-set.ts';
import { Refresher } from './refresher.ts';
import type { ResyncParts } from './resync-parts.ts';

/**
 * Documents that are gone and that others may refer to. They wait until the others are in step: those that are gone too
 * are deleted first then, instead of being set aside for a reference that leads nowhere.
 */
export class DeferredDeletes {
  readonly #gone = new Map<CollectionMapping, Uint8Array[]>();
  readonly #referenced: ReadonlySet<string>;

  /** @param collections all that have a mapping */
  constructor(collections: readonly CollectionMapping[]) {
    const owners = new Map(
      collections.flatMap(({ collection, tables }) => tables.map(({ name }) => [name, collection] as const)),
    );
    const referenced = new Set<string>();
    for (const { collection, tables } of collections) {
      for (const { references } of tables.flatMap(({ columns }) => columns)) {
        const owner = references && owners.get(references.table);
        if (owner !== undefined && owner !== collection) referenced.add(owner);
      }
    }
    this.#referenced = referenced;
  }

  /** @returns false when nothing refers to the collection: they need not wait */
  defer(mapping: CollectionMapping, ids: readonly Uint8Array[]): boolean {
    if (!this.#referenced.has(mapping.collection)) return false;
    const known = this.#gone.get(mapping);
    if (known === undefined) this.#gone.set(mapping, [...ids]);
    else known.push(...ids);
    return true;
  }

  /** Keeps those that are gone. @returns the others */
  async deferGone(
    { source }: Pick<ResyncParts, 'source'>,
    mapping: CollectionMapping,
    ids: readonly Uint8Array[],
  ): Promise<readonly Uint8Array[]> {
    if (!this.#referenced.has(mapping.collection)) return ids;
    const present = await presentIds(source, mapping.collection, ids);
    const gone = ids.filter((id) => !present.has(id));
    this.defer(mapping, gone);
    return ids.filter((id) => present.has(id));
  }

  /** Brings them in step, those that refer to others first. */
  async apply(parts: ResyncParts, collections: readonly CollectionMapping[]): Promise<void> {
    for (const mapping of collections.toReversed()) {
      const refresher = new Refresher(parts, mapping);
      await refresher.add(this.#gone.get(mapping) ?? []);
      await refresher.flush();
      this.#gone.delete(mapping);
    }
  }
}

/** Those of the `_id`s that the source has now. */
export async function presentIds(
  source: ResyncParts['source'],
  collection: string,
  ids: readonly Uint8Array[],
): Promise<IdSet> {
  const found: Uint8Array[] = [];
  const read = source.readIds?.(collection, ids) ?? source.readByIds(collection, ids);
  for await (const batch of ids.length === 0 ? [] : read) {
    for (const id of idsOf(batch)) found.push(id);
    batch.release();
  }
  return new IdSet(found);
}
