import type { ExitCode } from '../errors/error-codes.ts';
import type { RejectionGroup } from './migration-report.ts';

/** What became of the documents of one collection that were tried again. */
export interface CollectionRetry {
  readonly collection: string;
  /** Documents that went again: `retried = loaded + rejected`. */
  readonly retried: number;
  readonly loaded: number;
  readonly rejected: number;
  /** Rejections without a document, which could not go again. */
  readonly withoutDocument: number;
  /** References of the documents loaded that led nowhere and are NULL now (`orphans: null`). */
  readonly clearedReferences: number;
  /** How the mapping differs from the one that the rows of before were loaded by; empty when it does not. */
  readonly mappingChanges: readonly string[];
  /** Documents of the whole run that are loaded under an earlier mapping than the one of now. */
  readonly loadedBefore: number;
}

/** What `rejects retry` prints with --json. */
export interface RetryReport {
  readonly command: 'rejects retry';
  readonly status: 'done' | 'rejected' | 'interrupted';
  readonly exitCode: ExitCode;
  readonly runId: string;
  readonly collections: readonly CollectionRetry[];
  readonly totals: Pick<
    CollectionRetry,
    'retried' | 'loaded' | 'rejected' | 'withoutDocument' | 'clearedReferences'
  >;
  /** Those of the retried documents that were rejected again, by kind. */
  readonly rejections: readonly RejectionGroup[];
  /** All rejections of the run that are left, those included that were not retried. */
  readonly remaining: number;
}
