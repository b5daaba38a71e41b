import { DocrowError } from '../../../errors/docrow-error.ts';
import type { PostgresClient } from '../connect.ts';
import { quoteTable } from '../quote.ts';
import { guardFunctions } from './guard-functions.ts';
import {
  createTriggerStatements,
  dropTriggerStatement,
  type FoundTrigger,
  findTriggers,
  type GuardedTable,
  triggersOf,
  wasGuarded,
} from './guard-triggers.ts';

/** Programs that write to a table wait for as long, before docrow gives up instead. */
const limitWaiting = "set local lock_timeout = '5s'";

/** Makes the functions of the triggers where they are not there, or were made by another docrow. */
export async function makeFunctions(client: PostgresClient): Promise<void> {
  for (const { name, body, sql } of guardFunctions) {
    const { rowCount } = await client.query(
      `select from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'docrow' and p.proname = $1 and p.prosrc = $2`,
      [name, body],
    );
    if (rowCount === 0) await client.query(sql);
  }
}

/**
 * Makes the triggers of tables that have not the right ones, in a transaction of the caller, and notes from which
 * transaction on nothing can be written to them unseen.
 * @param found all triggers of the guard that are there
 * @throws DocrowError `target-busy`
 */
export async function makeTriggers(
  client: PostgresClient,
  runId: string,
  missing: readonly GuardedTable[],
  found: readonly FoundTrigger[],
): Promise<void> {
  // Whatever the server's default is: the snapshot below has to be one of after the locks.
  await client.query('set transaction isolation level read committed');
  await client.query(limitWaiting);
  for (const guarded of missing) {
    const old = triggersOf(found, guarded);
    const mode = old.length > 0 ? 'access exclusive' : 'share row exclusive';
    await orBusy(guarded, () =>
      client.query(`lock table ${quoteTable(guarded.schema, guarded.table)} in ${mode} mode`),
    );
    for (const trigger of old) await client.query(dropTriggerStatement(trigger));
    for (const sql of createTriggerStatements(guarded)) await client.query(sql);
  }
  // With the locks held, every transaction that wrote unseen has a smaller number than the next one will get.
  for (const guarded of missing) {
    await client.query(
      `insert into docrow.guarded_table (run_id, collection, table_name, guarded_from)
      values ($1, $2, $3, pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()))
      on conflict (run_id, table_name) do update
      set guarded_from = excluded.guarded_from, is_checked = false where not $4`,
      [runId, guarded.collection, guarded.table, wasGuarded(found, guarded, runId)],
    );
  }
}

/** Drops all triggers of the guard, and their functions, in a transaction of the caller. @throws DocrowError `target-busy` */
export async function dropGuard(client: PostgresClient): Promise<void> {
  await client.query(limitWaiting);
  for (const trigger of await findTriggers(client)) {
    await orBusy(trigger, () => client.query(dropTriggerStatement(trigger)));
  }
  for (const { name } of guardFunctions) await client.query(`drop function if exists docrow.${name}()`);
  await client.query('delete from docrow.guarded_table');
}

/** Says which table it is that could not be locked in time. */
async function orBusy<T>(
  { schema, table }: Pick<GuardedTable, 'schema' | 'table'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as { code?: unknown }).code !== '55P03') throw error;
    throw new DocrowError(
      'target-busy',
      `Another program keeps table ${schema}.${table} locked, so that the guard against writes of others cannot be changed`,
      { schema, table },
      error,
    );
  }
}
