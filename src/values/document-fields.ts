import type { DocumentPath } from '../mapping/mapping.ts';
import type { BsonElement } from './bson-value.ts';
import { readElements } from './decode-value.ts';
import { keyForPath } from './read-text.ts';
import { type ValuePath, valueProblem } from './value-path.ts';

/**
 * The field under a path of keys; a path through anything that is not a document leads nowhere. Of two with the same
 * key the last counts. (With `duplicates: reject` there are no two, see `rejectDuplicateKeys`.)
 */
export function lookUp(document: Buffer, path: DocumentPath): BsonElement | undefined {
  const [key = '', ...below] = path;
  const field = readElements(document).findLast((candidate) => isKey(candidate.key, key));
  if (field === undefined || below.length === 0) return field;
  return field.value.type === 'document' ? lookUp(field.value.raw, below) : undefined;
}

/** Compared as bytes: a key that is not UTF-8 equals no text. */
export const isKey = (key: Buffer, text: string): boolean => key.equals(Buffer.from(text));

/**
 * Looks for duplicate keys in the document and in every sub-document that a path of columns or child tables leads into:
 * there a duplicate would be lost without a trace. (Inside the values of columns their types decide.)
 * @param paths of the columns and child tables
 * @param at where the document stands
 * @throws DocrowError `document-duplicate-key` for the first second occurrence in reading order
 */
export function rejectDuplicateKeys(document: Buffer, paths: readonly DocumentPath[], at: ValuePath): void {
  const seen: Buffer[] = [];
  for (const { key, value } of readElements(document)) {
    const keyPath = [...at, keyForPath(key)];
    if (seen.some((earlier) => earlier.equals(key))) {
      throw valueProblem('document-duplicate-key', 'The document has the same key twice', keyPath);
    }
    seen.push(key);
    const below = paths.filter(([first = '', ...rest]) => rest.length > 0 && isKey(key, first));
    if (value.type === 'document' && below.length > 0) {
      rejectDuplicateKeys(
        value.raw,
        below.map((longer) => longer.slice(1)),
        keyPath,
      );
    }
  }
}
