import type { ErrorCode, RejectionCode } from '../../errors/error-codes.ts';
import type { FeedPosition } from '../../source/change-feed.ts';
import type { SourceIdentity, SourceRange } from '../../source/document-source.ts';
import type { RowCounts } from '../checkpoint-store.ts';
import type {
  CursorMark,
  SyncAdvance,
  SyncCollectionRecord,
  SyncCounts,
  SyncRecord,
  SyncStop,
  SyncStore,
  SyncWriter,
} from '../sync-store.ts';
import { adoptSource } from './adopt-source.ts';
import type { QueryRows } from './query-rows.ts';
import { saveRejections } from './save-chunk.ts';
import {
  addCounts,
  counted,
  fenced,
  type RunStatement,
  requireLater,
  saveMark,
  saveStop,
  storedTime,
} from './save-sync.ts';

/** State of following changes, in schema `docrow` of the target. */
export class PostgresSyncStore implements SyncStore {
  readonly #query: QueryRows;

  constructor(query: QueryRows) {
    this.#query = query;
  }

  async find(runId: string): Promise<SyncRecord | undefined> {
    const [row] = await this.#query('select * from docrow.sync where run_id = $1', [runId]);
    if (row === undefined) return undefined;
    return {
      position: positionOf(row['cluster_time'], row['resume_token']),
      recovery: positionOf(row['recovery_time'], row['recovery_token']),
      events: Number(row['events']),
      batches: Number(row['batches']),
      isSettled: row['is_settled'] === true,
      startedAt: row['started_at'] as Date,
      movedAt: row['moved_at'] as Date,
    };
  }

  async collections(runId: string): Promise<readonly SyncCollectionRecord[]> {
    const rows = await this.#query(
      'select * from docrow.sync_collection where run_id = $1 order by collection',
      [runId],
    );
    return rows.map((row) => ({
      collection: String(row['collection']),
      counts: {
        ...(Object.fromEntries(counted.map((name) => [name, Number(row[name])])) as Omit<SyncCounts, 'rows'>),
        rows: row['rows'] as RowCounts,
      },
      stop: stopOf(row),
      mark: markOf(row),
      changedAt: (row['changed_at'] as Date | null) ?? undefined,
    }));
  }

  async begin({ runId }: SyncWriter, position: FeedPosition | undefined): Promise<void> {
    await this.#query(
      `insert into docrow.sync (run_id, cluster_time, resume_token) values ($1, $2, $3)
      on conflict (run_id) do nothing`,
      [runId, position?.clusterTime ?? null, position?.resumeToken ?? null],
    );
  }

  advance(writer: SyncWriter, advance: SyncAdvance): (run: RunStatement) => Promise<void> {
    return async (run) => {
      const stored = await storedTime(run, writer);
      if (advance.position !== undefined) requireLater(stored, advance.position);
      let events = 0;
      for (const { events: ofOne } of advance.counts.values()) events += ofOne;
      const { runId } = writer;
      await run(
        `update docrow.sync
        set cluster_time = coalesce($2, cluster_time),
          resume_token = case when $2::text is null then resume_token else $3 end,
          events = events + $4, batches = batches + $5, is_settled = coalesce($6, is_settled), moved_at = now()
        where run_id = $1`,
        [
          runId,
          advance.position?.clusterTime ?? null,
          advance.position?.resumeToken ?? null,
          events,
          advance.counts.size > 0 ? 1 : 0,
          advance.isSettled ?? (advance.counts.size > 0 ? false : null),
        ],
      );
      for (const [collection, counts] of advance.counts) await addCounts(run, runId, collection, counts);
      for (const [collection, stop] of advance.stops ?? []) await saveStop(run, runId, collection, stop);
      for (const [collection, mark] of advance.marks ?? []) await saveMark(run, runId, collection, mark);
      await saveRejections(run, runId, advance.rejections ?? []);
    };
  }

  async saveAdvance(writer: SyncWriter, advance: SyncAdvance): Promise<void> {
    await this.#transaction(this.advance(writer, advance));
  }

  async rejectedIds(
    runId: string,
    collection: string,
    codes: readonly RejectionCode[],
  ): Promise<readonly Uint8Array[]> {
    const rows = await this.#query(
      `select id from docrow.rejection
      where run_id = $1 and collection = $2 and code = any($3) and id is not null order by rejection_number`,
      [runId, collection, [...codes]],
    );
    return rows.map((row) => row['id'] as Buffer);
  }

  async waitingIds(
    runId: string,
    collection: string,
    codes: readonly RejectionCode[],
  ): Promise<readonly Uint8Array[]> {
    const rows = await this.#query(
      `select id from docrow.rejection
      where run_id = $1 and collection = $2 and code = any($3) and id is not null
      union
      select id from docrow.audit
      where run_id = $1 and collection = $2 and action = 'orphan-null' and id is not null`,
      [runId, collection, [...codes]],
    );
    return rows.map((row) => row['id'] as Buffer);
  }

  async foreignWritesTold(runId: string): Promise<string | undefined> {
    const [row] = await this.#query('select foreign_writes_told from docrow.run where run_id = $1', [runId]);
    return (row?.['foreign_writes_told'] as string | null | undefined) ?? undefined;
  }

  async saveForeignWritesTold({ runId }: SyncWriter, position: string): Promise<void> {
    await this.#query('update docrow.run set foreign_writes_told = $2 where run_id = $1', [runId, position]);
  }

  async saveCutover(
    { runId, epoch }: SyncWriter,
    clusterTime: string | undefined,
    report: object,
  ): Promise<Date> {
    const [row] = await this.#query(
      `with run as (
        update docrow.run set cut_over_at = now() where run_id = $1 and epoch = $2 returning run_id, cut_over_at
      ), kept as (
        insert into docrow.cutover (run_id, cluster_time, report) select run_id, $3, $4 from run
        on conflict (run_id) do update set cluster_time = excluded.cluster_time, report = excluded.report
      )
      select cut_over_at from run`,
      [runId, epoch, clusterTime ?? null, JSON.stringify(report)],
    );
    if (row === undefined) throw fenced();
    return row['cut_over_at'] as Date;
  }

  async beginRecovery(writer: SyncWriter, position: FeedPosition): Promise<void> {
    await this.#transaction(async (run) => {
      await storedTime(run, writer);
      await run('update docrow.sync set recovery_time = $2, recovery_token = $3 where run_id = $1', [
        writer.runId,
        position.clusterTime,
        position.resumeToken ?? null,
      ]);
    });
  }

  async finishRecovery(writer: SyncWriter, collections: readonly string[], moves: boolean): Promise<void> {
    await this.#transaction(async (run) => {
      await storedTime(run, writer);
      await run(
        `update docrow.sync
        set cluster_time = case when $2 then coalesce(recovery_time, cluster_time) else cluster_time end,
          resume_token = case when $2 and recovery_time is not null then recovery_token else resume_token end,
          recovery_time = null, recovery_token = null, moved_at = now()
        where run_id = $1`,
        [writer.runId, moves],
      );
      await run(
        `update docrow.sync_collection set stop_code = null, stop_reason = null, stop_time = null
        where run_id = $1 and collection = any($2)`,
        [writer.runId, [...collections]],
      );
    });
  }

  async adoptSource(
    writer: SyncWriter,
    identity: SourceIdentity,
    ranges: ReadonlyMap<string, readonly SourceRange[]>,
  ): Promise<void> {
    await this.#transaction((run) => adoptSource(run, writer, identity, ranges));
  }

  /** Nothing else uses the connection meanwhile: following changes does one thing after the other. */
  async #transaction(work: (run: RunStatement) => Promise<void>): Promise<void> {
    await this.#query('begin');
    try {
      await work(async (sql, parameters) => {
        const rows = await this.#query(sql, parameters);
        return { rowCount: rows.length, rows };
      });
      await this.#query('commit');
    } catch (error) {
      await this.#query('rollback').catch(() => undefined);
      throw error;
    }
  }
}

const positionOf = (clusterTime: unknown, resumeToken: unknown): FeedPosition | undefined =>
  typeof clusterTime === 'string'
    ? { clusterTime, resumeToken: typeof resumeToken === 'string' ? resumeToken : undefined }
    : undefined;

const stopOf = (row: Record<string, unknown>): SyncStop | undefined =>
  row['stop_code'] === null
    ? undefined
    : {
        code: String(row['stop_code']) as ErrorCode,
        reason: String(row['stop_reason']),
        clusterTime: (row['stop_time'] as string | null) ?? undefined,
      };

const markOf = (row: Record<string, unknown>): CursorMark | undefined =>
  row['cursor_field'] === null
    ? undefined
    : {
        field: String(row['cursor_field']),
        value: row['cursor_value'] as Buffer,
        valueText: String(row['cursor_text']),
      };
