import type { DocumentPath, EachElement } from '../mapping/mapping.ts';
import type { BsonElement } from './bson-value.ts';
import { readElements } from './decode-value.ts';
import { lookUp } from './document-fields.ts';
import type { RowSource } from './row-source.ts';
import { mismatch } from './value-path.ts';

/** What a row has for a child table. */
export interface FoundElements {
  /** One row each. */
  readonly elements: readonly BsonElement[];
  /** The path of a value that is no array, which the rest column of the row has to hold. */
  readonly setAside: DocumentPath | undefined;
}

const nothing: FoundElements = { elements: [], setAside: undefined };

/**
 * The elements of the array that a child table takes; none where it is missing, null or empty.
 * @throws DocrowError `value-mismatch` for a value that is no array, where the table does not put it into rest
 */
export function findElements({ path, mismatch: policy }: EachElement, row: RowSource): FoundElements {
  const value = path.length === 0 ? row.content.value : lookUp(row.document, path)?.value;
  if (value === undefined || value.type === 'null') return nothing;
  if (value.type === 'array') return { elements: readElements(value.raw), setAside: undefined };
  if (policy === 'rest') return { elements: [], setAside: path };
  throw mismatch('The value is not an array', [...row.at, ...path]);
}
