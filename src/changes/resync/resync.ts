import { DocrowError } from '../../errors/docrow-error.ts';
import { toDocrowError } from '../../errors/to-docrow-error.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { DocumentSource } from '../../source/document-source.ts';
import { SyncTally } from '../sync-tally.ts';
import { WaitingDocuments } from '../waiting-documents.ts';
import type { ResyncParts } from './resync-parts.ts';

/**
 * Does a work for collection after collection, referenced ones first, and then tries those documents again that waited
 * for others. What was done before is left out.
 * @returns false when it was stopped before the end
 * @throws DocrowError those of the work; what was done before is durable
 */
export async function resyncCollections(
  parts: ResyncParts,
  collections: readonly CollectionMapping[],
  work: (mapping: CollectionMapping) => Promise<void>,
): Promise<boolean> {
  const { soft, done, onProgress, tally, progress, onHeartbeat } = parts;
  try {
    for (const mapping of collections) {
      if (done.has(mapping.collection)) continue;
      if (soft.aborted) return false;
      await work(mapping);
      done.add(mapping.collection);
      onProgress();
    }
    await parts.deletes.apply(parts, collections);
    for (const { collection } of collections) {
      const ids = await parts.syncStore.rejectedIds(parts.run.runId, collection, ['duplicate-value']);
      await parts.repeated.look(parts, collection, ids);
    }
    const settled = new SyncTally();
    for (const applied of await new WaitingDocuments(parts).settle(true)) {
      settled.addAll(applied.counts);
      progress.applied(applied, undefined);
    }
    tally.addAll(settled.counts);
    for (const mapping of collections) await parts.repeated.restore(parts, mapping);
    await onHeartbeat();
    return !soft.aborted;
  } catch (thrown) {
    const error = toDocrowError(thrown);
    if (error.code === 'interrupted' && soft.aborted) return false;
    throw error;
  }
}

/** Collections that the source does not have. An empty one is there: nobody says that its documents are gone otherwise. */
export async function missingCollections(
  source: DocumentSource,
  collections: readonly CollectionMapping[],
): Promise<readonly string[]> {
  const present = new Set((await source.listCollections()).map(({ name }) => name));
  return collections.flatMap(({ collection }) => (present.has(collection) ? [] : [collection]));
}

/**
 * A collection that is not there is not the same as one without documents, whose rows would all be deleted.
 * @throws DocrowError `source-not-found`
 */
export async function requireCollections(
  source: DocumentSource,
  collections: readonly CollectionMapping[],
): Promise<void> {
  const missing = await missingCollections(source, collections);
  if (missing.length > 0) throw goneError(missing);
}

export function goneError(missing: readonly string[]): DocrowError {
  const what =
    missing.length === 1 ? `no collection ${missing[0]}` : `none of the collections ${missing.join(', ')}`;
  return new DocrowError('source-not-found', `The source has ${what}; its rows stay as they are`, {
    collection: missing[0],
  }).advising(
    'If it is gone for good, take its mapping away or name the others with --only; for one without documents, an empty collection (or file) will do',
  );
}
