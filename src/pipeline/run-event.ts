import type { ErrorCode } from '../errors/error-codes.ts';

/** What a run tells about itself while it works. Display only: nothing durable depends on it. */
export type RunEvent =
  | {
      readonly kind: 'run-started';
      readonly runId: string;
      readonly resumed: boolean;
      readonly workers: number;
    }
  | {
      readonly kind: 'collection-planned';
      readonly collection: string;
      /** Best guess of what there is in all; undefined where the source cannot say. */
      readonly estimatedDocuments: number | undefined;
      readonly ranges: number;
      /** Documents done by earlier attempts of the same run. */
      readonly alreadyRead: number;
    }
  | {
      readonly kind: 'chunk-committed';
      readonly collection: string;
      /** All counts are of this chunk alone. */
      readonly read: number;
      readonly loaded: number;
      readonly rejected: number;
      readonly filtered: number;
      /** BSON bytes. */
      readonly bytes: number;
    }
  | { readonly kind: 'collection-loaded'; readonly collection: string }
  | {
      /** Documents were looked at, and nothing was written. */
      readonly kind: 'documents-read';
      readonly collection: string;
      readonly read: number;
      /** BSON bytes. */
      readonly bytes: number;
    }
  | { readonly kind: 'collection-read'; readonly collection: string }
  | { readonly kind: 'step-started'; readonly table: string; readonly step: string }
  | {
      readonly kind: 'step-finished';
      readonly table: string;
      readonly step: string;
      readonly seconds: number;
    }
  | {
      readonly kind: 'set-aside';
      readonly collection: string;
      readonly code: ErrorCode;
      readonly documents: number;
    }
  | {
      readonly kind: 'retrying';
      readonly code: ErrorCode;
      readonly attempt: number;
      readonly delayMs: number;
    }
  | {
      readonly kind: 'collection-stopped';
      readonly collection: string;
      readonly code: ErrorCode;
      readonly message: string;
    }
  | {
      readonly kind: 'sync-progress';
      /** Up to here every change of the source is in the tables. */
      readonly sourceTime: Date;
      readonly lagSeconds: number;
      readonly collections: readonly SyncedCollection[];
    }
  | { readonly kind: 'stopping'; readonly signal: string }
  | { readonly kind: 'validation-started'; readonly level: string }
  | { readonly kind: 'notice'; readonly message: string };

/** Counts since this process began. */
export interface SyncedCollection {
  readonly collection: string;
  /** Seconds from a change in the source until it was in the tables, of the last batch. */
  readonly lagSeconds: number;
  /** Since the last event of this kind. */
  readonly eventsPerSecond: number;
  readonly events: number;
  /** Documents inserted or updated. */
  readonly changed: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly rejected: number;
}

export type RunEventListener = (event: RunEvent) => void;
