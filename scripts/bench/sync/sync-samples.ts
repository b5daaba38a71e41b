import type { BacklogName, SyncCollection } from './backlogs.ts';

/** What one `docrow sync --once` took. */
export interface SyncSample {
  /** From before the process was started until it was gone. */
  readonly seconds: number;
  /** What its report says: without the start and the end of the process. */
  readonly reportedSeconds: number;
  /** User and system time of the process. */
  readonly cpuSeconds: number;
  readonly peakMebibytes: number;
  readonly events: number;
}

export interface BacklogSamples {
  readonly name: BacklogName;
  readonly what: string;
  readonly collection: SyncCollection;
  readonly events: number;
  /** In the order of the rounds. */
  readonly samples: readonly SyncSample[];
}

/** Of `docrow sync --follow`, while somebody writes all the time. */
export interface LagSample {
  /** Changes per second that were to be made. */
  readonly wanted: number;
  /** That the server took, beside everything else. */
  readonly made: number;
  /** How long each of the timed documents took from the acknowledgement of its write until it was seen, in order. */
  readonly seconds: readonly number[];
}

/** Times of the same documents, in the order of the rounds. */
export interface RefreshSamples {
  readonly documents: number;
  /** Whole processes, in seconds. */
  readonly load: readonly number[];
  /** `sync --once --full` where nothing has changed. */
  readonly full: readonly number[];
  /** `sync --once` after each document was changed in a field that no column takes. */
  readonly forced: readonly number[];
}

export interface SyncMeasurements {
  readonly backlogs: readonly BacklogSamples[];
  /** With nothing to do: start, end, and the wait for the source to say so. */
  readonly idle: readonly SyncSample[];
  readonly lag: readonly LagSample[];
  readonly refresh: RefreshSamples | undefined;
}
