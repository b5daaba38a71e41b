import type { BucketSums } from '../digest/bucket-sums.ts';
import type { DigestForm } from '../digest/digest-form.ts';
import type { ProbeValue } from '../digest/probe-values.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';

/** What a collection's tables hold, all at one moment. */
export interface TableSums {
  readonly table: string;
  /** All rows, those of documents that were left out too. */
  readonly rows: number;
  /** Without the rows of documents that were left out. */
  readonly sums: BucketSums;
}

/** All the rows that one document has in one table. */
export interface DocumentTotals {
  /** Digest of the document's key. */
  readonly document: bigint;
  readonly rows: number;
  /** Sum of the rows' digests. */
  readonly sum: bigint;
  /** BSON documents `{_id: value}`: none where nothing in the target leads back to the document. */
  readonly ids: readonly Uint8Array[];
  /** The columns of this table that hold the document's key, with their values as PostgreSQL's text. */
  readonly key: ReadonlyMap<string, string>;
}

/** How rows are hashed, and into how many buckets they go. */
export interface DigestPlan {
  readonly form: DigestForm;
  /** A power of two. */
  readonly buckets: number;
}

/**
 * The contract of what computes digests on the target's side, as RowDigester does from COPY BINARY (row-digest.ts).
 * It reads only. What is stopped by its signal throws `interrupted`.
 */
export interface DigestReader {
  /**
   * The digests of single values, in their order.
   * @returns undefined when the target has not the functions for this form
   */
  probe(
    form: DigestForm,
    values: readonly ProbeValue[],
  ): Promise<readonly (bigint | undefined)[] | undefined>;

  /**
   * Adds up the digests of all rows, table by table, in the order of the mapping.
   * @param leftOut digests of the keys of documents whose rows are counted but not added up
   */
  bucketSums(
    collection: CollectionMapping,
    plan: DigestPlan,
    leftOut: readonly bigint[],
    signal: AbortSignal,
  ): Promise<readonly TableSums[]>;

  /** What the documents in some buckets have, table by table, in the order of the mapping. */
  documentTotals(
    collection: CollectionMapping,
    plan: DigestPlan,
    buckets: readonly number[],
    signal: AbortSignal,
  ): Promise<readonly (readonly DocumentTotals[])[]>;

  close(): Promise<void>;
}
