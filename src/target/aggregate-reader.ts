import type { CollectionMapping } from '../mapping/mapping.ts';

/** What the rows of one column come to. Texts are the target's; undefined where it has no meaning for the type. */
export interface StoredAggregates {
  readonly column: string;
  readonly rows: number;
  readonly nulls: number;
  /** Different values; undefined in tables with more than `distinctRows` rows, and for types that are not compared. */
  readonly distinct: number | undefined;
  /** Smallest and largest value; of texts by their bytes. */
  readonly min: string | undefined;
  readonly max: string | undefined;
  /** Exact; of integers and numerics alone, since a sum of floating-point numbers depends on their order. */
  readonly sum: string | undefined;
  /** Characters of all texts, or bytes, together. */
  readonly totalLength: bigint | undefined;
}

/** Different values are counted in tables of so many rows at most. */
export const distinctRows = 10_000;

/** The contract of what adds up the columns of tables. It reads only, one table at one moment. */
export interface AggregateReader {
  /**
   * All columns of all tables, in the order of the mapping, the rest column last; one list per table.
   * @throws DocrowError `interrupted` when it is stopped by its signal, and what the target reports
   */
  columnAggregates(
    collection: CollectionMapping,
    signal: AbortSignal,
  ): Promise<readonly (readonly StoredAggregates[])[]>;

  close(): Promise<void>;
}
