import type { ExitCode } from '../errors/error-codes.ts';
import type {
  AdjustmentGroup,
  CollectionReport,
  ErrorReport,
  MigrationReport,
  RejectionGroup,
} from './migration-report.ts';
import type { RunCheck } from './run-checks.ts';
import type { RunVerdict } from './run-verdict.ts';
import type { SyncState } from './sync-state.ts';
import type { ValidationReport } from './validation-report.ts';

/** A key, index, foreign key or statistics of a table. */
export interface BuiltStep {
  readonly table: string;
  readonly step: string;
  readonly isDone: boolean;
}

/** How one collection stands in the run, over all attempts. */
export interface RunCollection extends Omit<CollectionReport, 'attempt'> {
  readonly state: 'loading' | 'loaded' | 'done' | 'stopped';
  /** SHA-256 of what its mapping means. */
  readonly fingerprint: string;
  /** Rows that were in each table before, where the run appends. */
  readonly rowsBefore: Readonly<Record<string, number>>;
  readonly ranges: { readonly done: number; readonly total: number };
  readonly steps: readonly BuiltStep[];
  /** ISO 8601; so are all times here. */
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
}

/** A process that worked on the run. */
export interface RunAttempt {
  /** Counts the processes that took the run over, those that tried rejections again included. */
  readonly number: number;
  readonly startedAt: string;
  /** Of docrow. */
  readonly version: string;
  /** Of Node.js. */
  readonly node: string;
  readonly system: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly workers: number;
}

/** What one attempt committed, in equal spans of time. */
export interface RunThroughput {
  readonly attempt: number;
  readonly startedAt: string;
  readonly spanSeconds: number;
  /** Of each span; not whole, since a chunk counts in each span by its share. */
  readonly spans: readonly { readonly documents: number; readonly bytes: number }[];
}

/** Rejections that were tried again. */
export interface RunRetry {
  readonly collection: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  readonly loaded: number;
  readonly fingerprintBefore: string;
  readonly fingerprint: string;
  /** How the mappings differ, in words; empty when they do not. */
  readonly changes: readonly string[];
}

/** What the target's state tells about a run. */
export interface RunFacts {
  readonly runId: string;
  /** Order of the runs in the target, from 1. */
  readonly number: number;
  readonly state: 'running' | 'interrupted' | 'failed' | 'finished';
  /** Version of docrow that began the run. */
  readonly version: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  /** The value of `$runTime` in mappings. */
  readonly runTime: string;
  readonly source: {
    readonly kind: 'mongo' | 'dump' | 'export';
    readonly database: string;
    /** Up to where its changes are known, in words; undefined where the source has no history. */
    readonly changePosition: string | undefined;
  };
  readonly target: { readonly schema: string; readonly postgres: string };
  readonly attempts: readonly RunAttempt[];
  readonly collections: readonly RunCollection[];
  readonly totals: MigrationReport['totals'];
  readonly rejections: readonly RejectionGroup[];
  readonly adjustments: readonly AdjustmentGroup[];
  readonly retries: readonly RunRetry[];
  /** How the tables were kept in step after the load; left out where they never were. */
  readonly sync?: SyncState;
  /** When the switch was recorded. */
  readonly cutOverAt?: string;
  /** When docrow last wrote rows of the run. */
  readonly changedAt: string | undefined;
  readonly throughput: readonly RunThroughput[];
  /** The last comparison of both sides; undefined when there was none. */
  readonly validation: (Omit<ValidationReport, 'command' | 'exitCode'> & RunValidationTime) | undefined;
  /** What else a person has to know. Whole sentences. */
  readonly notes: readonly string[];
  /** What stopped collections, or the comparison. */
  readonly errors: readonly ErrorReport[];
}

interface RunValidationTime {
  readonly validatedAt: string;
}

/** Everything that a run's report says; what `report` prints with --json, field by field. */
export interface RunReport extends RunFacts {
  readonly command: 'report';
  readonly exitCode: ExitCode;
  readonly product: { readonly name: 'docrow'; readonly version: string };
  readonly madeAt: string;
  /** Whether values of documents were hidden. */
  readonly masked: boolean;
  readonly verdict: RunVerdict;
  readonly checks: readonly RunCheck[];
}

/** One line of `report --list`. */
export interface RunSummary {
  readonly number: number;
  readonly runId: string;
  readonly state: RunFacts['state'];
  readonly source: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  readonly collections: number;
  readonly validation: { readonly verdict: string; readonly level: string } | undefined;
}

/** What `report --list` prints with --json. The newest run comes first. */
export interface RunListReport {
  readonly command: 'report list';
  readonly exitCode: ExitCode;
  readonly runs: readonly RunSummary[];
}
