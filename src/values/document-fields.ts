import type { DocumentPath } from '../mapping/mapping.ts';
import type { BsonElement } from './bson-value.ts';
import { readElements } from './decode-value.ts';
import { byteKey, pathsByKey } from './paths-by-key.ts';
import { keyForPath } from './read-text.ts';
import { type ValuePath, valueProblem } from './value-path.ts';

/** The fields of documents that were looked into: of a wide one every column asks for another field. */
const indexes = new WeakMap<Buffer, ReadonlyMap<string, BsonElement>>();

/** Of two fields with the same key the last. */
function fieldsOf(document: Buffer): ReadonlyMap<string, BsonElement> {
  let fields = indexes.get(document);
  if (fields === undefined) {
    fields = new Map(readElements(document).map((field) => [byteKey(field.key), field]));
    indexes.set(document, fields);
  }
  return fields;
}

/**
 * The field under a path of keys; a path through anything that is not a document leads nowhere. Of two with the same
 * key the last counts. (With `duplicates: reject` there are no two, see `rejectDuplicateKeys`.)
 * @param document not to be written to: what was found in it is remembered
 */
export function lookUp(document: Buffer, path: DocumentPath): BsonElement | undefined {
  const [key = '', ...below] = path;
  const field = fieldsOf(document).get(byteKey(Buffer.from(key)));
  if (field === undefined || below.length === 0) return field;
  return field.value.type === 'document' ? lookUp(field.value.raw, below) : undefined;
}

/**
 * Looks for duplicate keys in the document and in every sub-document that a path of columns or child tables leads into:
 * there a duplicate would be lost without a trace. (Inside the values of columns their types decide.)
 * @param paths of the columns and child tables
 * @param at where the document stands
 * @throws DocrowError `document-duplicate-key` for the first second occurrence in reading order
 */
export function rejectDuplicateKeys(document: Buffer, paths: readonly DocumentPath[], at: ValuePath): void {
  const below = pathsByKey(paths);
  const seen = new Set<string>();
  for (const { key, value } of readElements(document)) {
    const keyPath = [...at, keyForPath(key)];
    const name = byteKey(key);
    if (seen.has(name)) {
      throw valueProblem('document-duplicate-key', 'The document has the same key twice', keyPath);
    }
    seen.add(name);
    const inside = below.get(name)?.filter((path) => path.length > 0) ?? [];
    if (value.type === 'document' && inside.length > 0) rejectDuplicateKeys(value.raw, inside, keyPath);
  }
}
