import { rowsOf } from '../../checkpoint/checkpoint-store.ts';
import { type CursorMark, noSyncCounts, type SyncCounts } from '../../checkpoint/sync-store.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import {
  type ComparedDigests,
  compareDigests,
  type DigestOutcome,
} from '../../validation/digests/compare-digests.ts';
import { idKey } from '../../validation/digests/exceptions.ts';
import { addSyncCounts } from '../sync-tally.ts';
import { findGone, idsPerQuestion } from './find-gone.ts';
import { idsOf } from './id-set.ts';
import { reasonCodes } from './reason-codes.ts';
import { Refresher } from './refresher.ts';
import { removeStrays } from './remove-strays.ts';
import type { ResyncParts } from './resync-parts.ts';

/** `_id`s of rejected documents that are kept in memory; where there are more, all documents are looked at. */
const mostRejected = 500_000;

/** What reading all documents of a collection told. */
interface Comparison {
  readonly outcome: DigestOutcome;
  /** Documents that the encoder rejected, and those that were set aside before. */
  readonly rejected: ReadonlyMap<string, Uint8Array>;
  readonly bytes: number;
}

/**
 * Brings all tables of a collection in step with the source: everything is read and compared by digest, and what differs
 * is written, deletes included. Documents that are set aside are tried again, and so are those that should be and are
 * not. What is changed while it reads is in the tables as it was at some moment of the comparison, or later.
 * @param mark recorded when all is done
 * @throws DocrowError `interrupted`, and those of source and target
 */
export async function compareAndRefresh(
  parts: ResyncParts,
  mapping: CollectionMapping,
  mark?: CursorMark,
): Promise<void> {
  const comparison = await compare(parts, mapping);
  const { outcome, bytes } = comparison;
  const refresher = new Refresher(parts, mapping);
  const suspects =
    outcome.kind === 'compared' && comparison.rejected.size <= mostRejected ? outcome.suspects() : 'all';
  if (outcome.kind === 'compared' && suspects !== 'all') {
    const removed = await refreshSuspects(parts, mapping, refresher, { ...comparison, outcome }, suspects);
    await refresher.flush({
      counts: () => addSyncCounts(removed, unchangedCounts(outcome, bytes, refresher.counts)),
      mark,
    });
    return;
  }
  if (outcome.kind === 'unavailable')
    parts.onEvent({
      kind: 'notice',
      message: `${outcome.reason}; all documents are written anew where they differ`,
    });
  await refreshAll(parts, mapping, refresher);
  const removed = await refreshGone(parts, mapping, refresher);
  await refresher.flush({ counts: () => removed, mark });
}

async function compare(parts: ResyncParts, mapping: CollectionMapping): Promise<Comparison> {
  const { digestParts, syncStore, run } = parts;
  const { collection } = mapping;
  const rejected = new Map<string, Uint8Array>();
  let nameless = 0;
  let bytes = 0;
  const known = await syncStore.rejectedIds(run.runId, collection, reasonCodes);
  // What an earlier comparison kept would not tell which documents it rejected.
  await digestParts.digests.forgetRanges(run.runId, collection);
  const outcome = await compareDigests(
    {
      ...digestParts,
      onEvent: (event) => {
        if (event.kind === 'documents-read') bytes += event.bytes;
        parts.onEvent(event);
      },
      onRejected: (note) => {
        nameless += note.nameless;
        for (const id of note.ids) {
          if (rejected.size <= mostRejected) rejected.set(idKey(id), id);
        }
      },
    },
    mapping,
  );
  for (const id of known) rejected.set(idKey(id), id);
  if (nameless > 0) {
    const message = `${nameless} documents of ${collection} have no _id that can be read, and are in no table`;
    parts.onEvent({ kind: 'notice', message });
  }
  return { outcome, rejected, bytes };
}

/** @returns what became of rows that no document leads to */
async function refreshSuspects(
  parts: ResyncParts,
  mapping: CollectionMapping,
  refresher: Refresher,
  { outcome, rejected }: Comparison & { readonly outcome: ComparedDigests },
  suspects: AsyncIterable<readonly Uint8Array[]>,
): Promise<SyncCounts> {
  const left = new Map(rejected);
  let waiting: Uint8Array[] = [];
  const refresh = async (): Promise<void> => {
    await refresher.add(await parts.deletes.deferGone(parts, mapping, waiting));
    waiting = [];
  };
  for await (const ids of suspects) {
    for (const id of ids) left.delete(idKey(id));
    waiting.push(...ids);
    if (waiting.length >= idsPerQuestion(parts.source)) await refresh();
  }
  await refresh();
  await refresher.add(left.values());
  const strays = outcome.strays();
  if (strays.length === 0) return noSyncCounts;
  const removed = await removeStrays(parts, mapping, strays);
  await refresher.add(removed.ids);
  return removed.counts;
}

/** Documents that were compared and needed nothing. All that are rejected were looked at one by one. */
function unchangedCounts(
  { documents: { read, filtered } }: ComparedDigests,
  bytes: number,
  refreshed: SyncCounts,
): SyncCounts {
  const filteredMore = Math.max(0, filtered - refreshed.filtered);
  const loaded = Math.max(0, read - refreshed.read - filteredMore);
  return {
    ...noSyncCounts,
    read: loaded + filteredMore,
    loaded,
    filtered: filteredMore,
    unchanged: loaded + filteredMore,
    bytes: Math.max(0, bytes - refreshed.bytes),
  };
}

async function refreshAll(
  parts: ResyncParts,
  mapping: CollectionMapping,
  refresher: Refresher,
): Promise<void> {
  const { source, store, run, soft } = parts;
  const { collection } = mapping;
  if (source.readFields !== undefined) {
    for await (const batch of source.readFields(collection, { path: undefined, signal: soft })) {
      await refresher.add(idsOf(batch));
    }
    return;
  }
  for (const { range } of await store.ranges(run.runId, collection)) {
    for await (const batch of source.readRange(collection, range, { signal: soft })) {
      const ids = [...idsOf(batch)];
      batch.release();
      await refresher.add(ids);
    }
  }
}

/** @returns what became of rows that no document leads to */
export async function refreshGone(
  parts: ResyncParts,
  mapping: CollectionMapping,
  refresher: Refresher,
): Promise<SyncCounts> {
  const { store, run, onEvent } = parts;
  const { collection, tables, idColumn } = mapping;
  const record = (await store.collections(run.runId)).find((one) => one.collection === collection);
  const hadRows = record !== undefined && tables.some(({ name }) => rowsOf(record.rowsBefore, name) > 0);
  const withRows = !hadRows || idColumn === undefined;
  if (!withRows) {
    const message = `The tables of ${collection} held rows before the load, which cannot be told from those of documents that are gone: none are deleted`;
    onEvent({ kind: 'notice', message });
  }
  let counts = noSyncCounts;
  for await (const { ids, strays } of findGone(parts, mapping, withRows)) {
    if (!parts.deletes.defer(mapping, ids)) await refresher.add(ids);
    if (strays.length === 0 || hadRows) continue;
    const table = tables[0]!.name;
    const removed = await removeStrays(
      parts,
      mapping,
      strays.map((key) => ({ table, key: new Map(Object.entries(key)) })),
    );
    await refresher.add(removed.ids);
    counts = addSyncCounts(counts, removed.counts);
  }
  return counts;
}
