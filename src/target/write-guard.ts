import type { CollectionMapping } from '../mapping/mapping.ts';
import type { RowKey } from './refresh-target.ts';

/** What others did to rows; `unknown` where the guard was not there yet, so that a change is seen and not how it came. */
export type ForeignOperation = 'insert' | 'update' | 'delete' | 'truncate' | 'unknown';

/** Rows of one table that others wrote to. */
export interface ForeignWriteCounts {
  readonly collection: string;
  readonly table: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** Statements that emptied the table. */
  readonly truncated: number;
  /** Written before the guard was there. */
  readonly unknown: number;
}

/** One row that others wrote to. */
export interface ForeignWrite {
  /** Key of `docrow.foreign_write`. */
  readonly number: string;
  readonly collection: string;
  readonly table: string;
  readonly operation: ForeignOperation;
  /** Undefined for a whole table, and where the row was too large to be recorded. */
  readonly key: RowKey | undefined;
  /** The role that logged in, and what its program calls itself; undefined where nobody was there to see it. */
  readonly writer: string | undefined;
  readonly application: string | undefined;
  readonly recordedAt: Date;
}

export interface ForeignWrites {
  /** Tables without foreign writes are not in it. */
  readonly counts: readonly ForeignWriteCounts[];
  /** The first of them, in the order in which they were recorded. */
  readonly first: readonly ForeignWrite[];
  /** Opaque: gives the next call what this one has not seen. */
  readonly position: string;
}

/** Names the process that works on a run. */
export interface GuardWriter {
  readonly runId: string;
  readonly epoch: number;
}

/**
 * The contract of what looks out for writes of others to the tables of a run: it records them, or makes PostgreSQL
 * refuse them, as the mapping of each collection says (`foreignWrites`). Rows that docrow writes pass.
 */
export interface WriteGuard {
  /**
   * Puts every table of these collections under guard, all of them or none; those that are already are left as they
   * are. Then looks for rows that others wrote after the last of docrow's own work and before the guard was there, and
   * records them. To be called with the run's lock, after the epoch was raised and before the first row is written.
   * @returns what was found of before; rows that were deleted then cannot be seen
   * @throws DocrowError `target-busy` when another transaction keeps a table locked, `target-denied` for a table that
   *   docrow's role does not own
   */
  install(
    writer: GuardWriter,
    collections: readonly CollectionMapping[],
  ): Promise<readonly ForeignWriteCounts[]>;
  /** Whether every table of these collections is under guard, as the mapping says. */
  isInstalled(runId: string, collections: readonly CollectionMapping[]): Promise<boolean>;
  /** Ends the guard of all tables, whichever run it is of. What was recorded stays. @throws DocrowError `target-busy` */
  remove(): Promise<void>;
  /**
   * What others wrote.
   * @param since `position` of an earlier call; undefined for all there is
   * @param limit most rows to be listed
   */
  report(runId: string, since: string | undefined, limit: number): Promise<ForeignWrites>;
  close(): Promise<void>;
}
