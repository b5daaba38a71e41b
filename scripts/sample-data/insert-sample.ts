import type { Document } from 'bson';
import { type Db, MongoClient } from 'mongodb';
import type { Sample } from './sample.ts';

const batchSize = 1000;

/**
 * Inserts the sample into a MongoDB server.
 * @throws Error when one of the collections already holds documents, which are left as they are
 */
export async function insertSample(sample: Sample, uri: string, database: string): Promise<void> {
  const client = new MongoClient(uri);
  try {
    const db = client.db(database);
    for (const { name } of sample.collections) await refuseDocuments(db, name);
    for (const { name, indexes, generate } of sample.collections) {
      const collection = db.collection<Document>(name);
      for (const batch of inBatches(generate())) await collection.insertMany(batch);
      for (const fields of indexes) await collection.createIndex(fields);
    }
  } finally {
    await client.close();
  }
}

async function refuseDocuments(db: Db, collection: string): Promise<void> {
  if ((await db.collection(collection).findOne({})) === null) return;
  throw new Error(
    `The collection ${db.databaseName}.${collection} is not empty: drop it, or choose --database`,
  );
}

function* inBatches(documents: Iterable<Document>): Iterable<Document[]> {
  let batch: Document[] = [];
  for (const document of documents) {
    batch.push(document);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
