import type { ForeignOperation, ForeignWriteCounts, ForeignWrites } from '../../write-guard.ts';
import type { PostgresClient } from '../connect.ts';

/** What was recorded of a run and was not visible yet in the snapshot of an earlier call. */
const unseen = `docrow.foreign_write
  where run_id = $1 and ($2::text is null or not pg_catalog.pg_visible_in_snapshot(transaction_id, $2::text::pg_snapshot))`;

const rowsBy = (operation: ForeignOperation): string =>
  `coalesce(sum(statement_rows) filter (where place = 1 and operation = '${operation}'), 0)`;

/**
 * What others wrote. The position is the snapshot that was read by, since numbers and times are given out in another
 * order than transactions end in.
 */
export async function readForeignWrites(
  client: PostgresClient,
  runId: string,
  since: string | undefined,
  limit: number,
): Promise<ForeignWrites> {
  // One snapshot for all three.
  await client.query('begin transaction isolation level repeatable read, read only');
  try {
    const position = await client.query('select pg_catalog.pg_current_snapshot()::text as position');
    const counts = await client.query(
      `select collection, table_name, ${rowsBy('insert')} as inserted, ${rowsBy('update')} as updated,
        ${rowsBy('delete')} as deleted, ${rowsBy('unknown')} as unknown,
        count(*) filter (where operation = 'truncate') as truncated
      from ${unseen} group by collection, table_name order by collection, table_name`,
      [runId, since ?? null],
    );
    const first = await client.query(
      `select write_number, collection, table_name, operation, key, writer, application, recorded_at
      from ${unseen} order by write_number limit $3`,
      [runId, since ?? null, limit],
    );
    await client.query('commit');
    return {
      counts: counts.rows.map(toCounts),
      first: first.rows.map((row) => ({
        number: String(row.write_number),
        collection: row.collection,
        table: row.table_name,
        operation: row.operation,
        key: row.key ?? undefined,
        writer: row.writer ?? undefined,
        application: row.application ?? undefined,
        recordedAt: row.recorded_at,
      })),
      position: position.rows[0].position,
    };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

const toCounts = (row: Record<string, unknown>): ForeignWriteCounts => ({
  collection: String(row['collection']),
  table: String(row['table_name']),
  inserted: Number(row['inserted']),
  updated: Number(row['updated']),
  deleted: Number(row['deleted']),
  truncated: Number(row['truncated']),
  unknown: Number(row['unknown']),
});
