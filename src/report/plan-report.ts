import type { ExitCode } from '../errors/error-codes.ts';
import type { AdjustmentGroup, DocumentCounts, ErrorReport, RejectionGroup } from './migration-report.ts';

/** What loading one collection would do. Counts are of all its documents; of a sample they are projected. */
export interface PlannedCollection extends DocumentCounts {
  readonly collection: string;
  /** Documents that were really read. Fewer than `read` where a sample was taken. */
  readonly examined: number;
  readonly isSample: boolean;
  /** BSON bytes. */
  readonly bytes: number;
  /** Rows per table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly rejections: readonly Omit<RejectionGroup, 'collection'>[];
  readonly adjustments: readonly Omit<AdjustmentGroup, 'collection'>[];
  readonly declaredLosses: readonly {
    /** Keys joined by dots, without array positions. */
    readonly path: string;
    readonly kind: string;
    readonly documents: number;
  }[];
  readonly newFields: readonly NewField[];
  /** What can only be seen when the documents are loaded. Whole sentences. */
  readonly afterLoad: readonly string[];
}

/** A field that goes to a rest column because nothing takes it, and the column that would. */
export interface NewField {
  readonly table: string;
  /** Keys from what a row is made from, joined by dots. */
  readonly path: string;
  readonly documents: number;
  /** Column type that holds all values seen; undefined where there is none. */
  readonly type: string | undefined;
  readonly alter: string | undefined;
  /** The line for the mapping's `columns`. */
  readonly mapping: string | undefined;
}

export interface PlannedTable {
  readonly table: string;
  /** `loaded`: the run in the target has filled it. `appended`: it has rows, and the load adds to them. */
  readonly state: 'missing' | 'empty' | 'loaded' | 'appended' | 'unusable' | 'unknown';
}

export interface MissingPrivilege {
  readonly side: 'source' | 'target';
  /** What it is needed for. */
  readonly purpose: string;
  /** The statement that gives it, or what to ask an administrator for. */
  readonly statement: string;
}

export interface TimeEstimate {
  readonly seconds: number;
  readonly loadSeconds: number;
  readonly indexSeconds: number;
  readonly workers: number;
  /** How it was arrived at. */
  readonly basis: string;
}

export interface DiskEstimate {
  readonly tableBytes: number;
  readonly indexBytes: number;
  readonly basis: string;
}

/** How far back a change can be found in the source: from which a load has to be caught up with. */
export type ChangeHistory =
  | { readonly kind: 'none'; readonly reason: string }
  | {
      readonly kind: 'window';
      /** ISO 8601. */
      readonly oldest: string;
      readonly newest: string;
      readonly seconds: number;
      /** The load takes more than half of it. */
      readonly isShort: boolean;
    };

/** What `plan` prints with --json, field by field. */
export interface PlanReport {
  readonly command: 'plan';
  readonly verdict: 'ready' | 'ready, with losses declared' | 'not ready';
  /** What stands in the way; empty when it is ready. */
  readonly reasons: readonly string[];
  readonly exitCode: ExitCode;
  readonly isSample: boolean;
  readonly collections: readonly PlannedCollection[];
  readonly totals: DocumentCounts & { readonly rows: number; readonly bytes: number };
  readonly ddl: string;
  readonly tables: readonly PlannedTable[];
  /** The run that the target holds, in one sentence. */
  readonly run: string | undefined;
  /** The target's run is of this source, and has loaded all these collections. */
  readonly nothingToDo: boolean;
  readonly privileges: readonly MissingPrivilege[];
  readonly time: TimeEstimate;
  readonly disk: DiskEstimate;
  readonly changeHistory: ChangeHistory;
  /** What else a person has to know. Whole sentences. */
  readonly notes: readonly string[];
  readonly errors: readonly ErrorReport[];
}
