import type { RejectionCode } from '../errors/error-codes.ts';

/** A value that a policy of its column changed, so that nothing is silent. Named as in the migration report. */
export type AdjustmentKind =
  | 'mismatch-null'
  | 'mismatch-rest'
  | 'nul-stripped'
  | 'nul-escaped'
  | 'nul-rest'
  /** A field went to the rest column because nothing takes it. */
  | 'unmapped-rest';

export type NoteAdjustment = (kind: AdjustmentKind) => void;

export interface Adjustment {
  /** The table that has the column. */
  readonly table: string;
  /**
   * The rest column where the kind is `unmapped-rest`, and for the `mismatch-rest` of child tables: of the parent when
   * a value that is no array went there, of the child table when an element did.
   */
  readonly column: string;
  readonly kind: AdjustmentKind;
  /** Of `unmapped-rest` alone: keys from what a row is made from to the field, joined by dots. */
  readonly path?: string;
}

/** The rows that one document gives a table. */
export interface PlainTableRows {
  readonly table: string;
  /**
   * Per row PostgreSQL's text input for each column in the mapping's order, then for the rest column where there is
   * one; null is SQL NULL. Rows in the order of their elements; the root table has exactly one.
   */
  readonly rows: readonly (readonly (string | null)[])[];
}

/** What becomes of one document. */
export type PlainOutcome =
  | {
      readonly kind: 'rows';
      /** All tables of the mapping, in its order. */
      readonly tables: readonly PlainTableRows[];
      /** Each table, column, kind and path once, however many rows it concerns. */
      readonly adjustments: readonly Adjustment[];
    }
  | {
      readonly kind: 'rejected';
      readonly code: RejectionCode;
      /** Dotted, array positions as numbers; empty for the whole document. */
      readonly path: string;
      /** One sentence without values. */
      readonly reason: string;
    };
