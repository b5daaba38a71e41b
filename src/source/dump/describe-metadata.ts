import { bsonType } from '../../bson/bson-type.ts';
import { createFoundField, findPath } from '../../bson/find-field.ts';
import { keyEnd, valueEnd } from '../../bson/value-end.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import { describeCollectionFrom, emptyDescription, type StoredDocument } from '../collection-description.ts';
import type { CollectionDescription } from '../document-source.ts';
import { jsonToBson } from '../export/json-to-bson.ts';

/**
 * Reads indexes and options in the metadata that mongodump writes for a collection.
 * @param text Extended JSON; empty for a collection without metadata
 * @throws DocrowError `source-corrupt`
 */
export function describeMetadata(text: string, collection: string): CollectionDescription {
  if (text === '') return emptyDescription;
  try {
    const bytes = jsonToBson(text);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const whole: StoredDocument = { bytes, view, start: 0 };
    const options = documentsAt(whole, 'options', bsonType.document)[0];
    return describeCollectionFrom(options, documentsAt(whole, 'indexes', bsonType.array));
  } catch (error) {
    if (!(error instanceof DocrowError)) throw error;
    const message = `The metadata of the collection ${JSON.stringify(collection)} are damaged: ${error.message}`;
    throw new DocrowError('source-corrupt', message, { collection }, error);
  }
}

/** The document under a key, or those in the array under it. */
function documentsAt({ bytes, view }: StoredDocument, key: string, type: number): StoredDocument[] {
  const found = createFoundField();
  if (!findPath(bytes, view, 0, [Buffer.from(key)], found) || found.type !== type) return [];
  if (type === bsonType.document) return [{ bytes, view, start: found.at }];
  const documents: StoredDocument[] = [];
  const limit = found.end - 1;
  for (let at = found.at + 4; at < limit; ) {
    const itemType = bytes[at] as number;
    const start = keyEnd(bytes, at + 1, limit) + 1;
    if (itemType === bsonType.document) documents.push({ bytes, view, start });
    at = valueEnd(itemType, bytes, view, start, limit);
  }
  return documents;
}
