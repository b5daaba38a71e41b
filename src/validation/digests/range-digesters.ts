import type { SourceRange } from '../../source/document-source.ts';
import type { DigestPlan } from '../../target/digest-reader.ts';

/** Documents whose rows are not what the encoder makes of them. */
export interface ExceptionSets {
  /** Keys of `_id`s (`idKey`): a constraint took these documents out. */
  readonly refused: ReadonlySet<string>;
  /** Digests of the keys of documents that are left out of the sums on both sides. */
  readonly leftOut: ReadonlySet<bigint>;
}

/** A range whose documents are to be read, encoded and added up. Survives structured cloning. */
export interface DigestTask {
  readonly collection: string;
  readonly plan: DigestPlan;
  readonly exceptions: ExceptionSets;
  readonly range: SourceRange;
  /** What an earlier comparison kept of the range, to go on with. */
  readonly kept: Uint8Array | undefined;
  /** What was computed so far is told whenever so much more was read. BSON bytes. */
  readonly keepEveryBytes: number;
}

/** What is told of a range on the way. Survives structured cloning. */
export type DigestNote =
  | { readonly kind: 'read'; readonly documents: number; readonly bytes: number }
  /** Documents that the encoder rejected; those without an `_id` that can be read are counted alone. */
  | { readonly kind: 'rejected'; readonly ids: readonly Uint8Array[]; readonly nameless: number }
  /** To be stored, since a comparison that is killed can go on with it. */
  | { readonly kind: 'keep'; readonly content: Uint8Array };

/**
 * The contract of what digests the ranges of a collection: several at once, each by a reader and an encoder of its own.
 * The sums do not depend on how many there are, nor on which of them reads what.
 */
export interface RangeDigesters {
  /** Ranges that are digested at the same time. */
  readonly count: number;
  /**
   * @param tell called in order, and not any more when the promise is settled
   * @returns what there is to keep of the whole range: `keptRangeFrom` reads it
   * @throws DocrowError `interrupted` when stopped by the signal, and what the source reports
   */
  digestRange(task: DigestTask, tell: (note: DigestNote) => void, signal: AbortSignal): Promise<Uint8Array>;
}
