import { DocrowError } from '../../../errors/docrow-error.ts';
import { toDocrowError } from '../../../errors/to-docrow-error.ts';
import type { CollectionMapping, TableMapping } from '../../../mapping/mapping.ts';
import { type AggregateReader, distinctRows, type StoredAggregates } from '../../aggregate-reader.ts';
import { type PostgresClient, socketOf } from '../connect.ts';
import { IdleConnection } from '../idle-connection.ts';
import { quoteName, quoteTable } from '../quote.ts';
import { columnSql } from './aggregate-sql.ts';

const stopped = (): DocrowError => new DocrowError('interrupted', 'Adding up columns was stopped');

/** A row of PostgreSQL has at most 1,664 columns. */
const columnsPerStatement = 200;

/** Adds columns up in PostgreSQL, over a connection of its own. */
export class PostgresAggregateReader implements AggregateReader {
  readonly #connection: IdleConnection;
  readonly #schema: string;

  /** @param schema of the mapped tables */
  constructor(uri: string, schema: string) {
    this.#connection = new IdleConnection(uri);
    this.#schema = schema;
  }

  async columnAggregates(
    { tables }: CollectionMapping,
    signal: AbortSignal,
  ): Promise<readonly (readonly StoredAggregates[])[]> {
    try {
      return await this.#connection.use(async (client) => {
        const stop = (): void => void socketOf(client).destroy();
        signal.addEventListener('abort', stop);
        try {
          if (signal.aborted) throw stopped();
          await client.query('begin isolation level repeatable read read only');
          const all: (readonly StoredAggregates[])[] = [];
          for (const table of tables) all.push(await selectAggregates(client, this.#schema, table));
          await client.query('commit');
          return all;
        } finally {
          signal.removeEventListener('abort', stop);
        }
      }, 'any');
    } catch (error) {
      if (signal.aborted) throw stopped();
      throw toDocrowError(error);
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

async function selectAggregates(
  client: PostgresClient,
  schema: string,
  table: TableMapping,
): Promise<readonly StoredAggregates[]> {
  const relation = quoteTable(schema, table.name);
  const counted = await client.query(`select count(*) as rows from ${relation}`);
  const rows = Number(counted.rows[0]['rows']);
  const columns = columnSql(table, 't');
  const results: StoredAggregates[] = [];
  for (let at = 0; at < columns.length; at += columnsPerStatement) {
    const some = columns.slice(at, at + columnsPerStatement);
    const parts = some.flatMap(({ name, min, max, sum, totalLength, distinct }) => [
      `count(t.${quoteName(name)})::text`,
      min ?? 'null',
      max ?? 'null',
      sum ?? 'null',
      totalLength ?? 'null',
      (rows <= distinctRows && distinct) || 'null',
    ]);
    const { rows: found } = await client.query({
      rowMode: 'array',
      text: `select ${parts.join(', ')} from ${relation} t`,
    });
    const texts = found[0] as (string | null)[];
    for (const [index, { name }] of some.entries()) {
      const [present, min, max, sum, length, distinct] = texts.slice(6 * index, 6 * index + 6);
      results.push({
        column: name,
        rows,
        nulls: rows - Number(present),
        distinct: distinct === null || distinct === undefined ? undefined : Number(distinct),
        min: min ?? undefined,
        max: max ?? undefined,
        sum: sum ?? undefined,
        totalLength: length === null || length === undefined ? undefined : BigInt(length),
      });
    }
  }
  return results;
}
