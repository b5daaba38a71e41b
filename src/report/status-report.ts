import type { ExitCode } from '../errors/error-codes.ts';
import type { DocumentCounts, ErrorReport } from './migration-report.ts';
import type { SyncState } from './sync-state.ts';

/** A step after the load: a key, index, foreign key or ANALYZE of one table. */
export interface StepStatus {
  readonly table: string;
  readonly step: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
}

export interface CollectionStatus extends DocumentCounts {
  readonly collection: string;
  /** Rows per table. */
  readonly rows: Readonly<Record<string, number>>;
  /** `waiting`: in a finished run, for collections that are not loaded and that its foreign keys lead to. */
  readonly state: 'waiting' | 'loading' | 'loaded' | 'finishing' | 'done' | 'stopped';
  readonly ranges: { readonly done: number; readonly total: number };
  readonly steps: readonly StepStatus[];
  /** Where the load stands, in words ("after _id 65f0…", "byte 1,048,576"); undefined before the first chunk. */
  readonly lastPosition: string | undefined;
  /** ISO 8601; so are all times here. */
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
}

export interface RunStatus {
  readonly runId: string;
  readonly state: 'running' | 'interrupted' | 'finished' | 'failed';
  /** What is read, without passwords. */
  readonly source: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  /** Up to where the source's changes are known, in words; undefined for a source without a change history. */
  readonly changePosition: string | undefined;
  readonly collections: readonly CollectionStatus[];
  /** How the tables were kept in step after the load; left out where they never were. */
  readonly sync?: SyncState;
  /** When the switch to PostgreSQL was recorded. */
  readonly cutOverAt?: string;
}

/** What `status` prints with --json. The newest run comes first. */
export interface StatusReport {
  readonly command: 'status';
  readonly exitCode: ExitCode;
  readonly runs: readonly RunStatus[];
  readonly errors: readonly ErrorReport[];
}
