import type {
  AttemptEnvironment,
  AttemptRecord,
  NumberedRun,
  RunHistoryStore,
  StoredRetry,
  StoredValidation,
  ThroughputRecord,
} from '../run-history-store.ts';
import type { QueryRows } from './query-rows.ts';
import { toRunRecord } from './state-rows.ts';

/** The history of runs in schema `docrow` of the target, over one connection. */
export class PostgresRunHistoryStore implements RunHistoryStore {
  readonly #query: QueryRows;
  readonly #version: string;

  /** @param version of docrow, stored with each attempt */
  constructor(query: QueryRows, version: string) {
    this.#query = query;
    this.#version = version;
  }

  async runs(): Promise<readonly NumberedRun[]> {
    const rows = await this.#query('select * from docrow.run order by run_number desc');
    return rows.map((row) => ({ number: Number(row['run_number']), record: toRunRecord(row) }));
  }

  async addAttempt(runId: string, epoch: number, environment: AttemptEnvironment): Promise<void> {
    await this.#query(
      'insert into docrow.attempt (run_id, epoch, docrow_version, environment) values ($1, $2, $3, $4)',
      [runId, epoch, this.#version, JSON.stringify(environment)],
    );
  }

  async attempts(runId: string): Promise<readonly AttemptRecord[]> {
    const rows = await this.#query('select * from docrow.attempt where run_id = $1 order by epoch', [runId]);
    return rows.map((row) => ({
      epoch: Number(row['epoch']),
      startedAt: row['started_at'] as Date,
      version: String(row['docrow_version']),
      environment: row['environment'] as AttemptEnvironment,
    }));
  }

  async throughput(runId: string, spans: number): Promise<readonly ThroughputRecord[]> {
    const rows = await this.#query(
      `with chunks as (
        select epoch, documents, bytes, extract(epoch from started_at)::double precision as started,
          extract(epoch from committed_at)::double precision as committed
        from docrow.chunk where run_id = $1
      ), attempts as (
        select epoch, min(started) as started, greatest(max(committed) - min(started), 0.001) / $2::integer as seconds
        from chunks group by epoch
      ), spans as (
        select epoch, number, seconds, attempts.started as attempt_started,
          attempts.started + number * seconds as started, attempts.started + (number + 1) * seconds as ended
        from attempts, pg_catalog.generate_series(0, $2::integer - 1) as numbers (number)
      )
      select spans.epoch, attempt_started, seconds,
        coalesce(sum(documents * share), 0) as documents, coalesce(sum(bytes * share), 0) as bytes
      from spans
      left join lateral (
        select documents, bytes,
          (least(ended, committed) - greatest(spans.started, chunks.started))
            / greatest(committed - chunks.started, 0.000001) as share
        from chunks
        where chunks.epoch = spans.epoch and chunks.started < ended and committed > spans.started
      ) parts on true
      group by spans.epoch, number, attempt_started, seconds order by spans.epoch, number`,
      [runId, spans],
    );
    const epochs = [...new Set(rows.map((row) => Number(row['epoch'])))];
    return epochs.map((epoch) => {
      const own = rows.filter((row) => Number(row['epoch']) === epoch);
      return {
        epoch,
        startedAt: new Date(Number(own[0]!['attempt_started']) * 1000),
        spanSeconds: Number(own[0]!['seconds']),
        spans: own.map((row) => ({ documents: Number(row['documents']), bytes: Number(row['bytes']) })),
      };
    });
  }

  async retries(runId: string): Promise<readonly StoredRetry[]> {
    const rows = await this.#query('select * from docrow.retry where run_id = $1 order by retry_number', [
      runId,
    ]);
    return rows.map((row) => ({
      collection: String(row['collection']),
      startedAt: row['started_at'] as Date,
      finishedAt: (row['finished_at'] as Date | null) ?? undefined,
      loaded: Number(row['loaded']),
      fingerprintBefore: String(row['fingerprint_before']),
      fingerprint: String(row['mapping_fingerprint']),
      changes: row['changes'] as string[],
    }));
  }

  async lastValidation(runId: string): Promise<StoredValidation | undefined> {
    const [row] = await this.#query(
      `select * from docrow.validation where run_id = $1
      order by (level = 'counts' and verdict = 'match'), validation_number desc limit 1`,
      [runId],
    );
    if (row === undefined) return undefined;
    return {
      validatedAt: row['validated_at'] as Date,
      level: String(row['level']),
      verdict: String(row['verdict']),
      report: row['report'] as object,
    };
  }

  async lastChange(runId: string): Promise<Date | undefined> {
    const [row] = await this.#query(
      `select greatest(
        (select max(coalesce(finished_at, started_at)) from docrow.retry where run_id = $1),
        (select max(happened_at) from docrow.audit where run_id = $1),
        (select max(committed_at) from docrow.chunk where run_id = $1),
        (select max(changed_at) from docrow.sync_collection where run_id = $1),
        (select max(recorded_at) from docrow.foreign_write where run_id = $1)
      ) as at`,
      [runId],
    );
    return (row?.['at'] as Date | null | undefined) ?? undefined;
  }

  async serverVersion(): Promise<string> {
    const [row] = await this.#query(`select pg_catalog.current_setting('server_version') as version`);
    return String(row?.['version']);
  }
}
