import { MongoClient } from 'mongodb';
import { documentMap } from '../../src/source/mongo/document-map.ts';

/**
 * Puts documents into a collection, which is dropped before. The server gets the same
 * bytes, except where a document has a key twice.
 * @param documents BSON
 */
export async function loadMongo(
  uri: string,
  database: string,
  collection: string,
  documents: readonly Uint8Array[],
): Promise<void> {
  const client = new MongoClient(uri);
  try {
    const target = client.db(database);
    await target.dropCollection(collection).catch(() => {});
    await target.createCollection(collection);
    const decoded = documents.map(documentMap);
    for (let index = 0; index < decoded.length; index += 1000) {
      // Not insertMany, which replaces an _id of null.
      await target.command({ insert: collection, documents: decoded.slice(index, index + 1000) });
    }
  } finally {
    await client.close();
  }
}
