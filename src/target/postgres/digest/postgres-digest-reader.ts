import type { DigestForm } from '../../../digest/digest-form.ts';
import type { ProbeValue } from '../../../digest/probe-values.ts';
import { DocrowError } from '../../../errors/docrow-error.ts';
import { toDocrowError } from '../../../errors/to-docrow-error.ts';
import type { CollectionMapping, TableMapping } from '../../../mapping/mapping.ts';
import type { DigestPlan, DigestReader, DocumentTotals, TableSums } from '../../digest-reader.ts';
import { type PostgresClient, socketOf } from '../connect.ts';
import { IdleConnection } from '../idle-connection.ts';
import { probeDigests } from './probe-digests.ts';
import { selectBucketSums, selectDocumentTotals } from './select-digests.ts';

/** A server that lost its client would go on with a query to its end; from version 14 on it can be told to look. */
const watchClient = `select pg_catalog.set_config(name, '2s', true) from pg_catalog.pg_settings
  where name = 'client_connection_check_interval'`;

/**
 * The planner takes an expression for as many buckets as there are rows, and would rather sort the rows, whole as they
 * are, than hash them. And compiling an expression of many calls takes longer than it saves.
 */
const readSettings = ['enable_sort = off', "work_mem = '64MB'", 'jit = off'];

const stopped = (): DocrowError => new DocrowError('interrupted', 'Comparing digests was stopped');

/** Computes digests in PostgreSQL, over a connection of its own. */
export class PostgresDigestReader implements DigestReader {
  readonly #connection: IdleConnection;
  readonly #schema: string;

  /** @param schema of the mapped tables */
  constructor(uri: string, schema: string) {
    this.#connection = new IdleConnection(uri);
    this.#schema = schema;
  }

  probe(
    form: DigestForm,
    values: readonly ProbeValue[],
  ): Promise<readonly (bigint | undefined)[] | undefined> {
    return this.#use((client) => probeDigests(client, form, values));
  }

  bucketSums(
    collection: CollectionMapping,
    plan: DigestPlan,
    leftOut: readonly bigint[],
    signal: AbortSignal,
  ): Promise<readonly TableSums[]> {
    return this.#readTables(collection, signal, (client, table) =>
      selectBucketSums(client, this.#schema, collection, table, plan, leftOut),
    );
  }

  documentTotals(
    collection: CollectionMapping,
    plan: DigestPlan,
    buckets: readonly number[],
    signal: AbortSignal,
  ): Promise<readonly (readonly DocumentTotals[])[]> {
    return this.#readTables(collection, signal, (client, table) =>
      selectDocumentTotals(client, this.#schema, collection, table, plan, buckets),
    );
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** Reads all tables in one snapshot. */
  #readTables<T>(
    { tables }: CollectionMapping,
    signal: AbortSignal,
    read: (client: PostgresClient, table: TableMapping) => Promise<T>,
  ): Promise<readonly T[]> {
    return this.#use(async (client) => {
      const stop = (): void => void socketOf(client).destroy();
      signal.addEventListener('abort', stop);
      try {
        if (signal.aborted) throw stopped();
        await client.query('begin isolation level repeatable read read only');
        for (const setting of readSettings) await client.query(`set local ${setting}`);
        await client.query(watchClient);
        const results: T[] = [];
        for (const table of tables) results.push(await read(client, table));
        await client.query('commit');
        return results;
      } catch (error) {
        if (signal.aborted) throw stopped();
        throw error;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    });
  }

  async #use<T>(work: (client: PostgresClient) => Promise<T>): Promise<T> {
    try {
      return await this.#connection.use(work, 'any');
    } catch (error) {
      throw toDocrowError(error);
    }
  }
}
