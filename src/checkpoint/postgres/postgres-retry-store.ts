import type { RetryStart, RetryStore } from '../retry-store.ts';
import type { QueryRows } from './query-rows.ts';
import { beginWriting } from './write-period.ts';

/** State of retries in schema `docrow` of the target. */
export class PostgresRetryStore implements RetryStore {
  readonly #query: QueryRows;
  readonly #version: string;

  /** @param version of docrow, stored with each retry */
  constructor(query: QueryRows, version: string) {
    this.#query = query;
    this.#version = version;
  }

  async countWithoutDocument(runId: string, collection: string, code: string | undefined): Promise<number> {
    const [row] = await this.#query(
      `select count(*) as rejections from docrow.rejection
      where run_id = $1 and collection = $2 and ($3::text is null or code = $3) and document is null`,
      [runId, collection, code ?? null],
    );
    return Number(row!['rejections']);
  }

  async raiseEpoch(runId: string): Promise<number> {
    const rows = await this.#query(
      'update docrow.run set epoch = epoch + 1 where run_id = $1 returning epoch',
      [runId],
    );
    await beginWriting(this.#query, runId);
    return Number(rows[0]!['epoch']);
  }

  async begin(start: RetryStart): Promise<{ readonly retryNumber: string; readonly startedAt: Date }> {
    const { runId, collection, fingerprint, mapping, changes, steps } = start;
    // One statement, so that the mapping never changes without the record of it.
    const [row] = await this.#query(
      `with before as (
        select mapping_fingerprint from docrow.collection_run where run_id = $1 and collection = $2
      ), changed as (
        update docrow.collection_run set mapping_fingerprint = $3, mapping = $4
        where run_id = $1 and collection = $2
      ), gone as (
        delete from docrow.step where run_id = $1 and collection = $2 and name <> all($8::text[])
      ), added as (
        insert into docrow.step (run_id, collection, table_name, name, is_done, finished_at)
        select $1, $2, table_name, name, true, now() from unnest($7::text[], $8::text[]) as made (table_name, name)
        on conflict do nothing
      )
      insert into docrow.retry
        (run_id, collection, fingerprint_before, mapping_fingerprint, changes, docrow_version)
      select $1, $2, mapping_fingerprint, $3, $5, $6 from before returning retry_number, started_at`,
      [
        runId,
        collection,
        fingerprint,
        JSON.stringify(mapping),
        changes,
        this.#version,
        steps.map(({ table }) => table),
        steps.map(({ name }) => name),
      ],
    );
    return { retryNumber: String(row!['retry_number']), startedAt: row!['started_at'] as Date };
  }

  async finish(retryNumber: string): Promise<void> {
    await this.#query('update docrow.retry set finished_at = now() where retry_number = $1', [retryNumber]);
  }
}
