import type { ChunkRecord, RangeWriter } from '../../checkpoint/checkpoint-store.ts';
import { type RunSql, saveChunk, saveRangeEnd } from '../../checkpoint/postgres/save-chunk.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import { toDocrowError } from '../../errors/to-docrow-error.ts';
import type { RowPage, RowTarget, TargetChunk, TargetTable } from '../row-target.ts';
import { closePostgres, connectPostgres, inTransaction, type PostgresClient, socketOf } from './connect.ts';
import { CopyRows } from './copy-rows.ts';
import { copySql } from './copy-sql.ts';
import { joinRun } from './run-lock.ts';

/** Rows into PostgreSQL through COPY BINARY, one transaction per chunk, on a connection of its own. */
export class PostgresRowTarget implements RowTarget {
  readonly #client: PostgresClient;
  readonly #schema: string;

  private constructor(client: PostgresClient, schema: string) {
    this.#client = client;
    this.#schema = schema;
  }

  static async open(uri: string, schema: string): Promise<PostgresRowTarget> {
    const client = await connectPostgres(uri);
    await joinRun(client);
    return new PostgresRowTarget(client, schema);
  }

  async readPosition(writer: RangeWriter): Promise<{ position: Uint8Array | undefined; isDone: boolean }> {
    return this.#attempt(() =>
      inTransaction(this.#client, async () => {
        // A transaction whose COMMIT was not answered holds the lock on this row until its outcome is settled.
        const { rows } = await this.#client.query(
          `select range.position, range.is_done, run.epoch
          from docrow.range join docrow.run using (run_id)
          where run_id = $1 and collection = $2 and range_number = $3 for update of range`,
          [writer.runId, writer.collection, writer.rangeNumber],
        );
        const row = rows[0] as { position: Buffer | null; is_done: boolean; epoch: number } | undefined;
        if (row === undefined || row.epoch !== writer.epoch) {
          throw new DocrowError('run-fenced', 'Another process has taken over this range', {
            collection: writer.collection,
            range: writer.rangeNumber,
          });
        }
        return { position: row.position ?? undefined, isDone: row.is_done };
      }),
    );
  }

  async openChunk(writer: RangeWriter, tables: readonly TargetTable[]): Promise<TargetChunk> {
    await this.#attempt(() => this.#client.query('begin'));
    return new PostgresChunk(
      this.#client,
      writer,
      tables.map((table) => copySql(this.#schema, table)),
    );
  }

  async finishRange(writer: RangeWriter): Promise<void> {
    await this.#attempt(() => saveRangeEnd(runOn(this.#client), writer));
  }

  /** Cuts the connection. PostgreSQL rolls back what was not committed. */
  destroy(): void {
    socketOf(this.#client).destroy();
  }

  async close(): Promise<void> {
    await closePostgres(this.#client);
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toDocrowError(error);
    }
  }
}

const runOn =
  (client: PostgresClient): RunSql =>
  (sql, parameters) =>
    client.query(sql, [...parameters]);

class PostgresChunk implements TargetChunk {
  readonly #client: PostgresClient;
  readonly #writer: RangeWriter;
  readonly #statements: readonly string[];
  #copy: CopyRows | undefined;
  #table = -1;

  constructor(client: PostgresClient, writer: RangeWriter, statements: readonly string[]) {
    this.#client = client;
    this.#writer = writer;
    this.#statements = statements;
  }

  async write(table: number, page: RowPage): Promise<void> {
    try {
      if (table !== this.#table) {
        await this.#copy?.finish();
        this.#copy = new CopyRows(this.#client, this.#statements[table]!);
        this.#table = table;
      }
      await this.#copy?.write(page);
    } catch (error) {
      throw toDocrowError(error);
    }
  }

  async tryRows(pages: readonly (readonly RowPage[])[]): Promise<DocrowError | undefined> {
    try {
      await this.#client.query('savepoint rows');
      for (const [table, tablePages] of pages.entries()) {
        const copy = new CopyRows(this.#client, this.#statements[table]!);
        for (const page of tablePages) await copy.write(page);
        await copy.finish();
      }
      await this.#client.query('release savepoint rows');
      return undefined;
    } catch (error) {
      const problem = toDocrowError(error);
      if (problem.policy.reaction !== 'reject-document') throw problem;
      // Rolling back keeps the savepoint: without its release they would nest, one in the other.
      await this.#client.query('rollback to savepoint rows');
      await this.#client.query('release savepoint rows');
      return problem;
    }
  }

  async checkAtOnce(): Promise<void> {
    try {
      await this.#client.query('set constraints all immediate');
    } catch (error) {
      throw toDocrowError(error);
    }
  }

  async commit(record: ChunkRecord, after: Uint8Array | undefined): Promise<void> {
    try {
      await this.#copy?.finish();
      this.#copy = undefined;
      await saveChunk(runOn(this.#client), this.#writer, record, after);
    } catch (error) {
      throw toDocrowError(error);
    }
    try {
      await this.#client.query('commit');
    } catch (error) {
      const problem = toDocrowError(error);
      if (problem.code !== 'target-unreachable') throw problem;
      throw new DocrowError(
        'commit-outcome-unknown',
        'The connection was lost while a chunk was committed',
        {},
        error,
      );
    }
  }

  async rollback(): Promise<void> {
    await this.#copy?.abort();
    this.#copy = undefined;
    await this.#client.query('rollback').catch(() => undefined);
  }
}
