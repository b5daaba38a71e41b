import type { AdjustmentCounts, RejectionRecord } from './checkpoint-store.ts';

/** What is known of a collection when its rejections go again. */
export interface RetryStart {
  readonly runId: string;
  readonly collection: string;
  /** Fingerprint of the mapping that applies from here on, and the mapping itself as values that JSON has. */
  readonly fingerprint: string;
  readonly mapping: object;
  /** How that mapping differs from the one before, for people; empty when it does not. */
  readonly changes: readonly string[];
  /** Constraints and indexes that the tables have now, in the words of `docrow.step`. */
  readonly steps: readonly { readonly table: string; readonly name: string }[];
}

/** Names the writer of a retry, so that a second one cannot commit. */
export interface RetryWriter {
  readonly runId: string;
  readonly collection: string;
  readonly epoch: number;
  /** Key of `docrow.retry`. */
  readonly retryNumber: string;
}

/** A rejection as far as it says what is wrong. */
export type RetryProblem = Pick<RejectionRecord, 'code' | 'path' | 'reason' | 'table'>;

/** What became of some rejections; recorded in the transaction that holds the rows of those that were loaded. */
export interface RetryRecord {
  /** Rejections whose documents are in the tables now. */
  readonly loaded: readonly Pick<RetriedRejection, 'number' | 'id' | 'idText'>[];
  /** Rejections that stay, with what is wrong now. */
  readonly rejected: readonly (RetryProblem & { readonly number: string })[];
  readonly adjustments: AdjustmentCounts;
  /** The collection's root table. */
  readonly table: string;
}

type RetriedRejection = RejectionRecord & { readonly number: string };

/** The contract of what is durable about retries; the rest is in the checkpoint store. */
export interface RetryStore {
  /** Rejections that no document is kept of, since the source had lost it when it was set aside. */
  countWithoutDocument(runId: string, collection: string, code: string | undefined): Promise<number>;
  /** Fences off every earlier writer of the run. @returns the epoch of this one */
  raiseEpoch(runId: string): Promise<number>;
  /**
   * Records that the rejections of a collection go again: from here on its mapping is the one given.
   * @returns number of the retry, and the database's time
   */
  begin(start: RetryStart): Promise<{ readonly retryNumber: string; readonly startedAt: Date }>;
  /** Records that a retry came to its end. */
  finish(retryNumber: string): Promise<void>;
}
