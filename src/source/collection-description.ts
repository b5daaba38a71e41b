import { bsonType } from '../bson/bson-type.ts';
import { createDocumentReader, type DocumentReader } from '../bson/document-reader.ts';
import { extendedJsonText } from '../bson/extended-json.ts';
import { createFoundField, findPath } from '../bson/find-field.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import type { CollectionDescription, IndexKeyKind, SourceIndex } from './document-source.ts';

/** What is known of a collection of which nothing is known. */
export const emptyDescription: CollectionDescription = {
  indexes: [],
  collation: undefined,
  validator: undefined,
  viewOn: undefined,
  timeField: undefined,
};

/** A BSON document inside a buffer. */
export interface StoredDocument {
  readonly bytes: Buffer;
  /** A view over the same memory as `bytes`, with the same offsets. */
  readonly view: DataView;
  readonly start: number;
}

/**
 * Reads what a server or a dump says about a collection.
 * @param options of the collection, as `listCollections` gives them
 * @param indexes each as `listIndexes` gives it
 * @throws DocrowError `document-corrupt`
 */
export function describeCollectionFrom(
  options: StoredDocument | undefined,
  indexes: readonly StoredDocument[],
): CollectionDescription {
  const described = indexes.map(describeIndex);
  if (options === undefined) return { ...emptyDescription, indexes: described };
  const reader = readerOf(options);
  return {
    indexes: described,
    collation: collationOf(reader),
    validator: jsonAt(options, 'validator'),
    viewOn: textAt(reader, 'viewOn'),
    timeField: textAt(reader, 'timeseries', 'timeField'),
  };
}

function describeIndex(index: StoredDocument): SourceIndex {
  const reader = readerOf(index);
  const seconds = Number(reader.get('expireAfterSeconds') ?? Number.NaN);
  return {
    name: textAt(reader, 'name') ?? '',
    keys: keysOf(index),
    isUnique: isTrue(reader, 'unique'),
    isSparse: isTrue(reader, 'sparse'),
    partialFilter: jsonAt(index, 'partialFilterExpression'),
    expireAfterSeconds: Number.isFinite(seconds) ? seconds : undefined,
    collation: collationOf(reader),
  };
}

/** A text index has two keys of its own in the place of its paths, which stand in `weights`. */
function keysOf(index: StoredDocument): SourceIndex['keys'] {
  return fieldsAt(index, 'key').flatMap(({ key, kind }) => {
    if (key === '_ftsx') return [];
    if (key !== '_fts') return [{ path: key, kind }];
    return fieldsAt(index, 'weights').map((weight) => ({ path: weight.key, kind: 'text' }));
  });
}

interface KeyField {
  readonly key: string;
  readonly kind: IndexKeyKind;
}

/** The fields of a document inside a document, in their order. */
function fieldsAt(document: StoredDocument, name: string): KeyField[] {
  const { bytes, view } = document;
  const found = find(document, name);
  if (found?.type !== bsonType.document) return [];
  const fields: KeyField[] = [];
  const limit = found.end - 1;
  const reader = readerOf({ bytes, view, start: found.at });
  for (let at = found.at + 4; at < limit; ) {
    const keyStop = keyEnd(bytes, at + 1, limit);
    const key = bytes.toString('utf8', at + 1, keyStop);
    fields.push({ key, kind: kindOf(reader.get(key)) });
    at = valueEnd(bytes[at] as number, bytes, view, keyStop + 1, limit);
  }
  return fields;
}

/** Numbers of any size stand for their sign; what the first versions took besides rises. */
function kindOf(value: unknown): IndexKeyKind {
  if (typeof value === 'string' && value !== '') return value;
  return (typeof value === 'number' || typeof value === 'bigint') && value < 0 ? -1 : 1;
}

function collationOf(reader: DocumentReader): string | undefined {
  const locale = textAt(reader, 'collation', 'locale');
  return locale === 'simple' ? undefined : locale;
}

function textAt(reader: DocumentReader, ...path: readonly string[]): string | undefined {
  const value = reader.get(...path);
  return typeof value === 'string' ? value : undefined;
}

/** Old versions took any number for a boolean. */
function isTrue(reader: DocumentReader, key: string): boolean {
  const value = reader.get(key);
  return value === true || ((typeof value === 'number' || typeof value === 'bigint') && Number(value) !== 0);
}

function jsonAt(document: StoredDocument, name: string): string | undefined {
  const found = find(document, name);
  return found && extendedJsonText(found.type, document.bytes, document.view, found.at);
}

function find({ bytes, view, start }: StoredDocument, name: string) {
  const found = createFoundField();
  return findPath(bytes, view, start, [Buffer.from(name)], found) ? found : undefined;
}

function readerOf({ bytes, view, start }: StoredDocument): DocumentReader {
  const reader = createDocumentReader();
  reader.pointAt(bytes, view, start);
  return reader;
}
