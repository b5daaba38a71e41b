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

export interface CollectionComparison {
  readonly collection: string;
  readonly level: 'counts' | 'digests' | 'rows';
  /** Documents in the source now. */
  readonly documents: number;
  readonly rejected: number;
  readonly filtered: number;
  readonly tables: readonly TableComparison[];
  readonly declaredLosses: readonly {
    readonly path: string;
    readonly kind: string;
    readonly documents: number;
  }[];
}

export interface Difference {
  readonly kind: 'missing-row' | 'extra-row' | 'changed-value';
  readonly collection: string;
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
  readonly column?: string;
  readonly expected?: string;
  readonly actual?: string;
}

/** What `validate` prints with --json. */
export interface ValidationReport {
  readonly command: 'validate';
  readonly verdict: 'match' | 'mismatch' | 'incomplete';
  readonly exitCode: ExitCode;
  readonly collections: readonly CollectionComparison[];
  readonly differences: readonly Difference[];
  readonly differencesTruncated: boolean;
  readonly errors: readonly ErrorReport[];
}
