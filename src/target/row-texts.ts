import type { CollectionMapping } from '../mapping/mapping.ts';

/** Which rows of the target are a document's. */
export interface WantedDocument {
  /** BSON document `{_id: value}`; undefined when it has none that can be read. */
  readonly id: Uint8Array | undefined;
  /** The target's text input for each column of the root table's key. */
  readonly key: readonly string[];
}

/** The rows of one document, as texts. */
export interface DocumentTexts {
  /**
   * Per table, in the order of the mapping, its rows in no order: the target's text of each column and then of the rest
   * column; null is SQL NULL. The texts are exact: instants in UTC in ISO form, all digits of floating-point numbers.
   */
  readonly rows: readonly (readonly (readonly (string | null)[])[])[];
  /** Whether `docrow.document_key` has the pair of `_id` and key; false where the mapping has an id column. */
  readonly hasPair: boolean;
}

/** The contract of what reads the rows of documents for the round trip. It reads only. */
export interface RowTexts {
  /**
   * All rows that have the keys of some documents, in all tables, at one moment.
   * @returns in the order of the documents
   * @throws DocrowError `interrupted` when it is stopped by its signal, and what the target reports
   */
  readRows(
    collection: CollectionMapping,
    documents: readonly WantedDocument[],
    signal: AbortSignal,
  ): Promise<readonly DocumentTexts[]>;

  close(): Promise<void>;
}
