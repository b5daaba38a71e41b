import type { RunRecord } from './checkpoint-store.ts';

export interface NumberedRun {
  /** Order of the runs in this target; the highest is the current one. */
  readonly number: number;
  readonly record: RunRecord;
}

/** The machine and the programs that an attempt ran with. */
export interface AttemptEnvironment {
  /** Version of Node.js. */
  readonly node: string;
  /** Name and release of the operating system, and the kind of processor. */
  readonly system: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Threads that copied ranges. */
  readonly workers: number;
}

/** A process that loaded documents of a run. */
export interface AttemptRecord {
  readonly epoch: number;
  readonly startedAt: Date;
  /** Of docrow. */
  readonly version: string;
  readonly environment: AttemptEnvironment;
}

/** What one attempt committed, in equal spans of time. */
export interface ThroughputRecord {
  readonly epoch: number;
  readonly startedAt: Date;
  readonly spanSeconds: number;
  /** A chunk counts in each span by the share of its time that lies in it. */
  readonly spans: readonly { readonly documents: number; readonly bytes: number }[];
}

export interface StoredRetry {
  readonly collection: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | undefined;
  readonly loaded: number;
  readonly fingerprintBefore: string;
  readonly fingerprint: string;
  /** How the mappings differ, in words. */
  readonly changes: readonly string[];
}

export interface StoredValidation {
  readonly validatedAt: Date;
  readonly level: string;
  readonly verdict: string;
  /** As it was given to `addValidation`. */
  readonly report: object;
}

/** The contract of what is kept of runs for those who want to know afterwards how they went. */
export interface RunHistoryStore {
  /** All runs, the newest first. */
  runs(): Promise<readonly NumberedRun[]>;
  addAttempt(runId: string, epoch: number, environment: AttemptEnvironment): Promise<void>;
  /** In their order. */
  attempts(runId: string): Promise<readonly AttemptRecord[]>;
  /**
   * What was committed when, of each attempt that committed anything, in their order.
   * @param spans into how many the time of an attempt is cut
   */
  throughput(runId: string, spans: number): Promise<readonly ThroughputRecord[]>;
  /** In their order. */
  retries(runId: string): Promise<readonly StoredRetry[]>;
  /** The last comparison of both sides; counts that agree do not stand in front of a closer look. */
  lastValidation(runId: string): Promise<StoredValidation | undefined>;
  /** When rows were changed last after the load, by docrow or, where that was seen, by others; undefined for never. */
  lastChange(runId: string): Promise<Date | undefined>;
  /** Version of the PostgreSQL server. */
  serverVersion(): Promise<string>;
}
