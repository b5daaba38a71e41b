import type { SyncAdvance, SyncCounts } from '../checkpoint/sync-store.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import { reachFailPoint } from '../pipeline/fail-point.ts';
import { refreshBatch } from '../pipeline/refresh/refresh-batch.ts';
import type { SyncParts } from './sync-parts.ts';
import { SyncTally } from './sync-tally.ts';

export interface AppliedChanges {
  /** By collection, those included whose documents refer to what is gone. */
  readonly counts: ReadonlyMap<string, SyncCounts>;
  readonly documents: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Keys whose documents are brought in step together. */
export interface ChangedKeys {
  readonly documents: ReadonlyMap<string, readonly Uint8Array[]>;
  readonly events: ReadonlyMap<string, number>;
  /** They were rejected before; those whose rows do not change are not counted again. */
  readonly isRetry?: boolean;
}

const documentsPerPart = 10_000;

/**
 * Brings the rows of these documents in step with the source, and moves the position, in one transaction: whoever reads
 * the tables sees all of it or nothing.
 * @throws DocrowError those of source and target; nothing is changed then
 */
export async function applyChanges(
  parts: SyncParts,
  { documents, events, isRetry = false }: ChangedKeys,
  advance: Omit<SyncAdvance, 'counts'>,
): Promise<AppliedChanges> {
  const startedAt = performance.now();
  const batch = await parts.target.beginBatch();
  try {
    const works = parts.collections.flatMap((mapping) => {
      const ids = documents.get(mapping.collection);
      return ids === undefined ? [] : [{ parts: parts.refreshParts(mapping, batch), ids }];
    });
    const outcomes = await refreshBatch(works, {
      onReject: ({ onReject }: CollectionMapping) => onReject,
      audit: undefined,
      counts: 'leave',
      documentsPerTransaction: documentsPerPart,
    });
    const tally = new SyncTally();
    for (const [collection, count] of events) tally.addEvents(collection, count);
    for (const [index, { documents: refreshed, followers }] of outcomes.entries()) {
      const counted = isRetry
        ? refreshed.filter(({ change }) => change !== 'rejected' && change !== 'unchanged')
        : refreshed;
      if (counted.length > 0) tally.addDocuments(works[index]!.parts.mapping.collection, counted);
      tally.addFollowers(followers);
    }
    reachFailPoint('mid-sync');
    await batch.commit(parts.syncStore.advance(parts.writer, { ...advance, counts: tally.counts }));
    reachFailPoint('after-sync');
    let bytes = 0;
    let read = 0;
    for (const { documents: refreshed } of outcomes) {
      read += refreshed.length;
      for (const document of refreshed) bytes += document.bytes;
    }
    return {
      counts: tally.counts,
      documents: read,
      bytes,
      seconds: (performance.now() - startedAt) / 1000,
    };
  } catch (error) {
    await batch.rollback();
    throw error;
  }
}
