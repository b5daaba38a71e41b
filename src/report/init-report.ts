import type { ExitCode } from '../errors/error-codes.ts';
import type { ErrorReport } from './migration-report.ts';

/** Something that a person should look at in a proposed mapping. */
export interface InitDecision {
  readonly table: string;
  readonly column?: string | undefined;
  /** A sentence without a full stop, without values of documents. */
  readonly text: string;
}

export interface InitCollection {
  readonly collection: string;
  readonly file: string;
  /** The root table. */
  readonly table: string;
  /** All tables, root first. */
  readonly tables: readonly string[];
  /** Columns of all tables, without rest columns. */
  readonly columns: number;
  /** Documents that were looked at. */
  readonly documents: number;
  readonly isSample: boolean;
  readonly decisions: readonly InitDecision[];
}

/** What `init` prints with --json. */
export interface InitReport {
  readonly command: 'init';
  readonly exitCode: ExitCode;
  readonly database: string;
  /** The project folder. */
  readonly folder: string;
  /** Files that were written, relative to the folder. */
  readonly files: readonly string[];
  /** Files that were there and stay as they are. */
  readonly kept: readonly string[];
  readonly collections: readonly InitCollection[];
  readonly leftOut: readonly { readonly collection: string; readonly reason: string }[];
  readonly errors: readonly ErrorReport[];
}
