import type { ErrorCode, ExitCode } from '../errors/error-codes.ts';

/** Documents of one collection: `read = loaded + rejected + filtered` always. */
export interface DocumentCounts {
  readonly read: number;
  readonly loaded: number;
  readonly rejected: number;
  readonly filtered: number;
}

export interface CollectionReport extends DocumentCounts {
  readonly collection: string;
  /** Rows per table. */
  readonly rows: Readonly<Record<string, number>>;
  /** BSON bytes read. */
  readonly bytes: number;
  readonly seconds: number;
  /** This process's own share. */
  readonly attempt: DocumentCounts & { readonly bytes: number; readonly seconds: number };
}

/** Rejections of one kind, for the summary. */
export interface RejectionGroup {
  readonly collection: string;
  readonly code: ErrorCode;
  /** Path in the document, without array positions; empty when the whole document is meant. */
  readonly path: string;
  readonly reason: string;
  readonly documents: number;
}

/** Values that a `mismatch: null`, `mismatch: rest` or `orphans: null` policy changed, so that nothing is silent. */
export interface AdjustmentGroup {
  readonly collection: string;
  readonly table: string;
  readonly column: string;
  readonly kind:
    | 'mismatch-null'
    | 'mismatch-rest'
    | 'orphan-null'
    | 'nul-stripped'
    | 'nul-escaped'
    | 'nul-rest'
    | 'unmapped-rest';
  /** Of `unmapped-rest`: the dotted path of the fields, `*` for paths beyond the first 200. */
  readonly path?: string;
  readonly documents: number;
}

export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  /** `file:line:column`, or a collection, table or document position. */
  readonly location: string | undefined;
}

/** What `migrate` prints with --json, field by field. */
export interface MigrationReport {
  readonly command: 'migrate';
  readonly runId: string | undefined;
  readonly status: 'done' | 'rejected' | 'failed' | 'interrupted';
  readonly exitCode: ExitCode;
  /** True when the run was already finished and nothing had to be done. */
  readonly nothingToDo: boolean;
  readonly collections: readonly CollectionReport[];
  readonly totals: Omit<CollectionReport, 'collection' | 'rows' | 'attempt'> & { readonly rows: number };
  readonly rejections: readonly RejectionGroup[];
  readonly adjustments: readonly AdjustmentGroup[];
  readonly validation: {
    readonly verdict: 'match' | 'mismatch' | 'incomplete' | 'skipped';
    readonly level?: string;
    /** Changes of the source since the copy began, which explain everything that differs. */
    readonly outstanding?: number;
  };
  readonly errors: readonly ErrorReport[];
}
