import type { ChunkRecord, RangeWriter } from '../../checkpoint/checkpoint-store.ts';
import { saveChunk, saveRangeEnd } from '../../checkpoint/postgres/save-chunk.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import { toDocrowError } from '../../errors/to-docrow-error.ts';
import type { RowPage, RowTarget, TargetChunk, TargetTable } from '../row-target.ts';
import { commitChunk, mappedRows, tryRows } from './chunk-transaction.ts';
import { closePostgres, connectPostgres, inTransaction, type PostgresClient, socketOf } from './connect.ts';
import { CopyRows } from './copy-rows.ts';
import { copySql } from './copy-sql.ts';
import { joinRun } from './run-lock.ts';
import { runOn } from './run-on.ts';
import { takenRows } from './taken-rows.ts';

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
    return new PostgresChunk(this.#client, this.#schema, writer, tables);
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

class PostgresChunk implements TargetChunk {
  readonly #client: PostgresClient;
  readonly #schema: string;
  readonly #writer: RangeWriter;
  readonly #tables: readonly TargetTable[];
  readonly #statements: readonly string[];
  /** Rows that PostgreSQL took, per table. */
  readonly #rows: number[];
  #copy: CopyRows | undefined;
  #table = -1;

  constructor(client: PostgresClient, schema: string, writer: RangeWriter, tables: readonly TargetTable[]) {
    this.#client = client;
    this.#schema = schema;
    this.#writer = writer;
    this.#tables = tables;
    this.#statements = tables.map((table) => copySql(schema, table));
    this.#rows = tables.map(() => 0);
  }

  async write(table: number, page: RowPage): Promise<void> {
    try {
      if (table !== this.#table) {
        await this.#finishCopy();
        this.#copy = new CopyRows(this.#client, this.#statements[table]!);
        this.#table = table;
      }
      await this.#copy?.write(page);
    } catch (error) {
      throw toDocrowError(error);
    }
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
    try {
      await this.#client.query('set constraints all immediate');
    } catch (error) {
      throw toDocrowError(error);
    }
  }

  async commit(record: ChunkRecord, after: Uint8Array | undefined): Promise<void> {
    try {
      await this.#finishCopy();
      await saveChunk(runOn(this.#client), this.#writer, record, mappedRows(this.#tables, this.#rows), after);
    } catch (error) {
      throw toDocrowError(error);
    }
    await commitChunk(this.#client);
  }

  async #finishCopy(): Promise<void> {
    if (this.#copy === undefined) return;
    this.#rows[this.#table]! += await this.#copy.finish();
    this.#copy = undefined;
  }

  async rollback(): Promise<void> {
    await this.#copy?.abort();
    this.#copy = undefined;
    await this.#client.query('rollback').catch(() => undefined);
  }
}
