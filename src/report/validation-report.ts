import type { ExitCode } from '../errors/error-codes.ts';
import type { ErrorReport } from './migration-report.ts';

export interface TableComparison {
  readonly table: string;
  readonly expectedRows: number;
  readonly actualRows: number;
  readonly missing: number;
  readonly extra: number;
  readonly changed: number;
}

/**
 * How closely was looked: how many there are; hashes of all rows, and rows where hashes differ; all rows, by another
 * path than the one that wrote them; documents made again from rows.
 */
export type ValidationLevel = 'counts' | 'digests' | 'rows' | 'documents';

/** One column on both sides. Texts are PostgreSQL's; undefined where it cannot be computed or has no meaning. */
export interface ColumnAggregates {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly expected: SideAggregates;
  readonly actual: SideAggregates;
  readonly isEqual: boolean;
}

export interface SideAggregates {
  readonly rows: number;
  readonly nulls: number;
  /** Different values; an estimate where `isDistinctExact` is false, which is no reason for a difference. */
  readonly distinct?: number;
  readonly isDistinctExact?: boolean;
  readonly min?: string;
  readonly max?: string;
  readonly sum?: string;
  /** Of the text form, in characters. */
  readonly averageLength?: number;
}

export interface CollectionComparison {
  readonly collection: string;
  /** The closest level that was reached. */
  readonly level: ValidationLevel;
  /** Documents in the source now. */
  readonly documents: number;
  readonly rejected: number;
  readonly filtered: number;
  readonly tables: readonly TableComparison[];
  readonly declaredLosses: readonly DeclaredLoss[];
  /** What was not looked at, in whole sentences. With one of them and no difference the verdict is `incomplete`. */
  readonly notCovered: readonly string[];
  /** Level documents: how many come back from their rows as they were, with declared losses alone, or otherwise. */
  readonly roundTrip?: { readonly equal: number; readonly declared: number; readonly undeclared: number };
  readonly aggregates?: readonly ColumnAggregates[];
  readonly seconds: number;
}

export interface DeclaredLoss {
  readonly path: string;
  readonly kind: string;
  readonly documents: number;
}

export interface Difference {
  readonly kind: 'missing-row' | 'extra-row' | 'changed-value' | 'undeclared-loss';
  readonly collection: string;
  readonly table: string;
  /** Key columns and their values as PostgreSQL's text; empty where no row can be named. */
  readonly key: Readonly<Record<string, string>>;
  /** The document's `_id` as canonical Extended JSON, where it is known. */
  readonly id?: string;
  readonly column?: string;
  /** PostgreSQL's text of each value; absent for NULL and for rows as a whole. */
  readonly expected?: string;
  readonly actual?: string;
  /** `moving`: one of the sides changed while it was looked at, so it may be on its way. */
  readonly state: 'standing' | 'moving';
  /** ISO 8601. */
  readonly firstSeenAt: string;
}

/** What `validate` prints with --json. `expected` and `actual` are masked there unless --show-values is given. */
export interface ValidationReport {
  readonly command: 'validate';
  readonly verdict: 'match' | 'mismatch' | 'incomplete';
  readonly exitCode: ExitCode;
  readonly collections: readonly CollectionComparison[];
  readonly differences: readonly Difference[];
  readonly differencesTruncated: boolean;
  /** Changes of the source that were not in the tables yet, and explain everything that differs. */
  readonly outstanding?: { readonly changes: number; readonly since: string };
  readonly errors: readonly ErrorReport[];
}
