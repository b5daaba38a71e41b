import { DocrowError } from '../../errors/docrow-error.ts';
import { compareClusterTimes, type FeedPosition } from '../../source/change-feed.ts';
import type { CursorMark, SyncCounts, SyncStop, SyncStore, SyncWriter } from '../sync-store.ts';
import { addedCounts } from './save-chunk.ts';

export type RunStatement = Parameters<ReturnType<SyncStore['advance']>>[0];

export const counted = [
  'events',
  'read',
  'loaded',
  'rejected',
  'filtered',
  'inserted',
  'updated',
  'deleted',
  'unchanged',
  'bytes',
] as const satisfies readonly (keyof SyncCounts)[];

/**
 * Keeps the run's epoch and its position from being moved by anybody else until the transaction ends.
 * @returns the cluster time that is stored
 * @throws DocrowError `run-fenced`
 */
export async function storedTime(
  run: RunStatement,
  { runId, epoch }: SyncWriter,
): Promise<string | undefined> {
  const { rows } = await run(
    `select s.cluster_time from docrow.run r join docrow.sync s using (run_id)
    where r.run_id = $1 and r.epoch = $2 for update of s for share of r`,
    [runId, epoch],
  );
  if (rows.length === 1) return (rows[0]!['cluster_time'] as string | null) ?? undefined;
  throw fenced();
}

export const fenced = (): DocrowError =>
  new DocrowError('run-fenced', 'Another process has taken over this run');

/** @throws DocrowError `history-regressed` */
export function requireLater(stored: string | undefined, { clusterTime }: FeedPosition): void {
  if (stored === undefined || compareClusterTimes(stored, clusterTime) <= 0) return;
  throw new DocrowError(
    'history-regressed',
    `The source’s history is at ${clusterTime}, and changes up to ${stored} are in the tables already`,
  );
}

/** Adds what was done with one collection. */
export async function addCounts(
  run: RunStatement,
  runId: string,
  collection: string,
  counts: SyncCounts,
): Promise<void> {
  const names = counted.join(', ');
  const values = counted.map((_, index) => `$${index + 4}`).join(', ');
  // What changes no row makes no comparison of both sides older.
  const changed = Object.keys(counts.rows).length > 0 ? 'now()' : 'null';
  const sums = counted.map((name) => `${name} = c.${name} + excluded.${name}`).join(', ');
  await run(
    `insert into docrow.sync_collection as c (run_id, collection, rows, ${names}, changed_at)
    values ($1, $2, $3, ${values}, ${changed})
    on conflict (run_id, collection) do update
    set ${sums}, rows = ${addedCounts('c.rows', 'excluded.rows')}, changed_at = coalesce(excluded.changed_at, c.changed_at)`,
    [runId, collection, JSON.stringify(counts.rows), ...counted.map((name) => counts[name])],
  );
}

export async function saveStop(
  run: RunStatement,
  runId: string,
  collection: string,
  { code, reason, clusterTime }: SyncStop,
): Promise<void> {
  await run(
    `insert into docrow.sync_collection (run_id, collection, stop_code, stop_reason, stop_time)
    values ($1, $2, $3, $4, $5)
    on conflict (run_id, collection) do update
    set stop_code = excluded.stop_code, stop_reason = excluded.stop_reason, stop_time = excluded.stop_time`,
    [runId, collection, code, reason, clusterTime ?? null],
  );
}

export async function saveMark(
  run: RunStatement,
  runId: string,
  collection: string,
  { field, value, valueText }: CursorMark,
): Promise<void> {
  await run(
    `insert into docrow.sync_collection (run_id, collection, cursor_field, cursor_value, cursor_text)
    values ($1, $2, $3, $4, $5)
    on conflict (run_id, collection) do update
    set cursor_field = excluded.cursor_field, cursor_value = excluded.cursor_value, cursor_text = excluded.cursor_text`,
    [runId, collection, field, Buffer.from(value), valueText],
  );
}
