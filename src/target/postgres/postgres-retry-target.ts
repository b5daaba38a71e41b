import { saveRetry } from '../../checkpoint/postgres/save-retry.ts';
import type { RetryRecord, RetryWriter } from '../../checkpoint/retry-store.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import { toDocrowError } from '../../errors/to-docrow-error.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { RetryChunk, RetryOrphan, RetryTarget } from '../retry-target.ts';
import type { RowPage, TargetTable } from '../row-target.ts';
import type { PostLoadStep } from '../target-schema.ts';
import { isMade } from './catalogue.ts';
import { clearRowReferences } from './change-rows.ts';
import { commitChunk, mappedRows, tryRows } from './chunk-transaction.ts';
import { closePostgres, connectPostgres, type PostgresClient } from './connect.ts';
import { copySql } from './copy-sql.ts';
import { missingChanges } from './missing-changes.ts';
import { selectOrphans } from './offending-rows.ts';
import { postLoadSteps } from './post-load-steps.ts';
import { joinRun } from './run-lock.ts';
import { runOn } from './run-on.ts';
import { stepStatements } from './table-sql.ts';
import { takenRows } from './taken-rows.ts';

type ForeignKeyStep = PostLoadStep & { kind: 'foreign-key' };

/** Loads documents again into PostgreSQL, one transaction per chunk, on a connection of its own. */
export class PostgresRetryTarget implements RetryTarget {
  readonly #client: PostgresClient;
  readonly #schema: string;

  private constructor(client: PostgresClient, schema: string) {
    this.#client = client;
    this.#schema = schema;
  }

  static async open(uri: string, schema: string): Promise<PostgresRetryTarget> {
    const client = await connectPostgres(uri);
    await joinRun(client);
    return new PostgresRetryTarget(client, schema);
  }

  missingChanges(
    collection: CollectionMapping,
    before: Pick<CollectionMapping, 'tables'>,
  ): Promise<readonly string[]> {
    return attempt(() => missingChanges(this.#client, this.#schema, collection, before));
  }

  async openChunk(writer: RetryWriter, tables: readonly TargetTable[]): Promise<RetryChunk> {
    await attempt(() => this.#client.query('begin'));
    // Documents of one chunk may refer to each other, in any order.
    await attempt(() => this.#client.query('set constraints all deferred'));
    return new PostgresRetryChunk(this.#client, this.#schema, writer, tables);
  }

  async close(): Promise<void> {
    await closePostgres(this.#client);
  }
}

class PostgresRetryChunk implements RetryChunk {
  readonly #client: PostgresClient;
  readonly #schema: string;
  readonly #writer: RetryWriter;
  readonly #tables: readonly TargetTable[];
  readonly #statements: readonly string[];
  /** Rows that PostgreSQL took, per table. */
  readonly #rows: number[];

  constructor(client: PostgresClient, schema: string, writer: RetryWriter, tables: readonly TargetTable[]) {
    this.#client = client;
    this.#schema = schema;
    this.#writer = writer;
    this.#tables = tables;
    this.#statements = tables.map((table) => copySql(schema, table));
    this.#rows = tables.map(() => 0);
  }

  async tryRows(pages: readonly (readonly RowPage[])[]): Promise<DocrowError | undefined> {
    const outcome = await tryRows(this.#client, this.#statements, pages);
    if (outcome instanceof DocrowError) return outcome;
    for (const [table, count] of outcome.entries()) this.#rows[table]! += count;
    return undefined;
  }

  findTaken(pages: readonly RowPage[], problem: DocrowError): Promise<readonly number[]> {
    return takenRows(this.#client, this.#schema, this.#tables[0]!, pages, problem);
  }

  async checkAtOnce(): Promise<void> {
    await attempt(() => this.#client.query('set constraints all immediate'));
  }

  findOrphans(collection: CollectionMapping): Promise<readonly RetryOrphan[]> {
    return attempt(async () => {
      const found: RetryOrphan[] = [];
      for (const step of await this.#foreignKeys(collection)) {
        const { table, column } = step;
        const orphans = await selectOrphans(this.#client, this.#schema, collection, step);
        for (const { id } of orphans) found.push({ id, table, column });
      }
      return found;
    });
  }

  async clearOrphans(collection: CollectionMapping, textOf: (id: Uint8Array) => string): Promise<number> {
    return attempt(async () => {
      let cleared = 0;
      for (const step of await this.#foreignKeys(collection)) {
        if (step.column.references?.orphans !== 'null') continue;
        const orphans = await selectOrphans(this.#client, this.#schema, collection, step);
        if (orphans.length === 0) continue;
        const rows = orphans.map((row) => ({ ...row, idText: textOf(row.id) }));
        const { runId } = this.#writer;
        await clearRowReferences(runOn(this.#client), this.#schema, runId, collection, step, rows);
        cleared += rows.length;
      }
      return cleared;
    });
  }

  /** Those that are there. They hold for all rows of before, so that orphans can only be of this chunk. */
  async #foreignKeys(collection: CollectionMapping): Promise<readonly ForeignKeyStep[]> {
    const made: ForeignKeyStep[] = [];
    for (const step of postLoadSteps(collection)) {
      if (step.kind !== 'foreign-key') continue;
      const { makes } = stepStatements(this.#schema, step)[0]!;
      if (makes !== undefined && (await isMade(this.#client, makes))) made.push(step);
    }
    return made;
  }

  async commit(record: RetryRecord): Promise<void> {
    await attempt(() =>
      saveRetry(runOn(this.#client), this.#writer, record, mappedRows(this.#tables, this.#rows)),
    );
    await commitChunk(this.#client);
  }

  async rollback(): Promise<void> {
    await this.#client.query('rollback').catch(() => undefined);
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDocrowError(error);
  }
}
