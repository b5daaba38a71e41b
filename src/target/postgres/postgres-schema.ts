import { toDocrowError } from '../../errors/to-docrow-error.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { OffendingRow, PostLoadStep, SetAside, TargetSchema } from '../target-schema.ts';
import { clearRowReferences, setAsideRows } from './change-rows.ts';
import { compareTable, requireEmpty } from './compare-table.ts';
import { connectPostgres, inTransaction, type PostgresClient } from './connect.ts';
import { selectDuplicates, selectOrphans } from './offending-rows.ts';
import { quoteName, quoteTable } from './quote.ts';
import {
  commentSql,
  createTableSql,
  postLoadSteps,
  type StepStatement,
  stepStatements,
} from './table-sql.ts';

/** Memory for building an index, where the server allows less. */
const indexMemory = '256MB';

/** The target's tables in PostgreSQL. Each operation has a connection of its own, so that several can run at once. */
export class PostgresSchema implements TargetSchema {
  readonly #uri: string;
  readonly #schema: string;

  constructor(uri: string, schema: string) {
    this.#uri = uri;
    this.#schema = schema;
  }

  describe(collections: readonly CollectionMapping[]): string {
    const statements = [`create schema if not exists ${quoteName(this.#schema)}`];
    for (const { tables } of collections) {
      for (const table of tables) {
        statements.push(createTableSql(this.#schema, table), ...commentSql(this.#schema, table));
      }
    }
    const steps = collections.flatMap(postLoadSteps).filter((step) => step.kind !== 'document-key');
    const isLast = (step: PostLoadStep): boolean => step.kind === 'foreign-key' || step.kind === 'analyze';
    const first = steps.filter((step) => !isLast(step));
    const last = steps.filter(isLast);
    for (const step of [...first, ...last]) {
      for (const { sql } of stepStatements(this.#schema, step)) statements.push(sql);
    }
    return statements.map((sql) => `${sql};\n`).join('\n');
  }

  /** Runs the statements of `describe`, in one transaction. @throws DocrowError `target-refused` when a table is there */
  apply(collections: readonly CollectionMapping[]): Promise<void> {
    return this.#use((client) =>
      inTransaction(client, async () => {
        await client.query(this.describe(collections));
      }),
    );
  }

  prepareTables(collection: CollectionMapping, mayHoldRows: boolean): Promise<readonly string[]> {
    return this.#use((client) =>
      inTransaction(client, async () => {
        const made: string[] = [];
        const { rows } = await client.query('select from pg_catalog.pg_namespace where nspname = $1', [
          this.#schema,
        ]);
        if (rows.length === 0) await client.query(`create schema ${quoteName(this.#schema)}`);
        for (const table of collection.tables) {
          if (await compareTable(client, this.#schema, table)) {
            if (!mayHoldRows) await requireEmpty(client, this.#schema, table.name);
            continue;
          }
          await client.query(createTableSql(this.#schema, table));
          for (const sql of commentSql(this.#schema, table)) await client.query(sql);
          made.push(table.name);
        }
        return made;
      }),
    );
  }

  dropTables(tables: readonly string[]): Promise<void> {
    return this.#use(async (client) => {
      if (tables.length === 0) return;
      const names = tables.map((table) => quoteTable(this.#schema, table)).join(', ');
      await client.query(`drop table if exists ${names}`);
    });
  }

  steps(collection: CollectionMapping): readonly PostLoadStep[] {
    return postLoadSteps(collection);
  }

  build(runId: string, step: PostLoadStep): Promise<void> {
    return this.#use(async (client) => {
      await client.query(
        `select pg_catalog.set_config('maintenance_work_mem', greatest(pg_catalog.pg_size_bytes($1),
          pg_catalog.pg_size_bytes(pg_catalog.current_setting('maintenance_work_mem'))) / 1024 || 'kB', false)`,
        [indexMemory],
      );
      for (const statement of stepStatements(this.#schema, step)) {
        if (!(await this.#isThere(client, statement))) await client.query(statement.sql);
      }
      await client.query(
        'update docrow.step set is_done = true, finished_at = now() where run_id = $1 and name = $2',
        [runId, step.name],
      );
    }, 'finish');
  }

  findDuplicates(
    collection: CollectionMapping,
    step: PostLoadStep & { kind: 'primary-key' | 'unique' },
  ): Promise<readonly OffendingRow[]> {
    return this.#use((client) => selectDuplicates(client, this.#schema, collection, step), 'finish');
  }

  findOrphans(
    collection: CollectionMapping,
    step: PostLoadStep & { kind: 'foreign-key' },
  ): Promise<readonly OffendingRow[]> {
    return this.#use((client) => selectOrphans(client, this.#schema, collection, step), 'finish');
  }

  setAside(runId: string, change: SetAside): Promise<void> {
    return this.#use((client) => setAsideRows(client, this.#schema, runId, change), 'finish');
  }

  clearReferences(
    runId: string,
    collection: CollectionMapping,
    step: PostLoadStep & { kind: 'foreign-key' },
    rows: readonly (OffendingRow & { readonly idText: string })[],
  ): Promise<void> {
    return this.#use(
      (client) => clearRowReferences(client, this.#schema, runId, collection, step, rows),
      'finish',
    );
  }

  countRows(table: string): Promise<number> {
    return this.#use(async (client) => {
      const { rows } = await client.query(`select count(*) as rows from ${quoteTable(this.#schema, table)}`);
      return Number(rows[0].rows);
    });
  }

  /** Whether what a statement makes is in the catalogue: an earlier attempt got that far. */
  async #isThere(client: PostgresClient, { makes }: StepStatement): Promise<boolean> {
    if (makes === undefined) return false;
    const sql =
      makes.kind === 'index'
        ? `select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
          where n.nspname = $1 and c.relname = $2 and c.relkind in ('i', 'I')`
        : `select from pg_catalog.pg_constraint c join pg_catalog.pg_namespace n on n.oid = c.connamespace
          where n.nspname = $1 and c.conname = $2`;
    const { rowCount } = await client.query(sql, [makes.schema, makes.name]);
    return rowCount !== 0;
  }

  async #use<T>(work: (client: PostgresClient) => Promise<T>, step: 'load' | 'finish' = 'load'): Promise<T> {
    const client = await connectPostgres(this.#uri);
    try {
      return await work(client);
    } catch (error) {
      throw toDocrowError(error, step);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
