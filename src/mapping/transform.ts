import type { BsonJsValue } from '../bson/bson-js-value.ts';
import type { DocumentReader } from '../bson/document-reader.ts';

/**
 * Computes one column's value from a document. A mapping names it (`transform: promptCount`) and the file
 * `transforms/<name of the mapping file>.ts` exports it.
 *
 * It must be pure: no clock, no randomness, no files, no network, and no change to what it is given. The same
 * document is converted again when a run goes on, when rows are validated and when they are repaired, and has to
 * give the same result each time. It must accept every document: an error that it throws sets the document aside
 * as `transform-failed`.
 *
 * @param value what the column's `from` gives; undefined when the field is missing
 * @param document read access to the whole document, without decoding more of it than is asked for; in a child table to
 *   the element, and to an empty document where the element is none
 * @returns the value to store, under the same rules as a value that stood in the document itself; undefined means
 *   missing, so that the column's `default` applies
 */
export type Transform = (value: BsonJsValue | undefined, document: DocumentReader) => BsonJsValue | undefined;

/** What a file in `transforms/` exports, by name. */
export type TransformFile = Readonly<Record<string, Transform>>;
