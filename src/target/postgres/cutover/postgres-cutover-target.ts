import { toDocrowError } from '../../../errors/to-docrow-error.ts';
import type { CollectionMapping } from '../../../mapping/mapping.ts';
import type { CutoverTarget, SequenceBehind } from '../../cutover-target.ts';
import { isMade } from '../catalogue.ts';
import { closePostgres, connectPostgres, type PostgresClient } from '../connect.ts';
import { postLoadSteps } from '../post-load-steps.ts';
import { quoteTable } from '../quote.ts';
import { stepStatements } from '../table-sql.ts';
import { findSequencesBehind } from './sequences.ts';

/** Looks at tables in PostgreSQL before the switch, on a connection of its own. */
export class PostgresCutoverTarget implements CutoverTarget {
  readonly #client: PostgresClient;
  readonly #schema: string;

  private constructor(client: PostgresClient, schema: string) {
    this.#client = client;
    this.#schema = schema;
  }

  static async open(uri: string, schema: string): Promise<PostgresCutoverTarget> {
    return new PostgresCutoverTarget(await connectPostgres(uri), schema);
  }

  unfitConstraints(collections: readonly CollectionMapping[]): Promise<readonly string[]> {
    return attempt(async () => {
      const missing = await this.#missing(collections, 'constraint');
      const { rows } = await this.#client.query(
        `select c.relname as table, k.conname as name
        from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid
        where not k.convalidated and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = $1)
          and c.relname = any($2) order by 1, 2`,
        [this.#schema, tablesOf(collections)],
      );
      return [...missing, ...rows.map(({ table, name }) => `${table}: constraint ${name} is not validated`)];
    });
  }

  unfitIndexes(collections: readonly CollectionMapping[]): Promise<readonly string[]> {
    return attempt(async () => {
      const missing = await this.#missing(collections, 'index');
      const { rows } = await this.#client.query(
        `select c.relname as table, i.relname as name
        from pg_catalog.pg_index x
        join pg_catalog.pg_class c on c.oid = x.indrelid
        join pg_catalog.pg_class i on i.oid = x.indexrelid
        where not (x.indisvalid and x.indisready)
          and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = $1)
          and c.relname = any($2) order by 1, 2`,
        [this.#schema, tablesOf(collections)],
      );
      return [...missing, ...rows.map(({ table, name }) => `${table}: index ${name} is not valid`)];
    });
  }

  /** What the mappings ask for and the catalogue does not have. */
  async #missing(
    collections: readonly CollectionMapping[],
    kind: 'constraint' | 'index',
  ): Promise<readonly string[]> {
    const missing: string[] = [];
    for (const step of collections.flatMap(postLoadSteps)) {
      for (const { makes } of stepStatements(this.#schema, step)) {
        if (makes === undefined || (makes.kind === 'index') !== (kind === 'index')) continue;
        if (!(await isMade(this.#client, makes)))
          missing.push(`${makes.table}: ${kind} ${makes.name} is missing`);
      }
    }
    return missing;
  }

  sequencesBehind(collections: readonly CollectionMapping[]): Promise<readonly SequenceBehind[]> {
    return attempt(() => findSequencesBehind(this.#client, this.#schema, tablesOf(collections)));
  }

  setSequences(sequences: readonly SequenceBehind[]): Promise<void> {
    return attempt(async () => {
      for (const { sequence, value } of sequences) {
        await this.#client.query('select pg_catalog.setval($1::regclass, $2::bigint)', [sequence, value]);
      }
    });
  }

  tablesNotAnalyzed(collections: readonly CollectionMapping[]): Promise<readonly string[]> {
    return attempt(async () => {
      const lacking: string[] = [];
      for (const table of tablesOf(collections)) {
        const { rows } = await this.#client.query(
          `select exists (select from ${quoteTable(this.#schema, table)}) and not exists (
            select from pg_catalog.pg_stats where schemaname = $1 and tablename = $2
          ) as lacks`,
          [this.#schema, table],
        );
        if (rows[0].lacks === true) lacking.push(table);
      }
      return lacking;
    });
  }

  analyze(tables: readonly string[]): Promise<void> {
    return attempt(async () => {
      for (const table of tables) await this.#client.query(`analyze ${quoteTable(this.#schema, table)}`);
    });
  }

  async close(): Promise<void> {
    await closePostgres(this.#client);
  }
}

const tablesOf = (collections: readonly CollectionMapping[]): string[] =>
  collections.flatMap(({ tables }) => tables.map(({ name }) => name));

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDocrowError(error, 'finish');
  }
}
