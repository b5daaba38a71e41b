import type { CollectionMapping } from '../mapping/mapping.ts';
import type { RowKey } from './refresh-target.ts';

/** A row of a collection's root table. */
export interface RootRow {
  /** BSON document `{_id: value}`: 1 and 1.0 are one; undefined where nothing in the target leads to a document. */
  readonly id: Uint8Array | undefined;
  readonly key: RowKey;
}

/** The contract of going through the documents that the target has, without their columns. It reads only. */
export interface RootRows {
  /** Gives the rows in some order, in batches. What is inserted or deleted meanwhile may be given or not. */
  read(collection: CollectionMapping, rowsPerBatch: number): AsyncIterable<readonly RootRow[]>;
  close(): Promise<void>;
}
