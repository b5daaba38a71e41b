import { type Document, serialize } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertSample } from '../../../scripts/sample-data/insert-sample.ts';
import { planSample } from '../../../scripts/sample-data/sample.ts';
import { type MongoServer, startMongoServerOrSkip } from '../../support/mongo-server.ts';

const database = `docrow_sample_${process.pid}`;
let server: MongoServer | undefined;

beforeAll(async () => {
  server = await startMongoServerOrSkip();
});

afterAll(async () => {
  await server?.stop();
});

test('the sample arrives in a server as it was made, and is not mixed with what is there', async (context) => {
  if (server === undefined) return context.skip();
  const sample = planSample({ documents: 2500, seed: 1, clean: false });
  await insertSample(sample, server.uri, database);
  const client = new MongoClient(server.uri, { promoteValues: false, promoteLongs: false });
  try {
    for (const { name, generate, documents, indexes } of sample.collections) {
      const collection = client.db(database).collection<Document>(name);
      const expected = [...generate()].map((each) => Buffer.from(serialize(each)).toString('hex')).sort();
      const found = await collection.find({}, { raw: true }).toArray();
      expect(found).toHaveLength(documents);
      expect(found.map((each) => Buffer.from(each as unknown as Buffer).toString('hex')).sort()).toEqual(
        expected,
      );
      expect(await collection.indexes()).toHaveLength(indexes.length + 1);
    }
    await expect(insertSample(sample, server.uri, database)).rejects.toThrow(/users is not empty/);
  } finally {
    await client.db(database).dropDatabase();
    await client.close();
  }
});
