import type { RejectionCode } from '../errors/error-codes.ts';

/** A value that a policy of its column changed, so that nothing is silent. Named as in the migration report. */
export type AdjustmentKind = 'mismatch-null' | 'mismatch-rest' | 'nul-stripped' | 'nul-escaped' | 'nul-rest';

export type NoteAdjustment = (kind: AdjustmentKind) => void;

export interface Adjustment {
  readonly column: string;
  readonly kind: AdjustmentKind;
}

/** What becomes of one document. */
export type PlainOutcome =
  | {
      readonly kind: 'row';
      /**
       * PostgreSQL's text input for each column in the mapping's order, then for the rest column where there is one;
       * null is SQL NULL.
       */
      readonly values: readonly (string | null)[];
      /** Each column and kind once. */
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
