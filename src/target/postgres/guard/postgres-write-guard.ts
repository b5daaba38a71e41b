import { toDocrowError } from '../../../errors/to-docrow-error.ts';
import type { CollectionMapping } from '../../../mapping/mapping.ts';
import type { ForeignWriteCounts, ForeignWrites, GuardWriter, WriteGuard } from '../../write-guard.ts';
import { inTransaction, type PostgresClient } from '../connect.ts';
import { IdleConnection } from '../idle-connection.ts';
import { dropGuard, makeFunctions, makeTriggers } from './change-guard.ts';
import { recordEarlierWrites, writePeriods } from './earlier-writes.ts';
import { findTriggers, guardedTables, isGuarded } from './guard-triggers.ts';
import { readForeignWrites } from './read-foreign-writes.ts';

/** Looks out for writes of others by statement triggers. */
export class PostgresWriteGuard implements WriteGuard {
  readonly #connection: IdleConnection;
  readonly #schema: string;

  constructor(uri: string, schema: string) {
    this.#connection = new IdleConnection(uri);
    this.#schema = schema;
  }

  install(
    { runId, epoch }: GuardWriter,
    collections: readonly CollectionMapping[],
  ): Promise<readonly ForeignWriteCounts[]> {
    return this.#use(async (client) => {
      const found = await findTriggers(client);
      const missing = guardedTables(runId, this.#schema, collections).filter(
        (table) => !isGuarded(found, table),
      );
      await makeFunctions(client);
      if (missing.length > 0) {
        await inTransaction(client, () => makeTriggers(client, runId, missing, found));
      }
      const counts = await this.#lookThrough(client, runId, epoch, collections);
      await forgetPeriods(client, runId, epoch);
      return counts;
    });
  }

  isInstalled(runId: string, collections: readonly CollectionMapping[]): Promise<boolean> {
    return this.#use(async (client) => {
      const found = await findTriggers(client);
      return guardedTables(runId, this.#schema, collections).every((table) => isGuarded(found, table));
    });
  }

  remove(): Promise<void> {
    return this.#use((client) => inTransaction(client, () => dropGuard(client)));
  }

  report(runId: string, since: string | undefined, limit: number): Promise<ForeignWrites> {
    return this.#use((client) => readForeignWrites(client, runId, since, limit));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** Goes over tables whose rows were open to others until their guard came, each in a transaction of its own. */
  async #lookThrough(
    client: PostgresClient,
    runId: string,
    epoch: number,
    collections: readonly CollectionMapping[],
  ): Promise<readonly ForeignWriteCounts[]> {
    const periods = await writePeriods(client, runId, epoch);
    const { rows } = await client.query(
      `select collection, table_name, guarded_from::text from docrow.guarded_table
      where run_id = $1 and not is_checked order by collection, table_name`,
      [runId],
    );
    const counts: ForeignWriteCounts[] = [];
    for (const { collection, table_name: table, guarded_from: from } of rows) {
      const mapping = collections.find((each) => each.collection === collection);
      const key = mapping?.tables.find(({ name }) => name === table)?.key;
      if (key === undefined) continue;
      const unchecked = { collection, table, guardedFrom: BigInt(from) };
      const unknown = await inTransaction(client, async () => {
        await client.query(
          'update docrow.guarded_table set is_checked = true where run_id = $1 and table_name = $2',
          [runId, table],
        );
        if (periods === undefined) return 0;
        return recordEarlierWrites(client, this.#schema, runId, unchecked, key, periods);
      });
      if (unknown > 0) {
        counts.push({ collection, table, inserted: 0, updated: 0, deleted: 0, truncated: 0, unknown });
      }
    }
    return counts;
  }

  async #use<T>(work: (client: PostgresClient) => Promise<T>): Promise<T> {
    try {
      return await this.#connection.use(work, 'of the run');
    } catch (error) {
      throw toDocrowError(error, 'finish');
    }
  }
}

/**
 * Once all tables of a run are under guard and were looked through, it does not matter any more when docrow wrote
 * before: one period stands for all of them, so that a run that is synced every minute does not gather them.
 */
async function forgetPeriods(client: PostgresClient, runId: string, epoch: number): Promise<void> {
  await client.query(
    `with tables as (
      select t.name, g.is_checked is true as is_checked
      from docrow.collection_run c cross join unnest(c.tables) as t (name)
      left join docrow.guarded_table g on g.run_id = c.run_id and g.table_name = t.name
      where c.run_id = $1
    ), first as (
      select min(epoch) as epoch from docrow.write_period where run_id = $1 and epoch <> $2
    ), merged as (
      update docrow.write_period p set ended = pg_catalog.pg_current_snapshot() from first
      where p.run_id = $1 and p.epoch = first.epoch and (select bool_and(is_checked) from tables)
    )
    delete from docrow.write_period p using first
    where p.run_id = $1 and p.epoch > first.epoch and p.epoch <> $2 and (select bool_and(is_checked) from tables)`,
    [runId, epoch],
  );
}
