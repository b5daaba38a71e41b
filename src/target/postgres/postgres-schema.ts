import { rowsOf } from '../../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import { toDocrowError } from '../../errors/to-docrow-error.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type {
  DuplicateRows,
  FoundTables,
  OrphanRow,
  PostLoadStep,
  SetAside,
  TargetSchema,
} from '../target-schema.ts';
import {
  countTableRows,
  dropConstraints,
  isMade,
  referringTables,
  schemaExists,
  tableExists,
} from './catalogue.ts';
import { clearRowReferences, setAsideRows } from './change-rows.ts';
import { compareTable, requireEmpty } from './compare-table.ts';
import { inTransaction, type PostgresClient } from './connect.ts';
import { IdleConnection } from './idle-connection.ts';
import { selectDuplicates, selectOrphans } from './offending-rows.ts';
import { postLoadSteps } from './post-load-steps.ts';
import { quoteName, quoteTable } from './quote.ts';
import { runOn } from './run-on.ts';
import { commentSql, createTableSql, stepStatements } from './table-sql.ts';

/** Memory for building an index, where the server allows less. */
const indexMemory = '256MB';

/** What the last steps are: they need other tables to be complete. */
const lastKinds: readonly PostLoadStep['kind'][] = ['foreign-key', 'parent-key', 'analyze'];

/** The target's tables in PostgreSQL. Each operation has a connection to itself, so that several can run at once. */
export class PostgresSchema implements TargetSchema {
  readonly #connection: IdleConnection;
  readonly #schema: string;

  constructor(uri: string, schema: string) {
    this.#connection = new IdleConnection(uri);
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
    const isLast = (step: PostLoadStep): boolean => lastKinds.includes(step.kind);
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

  inspectTables(collection: CollectionMapping, mayHoldRows: boolean): Promise<FoundTables> {
    return this.#use(async (client) => {
      const missing: string[] = [];
      const rowsBefore: [string, number][] = [];
      for (const table of collection.tables) {
        if (!(await compareTable(client, this.#schema, table))) missing.push(table.name);
        else if (!mayHoldRows) await requireEmpty(client, this.#schema, table.name);
        else rowsBefore.push([table.name, await countTableRows(client, this.#schema, table.name)]);
      }
      return { missing, rowsBefore: Object.fromEntries(rowsBefore) };
    });
  }

  createTables(collection: CollectionMapping, { missing, rowsBefore }: FoundTables): Promise<void> {
    return this.#use((client) =>
      inTransaction(client, async () => {
        // Collections are prepared at the same time, and `if not exists` does not keep two from making one schema.
        await client.query('select pg_catalog.pg_advisory_xact_lock(7229031, 4)');
        if (!(await schemaExists(client, this.#schema))) {
          await client.query(`create schema ${quoteName(this.#schema)}`);
        }
        for (const table of collection.tables) {
          if (!missing.includes(table.name)) {
            if (rowsOf(rowsBefore, table.name) > 0) continue;
            const { foreignKey, parentKey } = table.constraintNames;
            const names = [...Object.values(foreignKey), ...(parentKey === undefined ? [] : [parentKey])];
            await dropConstraints(client, this.#schema, table.name, names);
          } else if (!(await tableExists(client, this.#schema, table.name))) {
            await client.query(createTableSql(this.#schema, table));
            for (const sql of commentSql(this.#schema, table)) await client.query(sql);
          }
        }
      }),
    );
  }

  dropTables(schema: string, tables: readonly string[]): Promise<void> {
    return this.#use(async (client) => {
      if (tables.length === 0) return;
      const referring = await referringTables(client, schema, tables);
      if (referring.length > 0) {
        throw new DocrowError(
          'target-refused',
          `The tables to be dropped are referred to by ${referring.join(', ')}: start over with their collections too`,
          { tables: referring.join(', ') },
        );
      }
      const names = tables.map((table) => quoteTable(schema, table)).join(', ');
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
        const isThere = statement.makes !== undefined && (await isMade(client, statement.makes));
        if (!isThere) await client.query(statement.sql);
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
  ): Promise<readonly DuplicateRows[]> {
    return this.#use((client) => selectDuplicates(client, this.#schema, collection, step), 'finish');
  }

  findOrphans(
    collection: CollectionMapping,
    step: PostLoadStep & { kind: 'foreign-key' },
  ): Promise<readonly OrphanRow[]> {
    return this.#use((client) => selectOrphans(client, this.#schema, collection, step), 'finish');
  }

  setAside(runId: string, change: SetAside): Promise<void> {
    return this.#use((client) => setAsideRows(client, this.#schema, runId, change), 'finish');
  }

  clearReferences(
    runId: string,
    collection: CollectionMapping,
    step: PostLoadStep & { kind: 'foreign-key' },
    rows: readonly (OrphanRow & { readonly idText: string })[],
  ): Promise<void> {
    return this.#use(
      (client) =>
        inTransaction(client, () =>
          clearRowReferences(runOn(client), this.#schema, runId, collection, step, rows),
        ),
      'finish',
    );
  }

  countRows(table: string): Promise<number> {
    return this.#use((client) => countTableRows(client, this.#schema, table));
  }

  /** Ends the connection that is kept for the next operation. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  async #use<T>(work: (client: PostgresClient) => Promise<T>, step: 'load' | 'finish' = 'load'): Promise<T> {
    try {
      return await this.#connection.use(work, step === 'finish' ? 'of the run' : 'any');
    } catch (error) {
      throw toDocrowError(error, step);
    }
  }
}
