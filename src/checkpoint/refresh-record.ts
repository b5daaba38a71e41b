import type { AdjustmentCounts, RejectionRecord, RowCounts } from './checkpoint-store.ts';

/** Names who brings documents in step, so that another process that took the run over is noticed. */
export interface RefreshWriter {
  readonly runId: string;
  readonly collection: string;
  readonly epoch: number;
}

/** Documents that count otherwise than before, in the range that they belong to. Each may be negative. */
export interface RangeMove {
  readonly rangeNumber: number;
  readonly read: number;
  readonly loaded: number;
  readonly filtered: number;
}

/** One line of `docrow.audit`. */
export interface AuditEntry {
  readonly action: string;
  /** BSON document `{_id: value}`; undefined for a row that no document is known of. */
  readonly id: Uint8Array | undefined;
  readonly idText: string;
  readonly table: string;
  readonly column: string | undefined;
}

/** What became of documents that were brought in step; recorded in the transaction that changed their rows. */
export interface RefreshRecord {
  /** Numbers of rejections that hold no more, or are replaced by a newer one. */
  readonly settled: readonly string[];
  readonly rejections: readonly RejectionRecord[];
  /** How many documents more are set aside than before, and their rows by table; may be negative. */
  readonly setAside: number;
  readonly rowsSetAside: RowCounts;
  readonly moves: readonly RangeMove[];
  /** Of documents that are loaded now and were rejected before. */
  readonly adjustments: AdjustmentCounts;
  /** `_id`s of documents whose cleared references are recorded anew, among `audit`. */
  readonly ids: readonly Uint8Array[];
  readonly audit: readonly AuditEntry[];
}
