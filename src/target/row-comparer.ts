import type { RejectionCode } from '../errors/error-codes.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';

/** Key columns and their values as the target's text. */
export type RowKey = Readonly<Record<string, string>>;

/** The rows of one table: the target's text input for each column and the rest column; null is SQL NULL. */
export type TextRows = readonly (readonly (string | null)[])[];

/** One document and what its rows should be. */
export interface ExpectedDocument {
  /** BSON document `{_id: value}`; undefined when the document has none that can be read. */
  readonly id: Uint8Array | undefined;
  /** What the mapping's id column holds for it; undefined where there is no such column, or it takes no such `_id`. */
  readonly idText: string | undefined;
  /** Rows of all tables, in the order of the mapping, the root table's one first; undefined when it should have none. */
  readonly rows: readonly TextRows[] | undefined;
}

/** A value that is not what it should be. Texts are the target's; null is SQL NULL. */
export interface CellFinding {
  readonly column: string;
  readonly expected: string | null;
  readonly actual: string | null;
  /** The expected value is a reference that leads nowhere, of a column that is emptied then. */
  readonly isOrphan: boolean;
}

/** A row that is missing, is too much, or is not as it should be. */
export interface RowFinding {
  /** Position of the document among those that were given. */
  readonly document: number;
  /** The mapped table, or `docrow.document_key`. */
  readonly table: string;
  readonly kind: 'missing-row' | 'extra-row' | 'changed-row';
  readonly key: RowKey;
  /** Of changed rows, at least one. */
  readonly cells: readonly CellFinding[];
  /** Of extra rows. */
  readonly bucket: number | undefined;
}

/** Name under which findings about the pairs of `_id` and key stand. */
export const documentKeyTable = 'docrow.document_key';

export interface BatchFindings {
  readonly findings: readonly RowFinding[];
  /** Per table the bucket of each row that was found for a document that should have rows; empty unless asked for. */
  readonly seen: readonly (readonly number[])[];
}

/** Rows are put into so many buckets by a hash of their key, which only the target has to know. */
export const rowBuckets = 65_536;

/** A row that may be nobody's. */
export interface UnseenRow {
  readonly key: RowKey;
  /** The first values of the key: those that lead to the row of the root table. */
  readonly documentKey: readonly string[];
  /** `_id`s of the documents that it leads back to: BSON documents `{_id: value}`. */
  readonly ids: readonly Uint8Array[];
}

/** Texts of the values of two keys. */
export interface KeyPair {
  readonly a: readonly (string | null)[];
  readonly b: readonly string[];
}

/** Why a document has no rows. */
export interface RecordedRejection {
  /** BSON document `{_id: value}` in hexadecimal. */
  readonly idHex: string;
  readonly code: RejectionCode;
  /** SHA-256 of the document, in hexadecimal; undefined when none is kept. */
  readonly documentHash: string | undefined;
}

/** References of a document that were set to NULL. */
export interface ClearedReferences {
  readonly idHex: string;
  readonly table: string;
  readonly column: string;
  readonly rows: number;
}

export interface RecordedExceptions {
  readonly rejections: readonly RecordedRejection[];
  readonly cleared: readonly ClearedReferences[];
}

export interface CountedRows {
  /** In the order of the mapping. */
  readonly tables: readonly number[];
  /** Pairs of `_id` and key; undefined where the mapping needs none. */
  readonly documentKeys: number | undefined;
}

export interface CompareOptions {
  /** Texts of values are given; else cells are named alone. */
  readonly withTexts: boolean;
  readonly withSeen: boolean;
}

/**
 * The contract of what compares rows with what they should be. The target itself says which texts are one value: it
 * takes the expected ones by its own input functions, and compares binary forms. It only reads; what belongs together is
 * read at one moment. What is stopped by its signal throws `interrupted`.
 */
export interface RowComparer {
  /** What the load recorded about some documents. @param codes of rejections that are asked for */
  exceptions(
    runId: string,
    collection: string,
    codes: readonly RejectionCode[],
    ids: readonly Uint8Array[],
  ): Promise<RecordedExceptions>;

  /**
   * Compares all rows of some documents: those with the documents' keys, and of documents that should have none those
   * that lead back to them. A value that the target does not take is a finding too.
   */
  compareDocuments(
    collection: CollectionMapping,
    documents: readonly ExpectedDocument[],
    options: CompareOptions,
    signal: AbortSignal,
  ): Promise<BatchFindings>;

  /** Counts all rows, at one moment. */
  countRows(collection: CollectionMapping, signal: AbortSignal): Promise<CountedRows>;

  /** `_id`s whose pair in `docrow.document_key` leads to no row, at most `limit` of them. */
  idsWithoutRow(
    collection: CollectionMapping,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly Uint8Array[]>;

  /**
   * Finds rows in the buckets of a table that have more rows than were seen; others of these buckets are among them.
   * @param seen rows that were seen in each bucket
   * @param take gets some rows at a time, and says whether it wants more
   */
  findUnseen(
    collection: CollectionMapping,
    table: number,
    seen: Int32Array,
    take: (rows: readonly UnseenRow[]) => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<void>;

  /** Whether there is a row with each of these keys. */
  rowsExist(
    collection: CollectionMapping,
    table: number,
    keys: readonly RowKey[],
  ): Promise<readonly boolean[]>;

  /**
   * Keys of the rows that have these values in the columns which lead to the row of the root table.
   * @param documentKeys their texts, in the order of the table's key
   * @param limit rows, at most
   */
  rowKeys(
    collection: CollectionMapping,
    table: number,
    documentKeys: readonly (readonly string[])[],
    limit: number,
  ): Promise<readonly RowKey[]>;

  /** Whether the keys of the root table in each pair are equal to the target. */
  equalKeys(collection: CollectionMapping, pairs: readonly KeyPair[]): Promise<readonly boolean[]>;

  close(): Promise<void>;
}
