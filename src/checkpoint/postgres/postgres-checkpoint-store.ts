import type { ErrorCode, RejectionCode } from '../../errors/error-codes.ts';
import type { ChangePosition, SourceIdentity, SourceRange } from '../../source/document-source.ts';
import type {
  CheckpointStore,
  CollectionRecord,
  CollectionStatus,
  CountedRejections,
  RangeRecord,
  RejectionFilter,
  RunRecord,
  RunStatus,
  StepRecord,
  StoredRejection,
} from '../checkpoint-store.ts';
import { prepareState, stateExists } from './prepare-state.ts';
import type { QueryRows } from './query-rows.ts';
import { toCollectionRecord, toRangeRecord, toRunRecord, toStoredRejection } from './state-rows.ts';
import { beginWriting, endWriting } from './write-period.ts';

/** Rejections are read in pages of so many, or fewer where their documents are large. */
const rejectionsPerPage = 200;
const bytesPerPage = 16 * 1024 * 1024;

/** State in schema `docrow` of the target, over one connection. */
export class PostgresCheckpointStore implements CheckpointStore {
  readonly #query: QueryRows;
  readonly #version: string;

  /** @param version of docrow, stored with each run */
  constructor(query: QueryRows, version: string) {
    this.#query = query;
    this.#version = version;
  }

  prepare(): Promise<void> {
    return prepareState(this.#query);
  }

  exists(): Promise<boolean> {
    return stateExists(this.#query);
  }

  async latestRun(): Promise<RunRecord | undefined> {
    return (await this.runs())[0];
  }

  async runs(): Promise<readonly RunRecord[]> {
    return (await this.#query('select * from docrow.run order by run_number desc')).map(toRunRecord);
  }

  async createRun(identity: SourceIdentity, schema: string, position: ChangePosition): Promise<RunRecord> {
    const [run] = await this.#query(
      `insert into docrow.run
        (source_kind, source_database, source_fingerprint, target_schema, run_time, epoch, docrow_version)
      values ($1, $2, $3, $4, pg_catalog.date_trunc('milliseconds', now()), 1, $5) returning *`,
      [identity.kind, identity.database, identity.fingerprint, schema, this.#version],
    );
    const record = toRunRecord(run!);
    const found = position.kind === 'position';
    await this.#query(
      `insert into docrow.change_position (run_id, cluster_time, resume_token, reason) values ($1, $2, $3, $4)`,
      [
        record.runId,
        found ? position.clusterTime : null,
        found ? (position.resumeToken ?? null) : null,
        found ? null : position.reason,
      ],
    );
    await beginWriting(this.#query, record.runId);
    return record;
  }

  async takeOver(runId: string): Promise<RunRecord> {
    const rows = await this.#query(
      `update docrow.run set epoch = epoch + 1, status = 'running', finished_at = null where run_id = $1 returning *`,
      [runId],
    );
    await beginWriting(this.#query, runId);
    return toRunRecord(rows[0]!);
  }

  async finishRun(runId: string, status: RunStatus): Promise<void> {
    await this.#query(
      `update docrow.run set status = $2, finished_at = case when $2 = 'done' then now() end where run_id = $1`,
      [runId, status],
    );
    await endWriting(this.#query);
  }

  async changePosition(runId: string): Promise<ChangePosition | undefined> {
    const [row] = await this.#query('select * from docrow.change_position where run_id = $1', [runId]);
    if (row === undefined) return undefined;
    if (row['cluster_time'] === null) return { kind: 'none', reason: String(row['reason']) };
    const resumeToken = row['resume_token'] === null ? undefined : String(row['resume_token']);
    return { kind: 'position', clusterTime: String(row['cluster_time']), resumeToken };
  }

  async collections(runId: string): Promise<readonly CollectionRecord[]> {
    const rows = await this.#query(
      `select c.*, exists (select from docrow.sync s where s.run_id = c.run_id) as is_synced
      from docrow.collection_run c where run_id = $1 order by started_at, collection`,
      [runId],
    );
    return rows.map(toCollectionRecord);
  }

  async addCollection(
    runId: string,
    collection: Pick<
      CollectionRecord,
      | 'collection'
      | 'fingerprint'
      | 'mapping'
      | 'tables'
      | 'createdTables'
      | 'rowsBefore'
      | 'estimatedDocuments'
    >,
    ranges: readonly SourceRange[],
  ): Promise<void> {
    await this.#query(
      `with added as (
        insert into docrow.collection_run
          (run_id, collection, mapping_fingerprint, tables, created_tables, rows_before, estimated_documents, mapping)
        values ($1, $2, $3, $4, $5, $6, $7, $10)
      )
      insert into docrow.range (run_id, collection, range_number, lower_bound, upper_bound)
      select $1, $2, (number - 1)::integer, lower, upper
      from unnest($8::bytea[], $9::bytea[]) with ordinality as bounds (lower, upper, number)`,
      [
        runId,
        collection.collection,
        collection.fingerprint,
        collection.tables,
        collection.createdTables,
        JSON.stringify(collection.rowsBefore),
        collection.estimatedDocuments ?? null,
        ranges.map((range) => (range.lower ? Buffer.from(range.lower) : null)),
        ranges.map((range) => (range.upper ? Buffer.from(range.upper) : null)),
        JSON.stringify(collection.mapping),
      ],
    );
  }

  async setCollectionStatus(
    runId: string,
    collection: string,
    status: CollectionStatus,
    seconds: number,
    errorCode?: ErrorCode,
  ): Promise<void> {
    await this.#query(
      `update docrow.collection_run set status = $3, seconds = seconds + $4, error_code = $5,
        finished_at = case when $3 = 'done' then now() end
      where run_id = $1 and collection = $2`,
      [runId, collection, status, seconds, errorCode ?? null],
    );
  }

  async removeCollections(runId: string, collections: readonly string[]): Promise<void> {
    await this.#query(
      `with keys as (delete from docrow.document_key where collection = any($2::text[])),
        changes as (delete from docrow.audit where run_id = $1 and collection = any($2::text[]))
      delete from docrow.collection_run where run_id = $1 and collection = any($2::text[])`,
      [runId, collections],
    );
  }

  async removeRun(runId: string): Promise<void> {
    await this.#query('delete from docrow.run where run_id = $1', [runId]);
  }

  async ranges(runId: string, collection: string): Promise<readonly RangeRecord[]> {
    const rows = await this.#query(
      'select * from docrow.range where run_id = $1 and collection = $2 order by range_number',
      [runId, collection],
    );
    return rows.map(toRangeRecord);
  }

  async steps(runId: string): Promise<readonly StepRecord[]> {
    const rows = await this.#query('select * from docrow.step where run_id = $1 order by name', [runId]);
    return rows.map((row) => ({
      collection: String(row['collection']),
      table: String(row['table_name']),
      name: String(row['name']),
      isDone: row['is_done'] === true,
    }));
  }

  async addSteps(runId: string, steps: readonly Omit<StepRecord, 'isDone'>[]): Promise<void> {
    await this.#query(
      `insert into docrow.step (run_id, collection, table_name, name)
      select $1, * from unnest($2::text[], $3::text[], $4::text[])
      on conflict do nothing`,
      [
        runId,
        steps.map((step) => step.collection),
        steps.map((step) => step.table),
        steps.map((step) => step.name),
      ],
    );
  }

  async *rejections(runId: string, filter: RejectionFilter, limit: number): AsyncIterable<StoredRejection> {
    let after = '0';
    for (let left = limit; left > 0; ) {
      const rows = await this.#query(
        `select * from (
          select page.*, sum(size) over (order by rejection_number) - size as bytes_before
          from (
            select *, coalesce(octet_length(document), 0) as size from docrow.rejection
            where run_id = $1 and ($2::text is null or collection = $2) and ($3::text is null or code = $3)
              and rejection_number > $4
            order by rejection_number limit $5
          ) page
        ) counted
        where bytes_before < $6 order by rejection_number`,
        [
          runId,
          filter.collection ?? null,
          filter.code ?? null,
          after,
          Math.min(left, rejectionsPerPage),
          bytesPerPage,
        ],
      );
      for (const row of rows) yield toStoredRejection(row);
      if (rows.length === 0) return;
      after = String(rows.at(-1)!['rejection_number']);
      left -= rows.length;
    }
  }

  async findRejection(runId: string, key: string): Promise<StoredRejection | undefined> {
    const [row] = await this.#query(
      `select * from docrow.rejection where run_id = $1 and (rejection_number::text = $2 or id_text = $2)
      order by rejection_number::text = $2 desc, rejection_number limit 1`,
      [runId, key],
    );
    return row && toStoredRejection(row);
  }

  async addValidation(runId: string, level: string, verdict: string, report: object): Promise<void> {
    await this.#query(
      'insert into docrow.validation (run_id, level, verdict, report) values ($1, $2, $3, $4)',
      [runId, level, verdict, JSON.stringify(report)],
    );
  }

  async countRejections(runId: string, since?: Date): Promise<readonly CountedRejections[]> {
    // Array positions differ from document to document: tags.0 and tags.3 are one path in a summary.
    const rows = await this.#query(
      `select collection, code, pg_catalog.regexp_replace(path, '\\.\\d+', '', 'g') as path,
        min(reason) as reason, count(*) as documents
      from docrow.rejection where run_id = $1 and ($2::timestamptz is null or rejected_at >= $2)
      group by 1, 2, 3 order by collection, documents desc, code, path`,
      [runId, since ?? null],
    );
    return rows.map((row) => ({
      collection: String(row['collection']),
      code: String(row['code']) as RejectionCode,
      path: String(row['path']),
      reason: String(row['reason']),
      documents: Number(row['documents']),
    }));
  }

  async adjustments(
    runId: string,
  ): Promise<readonly { collection: string; key: string; documents: number }[]> {
    const rows = await this.#query(
      `select collection, key, sum(value::bigint) as documents
      from (
        select collection, adjustments from docrow.range where run_id = $1
        union all
        select collection, adjustments from docrow.retry where run_id = $1
      ) loads, pg_catalog.jsonb_each_text(adjustments) as adjustment (key, value)
      group by 1, 2
      union all
      select collection, table_name || '.' || column_name || ':' || action, count(distinct id)
      from docrow.audit where run_id = $1 and action = 'orphan-null' group by 1, 2
      order by 1, 2`,
      [runId],
    );
    return rows.map((row) => ({
      collection: String(row['collection']),
      key: String(row['key']),
      documents: Number(row['documents']),
    }));
  }
}
