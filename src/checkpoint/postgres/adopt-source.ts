import { DocrowError } from '../../errors/docrow-error.ts';
import type { SourceIdentity, SourceRange } from '../../source/document-source.ts';
import { addRows } from '../checkpoint-store.ts';
import type { SyncStore } from '../sync-store.ts';
import { toRangeRecord } from './state-rows.ts';

type RunStatement = Parameters<ReturnType<SyncStore['advance']>>[0];

const counted = ['read', 'loaded', 'rejected', 'filtered', 'bytes'] as const;

/**
 * Makes a run belong to another source of the same database. Ranges are places in the source, so they are replaced; what
 * the load counted stays as history, in the first range of each collection. What says where changes are followed from
 * is about the source of before, and is forgotten.
 * @throws DocrowError `run-fenced`
 */
export async function adoptSource(
  run: RunStatement,
  writer: { readonly runId: string; readonly epoch: number },
  { kind, database, fingerprint }: SourceIdentity,
  ranges: ReadonlyMap<string, readonly SourceRange[]>,
): Promise<void> {
  const { runId, epoch } = writer;
  const { rows: before } = await run(
    'select source_kind, source_database, source_fingerprint from docrow.run where run_id = $1 and epoch = $2 for update',
    [runId, epoch],
  );
  if (before.length !== 1) throw new DocrowError('run-fenced', 'Another process has taken over this run');
  await run(
    'update docrow.run set source_kind = $2, source_database = $3, source_fingerprint = $4 where run_id = $1',
    [runId, kind, database, fingerprint],
  );
  const { rows: collections } = await run('select collection from docrow.collection_run where run_id = $1', [
    runId,
  ]);
  for (const row of collections) {
    const collection = String(row['collection']);
    const everything: readonly SourceRange[] = [{ lower: undefined, upper: undefined }];
    await replaceRanges(run, runId, collection, ranges.get(collection) ?? everything);
  }
  await run('delete from docrow.digest_range where run_id = $1', [runId]);
  // Documents without an `_id` that can be read are found by their place in the source.
  await run('delete from docrow.rejection where run_id = $1 and id is null', [runId]);
  await run(
    `update docrow.change_position
    set cluster_time = null, resume_token = null, reason = 'The run was loaded from another source', stored_at = now()
    where run_id = $1`,
    [runId],
  );
  await run(
    `update docrow.sync set cluster_time = null, resume_token = null, recovery_time = null, recovery_token = null
    where run_id = $1`,
    [runId],
  );
  await run(
    `update docrow.sync_collection
    set stop_code = null, stop_reason = null, stop_time = null,
      cursor_field = null, cursor_value = null, cursor_text = null
    where run_id = $1`,
    [runId],
  );
  const old = before[0]!;
  const text = JSON.stringify({
    from: {
      kind: old['source_kind'],
      database: old['source_database'],
      fingerprint: old['source_fingerprint'],
    },
    to: { kind, database, fingerprint },
  });
  await run(
    `insert into docrow.audit (run_id, action, collection, id_text, table_name)
    values ($1, 'adopt-source', '', $2, '')`,
    [runId, text],
  );
}

async function replaceRanges(
  run: RunStatement,
  runId: string,
  collection: string,
  ranges: readonly SourceRange[],
): Promise<void> {
  const { rows: old } = await run(
    'select * from docrow.range where run_id = $1 and collection = $2 order by range_number',
    [runId, collection],
  );
  const adjustments = old.map((row) => row['adjustments'] as Record<string, number>).reduce(addRows, {});
  const records = old.map(toRangeRecord);
  const rows = records.map((record) => record.rows).reduce(addRows, {});
  await run('delete from docrow.range where run_id = $1 and collection = $2', [runId, collection]);
  for (const [number, { lower, upper }] of ranges.entries()) {
    const isFirst = number === 0;
    const sums = counted.map((name) =>
      isFirst ? records.reduce((sum, { counts }) => sum + counts[name], 0) : 0,
    );
    await run(
      `insert into docrow.range (run_id, collection, range_number, lower_bound, upper_bound, is_done,
        ${counted.join(', ')}, rows, adjustments)
      values ($1, $2, $3, $4, $5, true, $6, $7, $8, $9, $10, $11, $12)`,
      [
        runId,
        collection,
        number,
        lower === undefined ? null : Buffer.from(lower),
        upper === undefined ? null : Buffer.from(upper),
        ...sums,
        JSON.stringify(isFirst ? rows : {}),
        JSON.stringify(isFirst ? adjustments : {}),
      ],
    );
  }
}
