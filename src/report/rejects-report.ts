import type { ErrorCode, ExitCode } from '../errors/error-codes.ts';
import type { RejectionGroup } from './migration-report.ts';

/** A value of Extended JSON: what `JSON.parse` gives for canonical Extended JSON text. */
export type ExtendedJson =
  | string
  | number
  | boolean
  | null
  | readonly ExtendedJson[]
  | { readonly [key: string]: ExtendedJson };

export interface Reject {
  /** Names one rejection for `rejects show`. */
  readonly key: string;
  readonly collection: string;
  /** The document's `_id` as text. */
  readonly idText: string;
  readonly code: ErrorCode;
  /** Path in the document; empty when the whole document is meant. */
  readonly path: string;
  /** One sentence without values. */
  readonly reason: string;
  /** The table whose row did not fit, where it was one. */
  readonly table: string | undefined;
  /** ISO 8601. */
  readonly at: string;
}

/** What `rejects list` prints with --json. */
export interface RejectsReport {
  readonly command: 'rejects list';
  readonly exitCode: ExitCode;
  /** All rejections that the filters leave, by kind. */
  readonly groups: readonly RejectionGroup[];
  /** The first of them, up to the limit. */
  readonly rejects: readonly Reject[];
}

/** What `rejects show` prints with --json. */
export interface RejectReport {
  readonly command: 'rejects show';
  readonly exitCode: ExitCode;
  readonly reject: Reject;
  /** Canonical Extended JSON, or undefined for a document that cannot be parsed. */
  readonly document: ExtendedJson | undefined;
  /** The document's BSON as base64, where it cannot be parsed. */
  readonly bytes: string | undefined;
  /** Whether values were replaced by their types. */
  readonly masked: boolean;
}
