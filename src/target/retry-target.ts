import type { RetryRecord, RetryWriter } from '../checkpoint/retry-store.ts';
import type { CollectionMapping, ColumnMapping, TableMapping } from '../mapping/mapping.ts';
import type { TargetChunk, TargetTable } from './row-target.ts';

/**
 * The contract of loading documents again into tables that have their constraints already. One instance writes one
 * chunk at a time.
 */
export interface RetryTarget {
  /**
   * Compares the tables of a collection, constraints included, with its mapping. Changes nothing.
   * @param before the mapping that the rows were loaded by: what its constraints were, and are not in the new one
   * @returns statements that make the tables fit, in the target's language, for a person to run; empty when they do
   */
  missingChanges(
    collection: CollectionMapping,
    before: Pick<CollectionMapping, 'tables'>,
  ): Promise<readonly string[]>;

  /** Begins a chunk. What constraints that can be deferred have against it is found out by `commit`. */
  openChunk(writer: RetryWriter, tables: readonly TargetTable[]): Promise<RetryChunk>;

  close(): Promise<void>;
}

/** A document with a reference that leads nowhere. */
export interface RetryOrphan {
  /** BSON document `{_id: value}`, equal in MongoDB's order. */
  readonly id: Uint8Array;
  readonly table: TableMapping;
  readonly column: ColumnMapping;
}

export interface RetryChunk extends Pick<TargetChunk, 'tryRows' | 'findTaken' | 'checkAtOnce' | 'rollback'> {
  /**
   * Finds documents of the chunk with references that lead nowhere, which `commit` would refuse all together. Only before
   * `checkAtOnce`.
   */
  findOrphans(collection: CollectionMapping): Promise<readonly RetryOrphan[]>;

  /**
   * Sets references of the chunk's rows that lead nowhere to NULL, where the mapping says `orphans: null`, and records
   * each. Only before `checkAtOnce`.
   * @param textOf text of an `_id` for people, of a BSON document `{_id: value}`
   * @returns how many references those were
   */
  clearOrphans(collection: CollectionMapping, textOf: (id: Uint8Array) => string): Promise<number>;

  /**
   * Makes rows, rejections and counts durable, all together.
   * @throws DocrowError `run-fenced`, `row-refused`, `target-unreachable`
   */
  commit(record: RetryRecord): Promise<void>;
}
