import type { RejectionRecord, RowCounts } from '../checkpoint/checkpoint-store.ts';
import type { CollectionMapping, ColumnMapping, IndexMapping, TableMapping } from '../mapping/mapping.ts';
import type { RowPage, TargetTable } from './row-target.ts';

/** Something built after the load. Its name is unique within a run and tells where an interrupted run goes on. */
export type PostLoadStep = {
  readonly collection: string;
  readonly table: TableMapping;
  readonly name: string;
} & (
  | { readonly kind: 'primary-key' }
  | {
      readonly kind: 'unique';
      readonly columns: readonly string[];
      readonly where: string | undefined;
      readonly index: IndexMapping | undefined;
    }
  | { readonly kind: 'check'; readonly column: ColumnMapping }
  | { readonly kind: 'index'; readonly index: IndexMapping }
  | { readonly kind: 'foreign-key'; readonly column: ColumnMapping }
  /** Leads from a child table to its parent, whose rows come from the same document. */
  | { readonly kind: 'parent-key'; readonly parent: TableMapping; readonly constraint: string }
  | { readonly kind: 'document-key' }
  | { readonly kind: 'analyze' }
);

/** A step's name without the table's, where that is told beside it. */
export const stepLabel = (table: string, name: string): string =>
  name.startsWith(`${table}: `) ? name.slice(table.length + 2) : name;

/** A document whose row a constraint does not allow. */
export interface OffendingDocument {
  /** Finds the rows of the document again, in all tables; opaque outside the target. */
  readonly locator: string;
  /** BSON document `{_id: value}`. */
  readonly id: Uint8Array;
}

/** A document with rows that share values which must be unique. */
export interface DuplicateRows extends OffendingDocument {
  /** Rows that exclude each other have the same number. */
  readonly group: number;
  /** Rows in the group, and how many of them are this document's. */
  readonly rows: number;
  readonly ownRows: number;
}

/** A row whose reference leads nowhere. */
export interface OrphanRow extends OffendingDocument {
  /** Finds this one row again; opaque outside the target. */
  readonly rowLocator: string;
  /** The referenced value in the target's binary form. */
  readonly reference: Uint8Array;
}

/** Documents to take out of a collection's tables again, all in one transaction. */
export interface SetAside {
  readonly collection: CollectionMapping;
  readonly rejections: readonly RejectionRecord[];
  /** Documents whose rows are deleted: the rejected ones, and any that are written again. */
  readonly locators: readonly string[];
  /** Rows of documents that stay, though they shared a key with a rejected one. One list for each of `tables`. */
  readonly pages: readonly (readonly RowPage[])[];
  readonly tables: readonly TargetTable[];
}

/** How a collection's tables were found before the load. */
export interface FoundTables {
  readonly missing: readonly string[];
  /** Rows in each of those that are there, where they may hold some. */
  readonly rowsBefore: RowCounts;
}

/**
 * The contract of the target's tables around the load: made before it, completed after it.
 * Every operation may be repeated after an interruption.
 */
export interface TargetSchema {
  /** Statements that make the tables and, after the load, what belongs to them. For people. */
  describe(collections: readonly CollectionMapping[]): string;

  /**
   * Compares the tables of a collection that are there with their mappings. Changes nothing.
   * @param mayHoldRows when rows are to be appended
   * @throws DocrowError `target-not-empty`, `target-table-differs`
   */
  inspectTables(collection: CollectionMapping, mayHoldRows: boolean): Promise<FoundTables>;
  /**
   * Makes the tables that were found missing. Those that were found empty lose the foreign keys that `build` makes:
   * they would refuse documents that are loaded before the ones that they refer to.
   */
  createTables(collection: CollectionMapping, found: FoundTables): Promise<void>;
  /**
   * @param schema the one that the run has its tables in, which need not be the one of this run's settings
   * @throws DocrowError `target-refused` when another table refers to one of them
   */
  dropTables(schema: string, tables: readonly string[]): Promise<void>;

  /** What is to be built for a collection, in an order that works. */
  steps(collection: CollectionMapping): readonly PostLoadStep[];
  /**
   * Builds a step unless it is there, and records it as done in the same transaction.
   * @throws DocrowError `constraint-failed` when rows stand against it
   */
  build(runId: string, step: PostLoadStep): Promise<void>;

  /** Rows that share a value which must be unique. */
  findDuplicates(
    collection: CollectionMapping,
    step: PostLoadStep & { kind: 'primary-key' | 'unique' },
  ): Promise<readonly DuplicateRows[]>;
  /** Rows that refer to one that is not there, those of one document in the order of their key. */
  findOrphans(
    collection: CollectionMapping,
    step: PostLoadStep & { kind: 'foreign-key' },
  ): Promise<readonly OrphanRow[]>;

  /** Deletes rows of all tables, writes rejections and moves the counts, in one transaction. */
  setAside(runId: string, change: SetAside): Promise<void>;
  /** Sets the references of these rows to NULL, and records each. */
  clearReferences(
    runId: string,
    collection: CollectionMapping,
    step: PostLoadStep & { kind: 'foreign-key' },
    rows: readonly (OrphanRow & { readonly idText: string })[],
  ): Promise<void>;

  countRows(table: string): Promise<number>;
}
