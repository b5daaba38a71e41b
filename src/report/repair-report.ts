import type { ExitCode } from '../errors/error-codes.ts';
import type { Difference, ValidationLevel } from './validation-report.ts';

/** One row that a repair changes. */
export interface RepairedRow {
  readonly collection: string;
  readonly kind: 'insert' | 'update' | 'delete';
  readonly table: string;
  /** Key columns and their values as PostgreSQL's text. */
  readonly key: Readonly<Record<string, string>>;
  /** The document's `_id` as canonical Extended JSON, where it is known. */
  readonly id?: string;
  /** Columns of an update whose values differ. */
  readonly columns: readonly string[];
}

export interface RepairedTable {
  readonly table: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** A document that cannot be loaded as the source has it. */
export interface RepairRejection {
  readonly collection: string;
  readonly id: string;
  readonly code: string;
  readonly path: string;
  readonly reason: string;
}

/** What was done, or would be done, about the differences of one collection. */
export interface CollectionRepair {
  readonly collection: string;
  /** Documents that the differences name. */
  readonly documents: number;
  /** Those of them whose rows are as they should be already. */
  readonly unchanged: number;
  /** Those of them that are set aside. */
  readonly rejected: number;
  /** Rows that the differences name and that no document is known of. */
  readonly rowsWithoutDocument: number;
  /** Other documents that referred to rows that are gone: set aside, or their reference set to NULL. */
  readonly followers: number;
  readonly tables: readonly RepairedTable[];
}

/** What `repair` prints with --json. */
export interface RepairReport {
  readonly command: 'repair';
  /** `planned`: nothing was changed; `clean`: the documents were compared again, and are equal. */
  readonly status: 'nothing' | 'planned' | 'clean' | 'differences' | 'interrupted';
  readonly exitCode: ExitCode;
  readonly runId: string;
  readonly validation: {
    /** ISO 8601. */
    readonly at: string;
    readonly level: ValidationLevel;
    readonly verdict: string;
    /** It found more differences than it kept, so that not all are repaired. */
    readonly isTruncated: boolean;
  };
  readonly collections: readonly CollectionRepair[];
  /** The rows that would be changed; empty when they were. */
  readonly rows: readonly RepairedRow[];
  /** More rows would be changed than are listed. */
  readonly rowsTruncated: boolean;
  readonly rejections: readonly RepairRejection[];
  /** Documents and rows without a document that `--limit` left out. */
  readonly left: number;
  /** `_id`s that cannot be told from the text that the validation kept. */
  readonly unreadable: number;
  /** What was found when the documents were compared again. */
  readonly remaining: readonly Difference[];
}
