import { DocrowError } from '../../errors/docrow-error.ts';
import type { AuditEntry, RefreshRecord, RefreshWriter } from '../refresh-record.ts';
import { addedCounts, type RunSql, saveRejections } from './save-chunk.ts';

/**
 * Records what became of documents that were brought in step, in the transaction that changed their rows. The epoch has
 * to be made sure of before it ends.
 */
export async function saveRefresh(run: RunSql, writer: RefreshWriter, record: RefreshRecord): Promise<void> {
  const { runId, collection } = writer;
  if (record.settled.length > 0) {
    await run('delete from docrow.rejection where run_id = $1 and rejection_number = any($2::bigint[])', [
      runId,
      record.settled,
    ]);
  }
  if (record.rejections.length > 0) await saveRejections(run, runId, record.rejections);
  if (record.setAside !== 0 || Object.keys(record.rowsSetAside).length > 0) {
    await run(
      `update docrow.collection_run
      set set_aside = set_aside + $3, rows_set_aside = ${addedCounts('rows_set_aside', '$4')}
      where run_id = $1 and collection = $2`,
      [runId, collection, record.setAside, JSON.stringify(record.rowsSetAside)],
    );
  }
  for (const move of record.moves) {
    await run(
      `update docrow.range set read = read + $4, loaded = loaded + $5, filtered = filtered + $6
      where run_id = $1 and collection = $2 and range_number = $3`,
      [runId, collection, move.rangeNumber, move.read, move.loaded, move.filtered],
    );
  }
  if (Object.keys(record.adjustments).length > 0) {
    await run(
      `update docrow.range set adjustments = ${addedCounts('adjustments', '$3')}
      where run_id = $1 and collection = $2 and range_number = 0`,
      [runId, collection, JSON.stringify(record.adjustments)],
    );
  }
  if (record.ids.length > 0) {
    await run(
      `delete from docrow.audit a using unnest($3::bytea[]) as g (id)
      where a.run_id = $1 and a.collection = $2 and a.action = 'orphan-null' and a.id = g.id
        and ${idPrefix('a.id')} = ${idPrefix('g.id')}`,
      [runId, collection, record.ids.map((id) => Buffer.from(id))],
    );
  }
  await saveAudit(run, writer, record.audit);
}

/** What `docrow.audit` is indexed by besides run and collection: an index holds no long `_id`s. */
const idPrefix = (id: string): string => `pg_catalog.substr(${id}, 1, 1000)`;

/** Writes lines of `docrow.audit`. */
export async function saveAudit(
  run: RunSql,
  { runId, collection }: RefreshWriter,
  entries: readonly AuditEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await run(
    `insert into docrow.audit (run_id, collection, action, id, id_text, table_name, column_name)
    select $1, $2, * from unnest($3::text[], $4::bytea[], $5::text[], $6::text[], $7::text[])`,
    [
      runId,
      collection,
      entries.map(({ action }) => action),
      entries.map(({ id }) => (id === undefined ? null : Buffer.from(id))),
      entries.map(({ idText }) => idText.replaceAll('\0', '\\0')),
      entries.map(({ table }) => table),
      entries.map(({ column }) => column ?? null),
    ],
  );
}

/** Keeps the run's epoch from being raised until the transaction ends. @throws DocrowError `run-fenced` */
export async function requireEpoch(run: RunSql, { runId, collection, epoch }: RefreshWriter): Promise<void> {
  const { rowCount } = await run('select from docrow.run where run_id = $1 and epoch = $2 for share', [
    runId,
    epoch,
  ]);
  if (rowCount === 1) return;
  throw new DocrowError('run-fenced', 'Another process has taken over this run', { collection });
}
