import { type Document, deserialize, Int32, serialize } from 'bson';
import { afterAll, describe, expect, test } from 'vitest';
import type { DocumentBatch, FieldQuery } from '../../../src/source/document-source.ts';
import { openSource } from '../../../src/source/open-source.ts';
import { withDatabase } from '../../support/mongo-library.ts';
import { startMongoServerOrSkip } from '../../support/mongo-server.ts';

const server = await startMongoServerOrSkip();
const database = 'fields';
afterAll(() => server?.stop());

async function documentsOf(batches: AsyncIterable<DocumentBatch>): Promise<readonly Document[]> {
  const documents: Document[] = [];
  for await (const { bytes, starts, count } of batches) {
    for (const start of starts.subarray(0, count)) {
      documents.push(deserialize(bytes.subarray(start, start + bytes.readInt32LE(start))));
    }
  }
  return documents.sort((a, b) => a['_id'] - b['_id']);
}

async function read(documents: readonly Document[], query: FieldQuery): Promise<readonly Document[]> {
  await withDatabase(server!.uri, database, async (db) => {
    await db.dropDatabase();
    await db.collection<Document>('things').insertMany([...documents]);
  });
  const source = await openSource({ kind: 'mongo', uri: server!.uri, database });
  try {
    return await documentsOf(source.readFields!('things', query));
  } finally {
    await source.close();
  }
}

const since = (value: unknown): Uint8Array => serialize({ _id: value });
const ids = (documents: readonly Document[]): readonly number[] => documents.map(({ _id }) => _id);

describe.skipIf(server === undefined)('one field of a server’s documents', () => {
  test('comes with the _id and nothing else', async () => {
    const documents = [
      { _id: 1, a: { b: 5, c: 6 }, d: 7 },
      { _id: 2, d: 8 },
    ];
    expect(await read(documents, { path: ['a', 'b'] })).toEqual([{ _id: 1, a: { b: 5 } }, { _id: 2 }]);
    expect(await read(documents, { path: undefined })).toEqual([{ _id: 1 }, { _id: 2 }]);
    expect(await read(documents, { path: ['_id'], since: since(2) })).toEqual([{ _id: 2 }]);
  });

  test('leaves out what is lower, and nothing that cannot be compared', async () => {
    const documents = [
      { _id: 1, n: 4 },
      { _id: 2, n: 5 },
      { _id: 3, n: 5.5 },
      { _id: 4 },
      { _id: 5, n: null },
      { _id: 6, n: 'a' },
      { _id: 7, n: new Date(0) },
      { _id: 8, n: Number.NaN },
      { _id: 9, n: [1] },
      { _id: 10, n: [] },
      { _id: 11, n: { x: 1 } },
      { _id: 12, n: true },
    ];
    expect(ids(await read(documents, { path: ['n'], since: since(new Int32(5)) }))).toEqual([
      2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
    expect(ids(await read(documents, { path: ['n'], since: since(new Date(1)) }))).not.toContain(7);
  });

  test('is found within arrays on its way', async () => {
    const documents = [
      { _id: 1, a: [{ b: 1 }] },
      { _id: 2, a: { b: 1 } },
      { _id: 3, a: { b: [9] } },
      { _id: 4, a: { b: 9 } },
    ];
    expect(ids(await read(documents, { path: ['a', 'b'], since: since(5) }))).toEqual([1, 3, 4]);
  });

  test('_ids are found by value', async () => {
    await read([{ _id: 1, x: 1 }, { _id: 2 }], { path: undefined });
    const source = await openSource({ kind: 'mongo', uri: server!.uri, database });
    try {
      const asked = [1, 2.5, 2].map((_id) => serialize({ _id }));
      expect(await documentsOf(source.readIds!('things', asked))).toEqual([{ _id: 1 }, { _id: 2 }]);
    } finally {
      await source.close();
    }
  });
});
