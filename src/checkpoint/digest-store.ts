import type { RejectionCode } from '../errors/error-codes.ts';

/** A document that was set aside, without what it was. */
export interface RejectedId {
  /** BSON document `{_id: value}`. */
  readonly id: Uint8Array;
  readonly code: RejectionCode;
  /** The document's BSON, only of those that another document with the same key was kept for. */
  readonly document: Uint8Array | undefined;
}

/** What has to be known to say which digests the source should lead to, and what a killed comparison had done. */
export interface DigestStore {
  /** Documents of a collection that were set aside and whose `_id` is known. */
  rejectedIds(runId: string, collection: string): AsyncIterable<RejectedId>;
  /** `_id`s of documents with references that were set to NULL after the load. */
  clearedIds(runId: string, collection: string): Promise<readonly Uint8Array[]>;
  /** Is another text whenever rejections or cleared references have changed. */
  exceptionsMark(runId: string, collection: string): Promise<string>;

  /**
   * What was kept of ranges that were read to their end, by number of the range.
   * @param plan forgets those that were kept with another
   */
  keptRanges(runId: string, collection: string, plan: string): Promise<ReadonlyMap<number, Buffer>>;
  keepRange(runId: string, collection: string, plan: string, range: number, content: Buffer): Promise<void>;
  /** Forgets all that was kept of a collection. */
  forgetRanges(runId: string, collection: string): Promise<void>;
}
