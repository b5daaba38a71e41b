import { bsonType } from '../bson/bson-type.ts';
import type { TableMapping } from '../mapping/mapping.ts';
import type { BsonElement } from './bson-value.ts';
import type { ValuePath } from './value-path.ts';

/** What a row is made from: the document, or an element of an array. */
export interface RowSource {
  readonly content: Pick<BsonElement, 'value' | 'raw'>;
  /** The content itself where it is a document, else an empty document. */
  readonly document: Buffer;
  /** Where it stands, from the document's root. */
  readonly at: ValuePath;
  /** Position in its array; 0 for the document. */
  readonly index: number;
  /** What the columns of the parent's row hold, by name; undefined for the root table's row. */
  readonly parent: ReadonlyMap<string, string | null> | undefined;
}

const emptyDocument = Buffer.from([5, 0, 0, 0, 0]);

export const documentSource = (document: Buffer): RowSource => ({
  content: {
    value: { type: 'document', raw: document },
    raw: { type: bsonType.document, bytes: document },
  },
  document,
  at: [],
  index: 0,
  parent: undefined,
});

/** @param at where the array stands */
export const elementSource = (
  { value, raw }: BsonElement,
  index: number,
  at: ValuePath,
  parent: ReadonlyMap<string, string | null>,
): RowSource => ({
  content: { value, raw },
  document: value.type === 'document' ? value.raw : emptyDocument,
  at: [...at, index],
  index,
  parent,
});

/** True for a table with a column that takes the element whole. */
export const takesElement = (table: TableMapping): boolean =>
  table.columns.some(({ from }) => from.some(({ kind }) => kind === 'item'));
