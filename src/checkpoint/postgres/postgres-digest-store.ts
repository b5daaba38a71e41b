import type { RejectionCode } from '../../errors/error-codes.ts';
import type { DigestStore, RejectedId } from '../digest-store.ts';
import type { QueryRows } from './query-rows.ts';

const idsPerPage = 10_000;
/** Of pages with documents in them: these are limited by what the documents may take. */
const documentsPerPage = 200;

/** State of digests in schema `docrow` of the target. */
export class PostgresDigestStore implements DigestStore {
  readonly #query: QueryRows;

  constructor(query: QueryRows) {
    this.#query = query;
  }

  async *rejectedIds(runId: string, collection: string): AsyncIterable<RejectedId> {
    yield* this.#rejectedIds(runId, collection, "code <> 'duplicate-value'", 'null::bytea', idsPerPage);
    yield* this.#rejectedIds(runId, collection, "code = 'duplicate-value'", 'document', documentsPerPage);
  }

  async *#rejectedIds(
    runId: string,
    collection: string,
    condition: string,
    document: string,
    limit: number,
  ): AsyncIterable<RejectedId> {
    for (let after = '0'; ; ) {
      const rows = await this.#query(
        `select rejection_number, id, code, ${document} as document from docrow.rejection
        where run_id = $1 and collection = $2 and id is not null and ${condition} and rejection_number > $3
        order by rejection_number limit $4`,
        [runId, collection, after, limit],
      );
      for (const row of rows) {
        yield {
          id: row['id'] as Buffer,
          code: String(row['code']) as RejectionCode,
          document: (row['document'] as Buffer | null) ?? undefined,
        };
      }
      if (rows.length < limit) return;
      after = String(rows.at(-1)!['rejection_number']);
    }
  }

  async clearedIds(runId: string, collection: string): Promise<readonly Uint8Array[]> {
    const rows = await this.#query(
      `select distinct id from docrow.audit
      where run_id = $1 and collection = $2 and action = 'orphan-null' and id is not null`,
      [runId, collection],
    );
    return rows.map((row) => row['id'] as Buffer);
  }

  async exceptionsMark(runId: string, collection: string): Promise<string> {
    const [row] = await this.#query(
      `select (select row(count(*), max(rejection_number), max(rejected_at))::text from docrow.rejection
          where run_id = $1 and collection = $2) as rejections,
        (select row(count(*), max(audit_number))::text from docrow.audit
          where run_id = $1 and collection = $2) as changes`,
      [runId, collection],
    );
    return `${row!['rejections']} ${row!['changes']}`;
  }

  async keptRanges(runId: string, collection: string, plan: string): Promise<ReadonlyMap<number, Buffer>> {
    await this.#query(
      'delete from docrow.digest_range where run_id = $1 and collection = $2 and plan <> $3',
      [runId, collection, plan],
    );
    const rows = await this.#query(
      'select range_number, content from docrow.digest_range where run_id = $1 and collection = $2',
      [runId, collection],
    );
    return new Map(rows.map((row) => [Number(row['range_number']), row['content'] as Buffer]));
  }

  async keepRange(
    runId: string,
    collection: string,
    plan: string,
    range: number,
    content: Buffer,
  ): Promise<void> {
    await this.#query(
      `insert into docrow.digest_range (run_id, collection, range_number, plan, content)
      values ($1, $2, $3, $4, $5)
      on conflict (run_id, collection, range_number)
        do update set plan = excluded.plan, content = excluded.content, finished_at = now()`,
      [runId, collection, range, plan, content],
    );
  }

  async forgetRanges(runId: string, collection: string): Promise<void> {
    await this.#query('delete from docrow.digest_range where run_id = $1 and collection = $2', [
      runId,
      collection,
    ]);
  }
}
