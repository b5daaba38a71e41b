import type { RefreshWriter } from '../../../checkpoint/refresh-record.ts';
import { toDocrowError } from '../../../errors/to-docrow-error.ts';
import type { CollectionMapping, TableMapping } from '../../../mapping/mapping.ts';
import type {
  RefreshBatch,
  RefreshTarget,
  RefreshTransaction,
  RemovedRows,
  RowKey,
} from '../../refresh-target.ts';
import type { TargetTable } from '../../row-target.ts';
import { commitChunk } from '../chunk-transaction.ts';
import { closePostgres, connectPostgres } from '../connect.ts';
import { joinRun } from '../run-lock.ts';
import { PostgresRefreshBatch } from './postgres-refresh-batch.ts';
import { PostgresRefreshTransaction } from './postgres-refresh-transaction.ts';
import { beginSql, RefreshSession } from './refresh-session.ts';
import { removeRows } from './remove-rows.ts';
import { stagedRowsSavepoint } from './stage-rows.ts';
import { emptyStaging } from './staging.ts';

/** Brings documents in step in PostgreSQL, on a connection of its own. */
export class PostgresRefreshTarget implements RefreshTarget {
  readonly #session: RefreshSession;

  private constructor(session: RefreshSession) {
    this.#session = session;
  }

  /** @param collections all that have a mapping, since they may refer to each other */
  static async open(
    uri: string,
    schema: string,
    collections: readonly CollectionMapping[],
  ): Promise<PostgresRefreshTarget> {
    const client = await connectPostgres(uri);
    await joinRun(client);
    return new PostgresRefreshTarget(new RefreshSession(client, schema, collections));
  }

  async begin(
    writer: RefreshWriter,
    collection: CollectionMapping,
    tables: readonly TargetTable[],
  ): Promise<RefreshTransaction> {
    const session = this.#session;
    const { client } = session;
    try {
      const parts = await session.partsOf(collection, tables);
      await client.query([beginSql, ...emptyStaging(parts.staging), stagedRowsSavepoint].join('; '));
      const end = {
        isFenced: false,
        commit: () => commitChunk(client),
        rollback: async () => {
          await client.query('rollback').catch(() => undefined);
        },
      };
      return new PostgresRefreshTransaction({ ...parts, writer, end });
    } catch (error) {
      throw toDocrowError(error);
    }
  }

  async beginBatch(): Promise<RefreshBatch> {
    return new PostgresRefreshBatch(this.#session);
  }

  async removeRows(
    writer: RefreshWriter,
    collection: CollectionMapping,
    table: TableMapping,
    rows: readonly RowKey[],
    isDry: boolean,
  ): Promise<RemovedRows> {
    const { client, schema } = this.#session;
    try {
      return await removeRows(client, schema, writer, collection, table, rows, isDry);
    } catch (error) {
      throw toDocrowError(error);
    }
  }

  async close(): Promise<void> {
    await closePostgres(this.#session.client);
  }
}
