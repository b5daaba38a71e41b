import { addRows } from '../checkpoint/checkpoint-store.ts';
import { noSyncCounts, type SyncCounts } from '../checkpoint/sync-store.ts';
import type { RefreshedDocument, RefreshFollower } from '../pipeline/refresh/refresh-parts.ts';

export const addSyncCounts = (a: SyncCounts, b: SyncCounts): SyncCounts => ({
  events: a.events + b.events,
  read: a.read + b.read,
  loaded: a.loaded + b.loaded,
  rejected: a.rejected + b.rejected,
  filtered: a.filtered + b.filtered,
  inserted: a.inserted + b.inserted,
  updated: a.updated + b.updated,
  deleted: a.deleted + b.deleted,
  unchanged: a.unchanged + b.unchanged,
  bytes: a.bytes + b.bytes,
  rows: addRows(a.rows, b.rows),
});

/** Sums of what was done, by collection. */
export class SyncTally {
  readonly counts = new Map<string, SyncCounts>();

  add(collection: string, counts: SyncCounts): void {
    this.counts.set(collection, addSyncCounts(this.counts.get(collection) ?? noSyncCounts, counts));
  }

  addAll(counts: ReadonlyMap<string, SyncCounts>): void {
    for (const [collection, one] of counts) this.add(collection, one);
  }

  addEvents(collection: string, events: number): void {
    this.add(collection, { ...noSyncCounts, events });
  }

  addDocuments(collection: string, documents: readonly RefreshedDocument[]): void {
    const sum: { -readonly [K in keyof SyncCounts]: SyncCounts[K] } = { ...noSyncCounts };
    const rows = new Map<string, number>();
    for (const { state, change, bytes, rows: changed } of documents) {
      sum.bytes += bytes;
      if (state !== 'absent') {
        sum.read++;
        sum[state]++;
      }
      // One that came and went between two looks is nobody's.
      if (change !== 'rejected' && (state !== 'absent' || change !== 'unchanged')) sum[change]++;
      for (const { table, rows: count } of changed) rows.set(table, (rows.get(table) ?? 0) + count);
    }
    this.add(collection, { ...sum, rows: Object.fromEntries(rows) });
  }

  /** Documents that were not changed themselves, but what they refer to was. */
  addFollowers(followers: readonly RefreshFollower[]): void {
    for (const { collection, change } of followers) {
      const counts = change === 'rejected' ? { read: 1, rejected: 1 } : { read: 1, loaded: 1, updated: 1 };
      this.add(collection, { ...noSyncCounts, ...counts });
    }
  }
}
