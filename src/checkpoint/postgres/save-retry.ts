import { DocrowError } from '../../errors/docrow-error.ts';
import type { RowCounts } from '../checkpoint-store.ts';
import type { RetryRecord, RetryWriter } from '../retry-store.ts';
import { addedCounts, type RunSql } from './save-chunk.ts';

/**
 * Records what became of some rejections, in the transaction that wrote the rows of those that were loaded.
 * @param rows that the target took, by table
 * @throws DocrowError `run-fenced` when another process took the run over, or a rejection is not there any more
 */
export async function saveRetry(
  run: RunSql,
  writer: RetryWriter,
  record: RetryRecord,
  rows: RowCounts,
): Promise<void> {
  const { runId, collection, epoch, retryNumber } = writer;
  const { loaded, rejected, adjustments, table } = record;
  const current = await run('select from docrow.run where run_id = $1 and epoch = $2 for share', [
    runId,
    epoch,
  ]);
  if (current.rowCount !== 1) throw fenced(collection);
  const gone = await run(
    'delete from docrow.rejection where run_id = $1 and rejection_number = any($2::bigint[])',
    [runId, loaded.map(({ number }) => number)],
  );
  if (gone.rowCount !== loaded.length) throw fenced(collection);
  // A rejection that stays keeps its number and its document.
  const changed = await run(
    `update docrow.rejection r
    set code = n.code, path = n.path, reason = n.reason, table_name = n.table_name, rejected_at = now()
    from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
      as n (rejection_number, code, path, reason, table_name)
    where r.run_id = $1 and r.rejection_number = n.rejection_number`,
    [
      runId,
      rejected.map(({ number }) => number),
      rejected.map(({ code }) => code),
      rejected.map(({ path }) => path.replaceAll('\0', '\\0')),
      rejected.map(({ reason }) => reason),
      rejected.map((each) => each.table ?? null),
    ],
  );
  if (changed.rowCount !== rejected.length) throw fenced(collection);
  await run(
    `insert into docrow.audit (run_id, action, collection, id, id_text, table_name)
    select $1, 'retry-loaded', $2, ids.id, ids.id_text, $3 from unnest($4::bytea[], $5::text[]) as ids (id, id_text)`,
    [
      runId,
      collection,
      table,
      loaded.map(({ id }) => (id === undefined ? null : Buffer.from(id))),
      loaded.map(({ idText }) => idText.replaceAll('\0', '\\0')),
    ],
  );
  const fewer = Object.fromEntries(Object.entries(rows).map(([name, count]) => [name, -count]));
  await run(
    `update docrow.collection_run
    set set_aside = set_aside - $3, rows_set_aside = ${addedCounts('rows_set_aside', '$4')}
    where run_id = $1 and collection = $2`,
    [runId, collection, loaded.length, JSON.stringify(fewer)],
  );
  await run(
    `update docrow.retry set loaded = loaded + $2, adjustments = ${addedCounts('adjustments', '$3')}
    where retry_number = $1`,
    [retryNumber, loaded.length, JSON.stringify(adjustments)],
  );
}

const fenced = (collection: string): DocrowError =>
  new DocrowError('run-fenced', 'Another process has taken over this run', { collection });
