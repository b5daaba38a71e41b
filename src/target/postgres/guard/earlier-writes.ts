import type { PostgresClient } from '../connect.ts';
import { quoteName, quoteTable, quoteText } from '../quote.ts';
import { recordedRows } from './guard-functions.ts';

/** A table that is under guard and was not looked through yet. */
export interface UncheckedTable {
  readonly collection: string;
  readonly table: string;
  /** Transactions before this one may have written unseen. */
  readonly guardedFrom: bigint;
}

/** Transactions from one on, to another one, but for those that had not ended yet when docrow had. */
interface WritePeriod {
  readonly started: bigint;
  /** Undefined for one whose end is not known: all that came after it may be docrow's. */
  readonly ended: bigint | undefined;
  readonly running: readonly bigint[];
}

/**
 * When docrow itself wrote rows of a run, the period of this epoch left out, which has only begun.
 * @returns undefined where nothing is known of it
 */
export async function writePeriods(
  client: PostgresClient,
  runId: string,
  epoch: number,
): Promise<readonly WritePeriod[] | undefined> {
  const { rows } = await client.query(
    `select started::text, pg_catalog.pg_snapshot_xmax(ended)::text as ended,
      array(select xip::text from pg_catalog.pg_snapshot_xip(ended) as xip) as running
    from docrow.write_period where run_id = $1 and epoch <> $2 order by epoch`,
    [runId, epoch],
  );
  if (rows.length === 0) return undefined;
  return rows.map((row) => ({
    started: BigInt(row.started),
    ended: row.ended === null ? undefined : BigInt(row.ended),
    running: (row.running as string[]).map(BigInt),
  }));
}

/**
 * Looks for rows that were last written by a transaction which was not docrow's, between the beginning of the run and
 * the guard, and records them. In a transaction of the caller.
 *
 * The system column xmin tells which transaction that was, in 32 bits; what is older than 2^32 transactions could be
 * taken for another one. Locking a row or freezing it leaves xmin as it is. A savepoint has a number of its own, which
 * no snapshot shows: one of another's transaction that was open while docrow ended is passed over.
 * @returns how many there are
 */
export async function recordEarlierWrites(
  client: PostgresClient,
  schema: string,
  runId: string,
  { collection, table, guardedFrom }: UncheckedTable,
  key: readonly string[],
  periods: readonly WritePeriod[],
): Promise<number> {
  // With a number of its own this transaction is what age() counts from.
  const { rows } = await client.query('select pg_catalog.pg_current_xact_id()::text as own');
  const own = BigInt(rows[0].own);
  const begun = periods.map(({ started }) => started).reduce((a, b) => (a < b ? a : b));
  const age = 'pg_catalog.age(docrow_row.xmin)::bigint';
  const transaction = `${own} - case when ${age} < 0 then ${age} + ${1n << 32n} else ${age} end`;
  const isByOthers = [
    `transaction >= ${begun}`,
    `transaction < ${guardedFrom}`,
    ...periods.map(isOutside),
  ].join(' and ');
  const place = quoteTable(schema, table);
  const counted = await client.query(
    `select count(*) as found from (select ${transaction} as transaction from ${place} docrow_row) rows
    where ${isByOthers}`,
  );
  const found = Number(counted.rows[0].found);
  if (found === 0) return 0;
  const keys = key.map((name) => `${quoteText(name)}, docrow_row.${quoteName(name)}::pg_catalog.text`);
  await client.query(
    `insert into docrow.foreign_write
      (run_id, collection, table_name, operation, place, statement_rows, key, content)
    select $1, $2, $3, 'unknown', number, $4, key, content
    from (
      select pg_catalog.row_number() over () as number, key, content
      from (
        select ${transaction} as transaction, pg_catalog.jsonb_build_object(${keys.join(', ')}) as key,
          pg_catalog.row_to_json(docrow_row.*) as content
        from ${place} docrow_row
      ) rows
      where ${isByOthers} limit ${recordedRows}
    ) found order by number`,
    [runId, collection, table, found],
  );
  return found;
}

function isOutside({ started, ended, running }: WritePeriod): string {
  const parts = [`transaction < ${started}`];
  if (ended !== undefined) parts.push(`transaction >= ${ended}`);
  if (running.length > 0) parts.push(`transaction in (${running.join(', ')})`);
  return `(${parts.join(' or ')})`;
}
