import type { QueryRows } from './query-rows.ts';

/**
 * Records that a process begins to write rows, under the epoch that the run has now. Whoever does so holds the run's
 * lock, so that periods which a killed process left open end here.
 */
export async function beginWriting(query: QueryRows, runId: string): Promise<void> {
  await query(
    `with ended as (
      update docrow.write_period set ended = pg_catalog.pg_current_snapshot() where ended is null
    )
    insert into docrow.write_period (run_id, epoch) select run_id, epoch from docrow.run where run_id = $1`,
    [runId],
  );
}

/**
 * Records that docrow writes rows no more: all that it wrote is in the snapshot of now, and what comes to the tables
 * afterwards is by others. To be called with the run's lock, when all transactions of docrow have ended.
 */
export async function endWriting(query: QueryRows): Promise<void> {
  await query('update docrow.write_period set ended = pg_catalog.pg_current_snapshot() where ended is null');
}
