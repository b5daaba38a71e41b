import type { RefreshWriter } from '../../../checkpoint/refresh-record.ts';
import { toDocrowError } from '../../../errors/to-docrow-error.ts';
import type { CollectionMapping, TableMapping } from '../../../mapping/mapping.ts';
import type { RefreshTarget, RefreshTransaction, RemovedRows, RowKey } from '../../refresh-target.ts';
import type { TargetTable } from '../../row-target.ts';
import { closePostgres, connectPostgres, type PostgresClient } from '../connect.ts';
import { joinRun } from '../run-lock.ts';
import { type ForeignKey, madeForeignKeys } from './foreign-keys.ts';
import { PostgresRefreshTransaction } from './postgres-refresh-transaction.ts';
import { removeRows } from './remove-rows.ts';
import { createStaging, type Staging } from './staging.ts';

/** Brings documents in step in PostgreSQL, on a connection of its own. */
export class PostgresRefreshTarget implements RefreshTarget {
  readonly #client: PostgresClient;
  readonly #schema: string;
  readonly #collections: readonly CollectionMapping[];
  readonly #stagings = new Map<string, Staging>();
  #foreignKeys: Promise<readonly ForeignKey[]> | undefined;

  private constructor(client: PostgresClient, schema: string, collections: readonly CollectionMapping[]) {
    this.#client = client;
    this.#schema = schema;
    this.#collections = collections;
  }

  /** @param collections all that have a mapping, since they may refer to each other */
  static async open(
    uri: string,
    schema: string,
    collections: readonly CollectionMapping[],
  ): Promise<PostgresRefreshTarget> {
    const client = await connectPostgres(uri);
    await joinRun(client);
    return new PostgresRefreshTarget(client, schema, collections);
  }

  async begin(
    writer: RefreshWriter,
    collection: CollectionMapping,
    tables: readonly TargetTable[],
  ): Promise<RefreshTransaction> {
    try {
      const client = this.#client;
      this.#foreignKeys ??= madeForeignKeys(client, this.#schema, this.#collections);
      const foreignKeys = await this.#foreignKeys;
      const name = collection.collection;
      let staging = this.#stagings.get(name);
      if (staging === undefined) {
        staging = await createStaging(client, this.#schema, collection, tables, this.#stagings.size);
        this.#stagings.set(name, staging);
      }
      await client.query('begin');
      // Documents of one batch may refer to each other, in any order.
      await client.query('set constraints all deferred');
      // So many keys are looked up one by one; PostgreSQL, which knows nothing of the staged rows, might read it all.
      await client.query('set local enable_seqscan = off');
      // Before version 18 the plans of the staged tables count as dear by that, and each would be compiled first.
      await client.query('set local jit = off');
      // Room for the hash of a batch’s keys.
      await client.query("set local work_mem = '32MB'");
      return new PostgresRefreshTransaction({ client, schema: this.#schema, writer, staging, foreignKeys });
    } catch (error) {
      throw toDocrowError(error);
    }
  }

  async removeRows(
    writer: RefreshWriter,
    collection: CollectionMapping,
    table: TableMapping,
    rows: readonly RowKey[],
    isDry: boolean,
  ): Promise<RemovedRows> {
    try {
      return await removeRows(this.#client, this.#schema, writer, collection, table, rows, isDry);
    } catch (error) {
      throw toDocrowError(error);
    }
  }

  async close(): Promise<void> {
    await closePostgres(this.#client);
  }
}
