import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceRange } from '../../../src/source/document-source.ts';
import { findCollection } from '../../../src/source/mongo/collection-info.ts';
import { readByKey } from '../../../src/source/mongo/read-by-key.ts';
import { openSource } from '../../../src/source/open-source.ts';
import { describeDocumentSource, idOf } from '../../contracts/document-source.contract.ts';
import { loadMongo } from '../../support/load-mongo.ts';
import { mixedIdDocuments } from '../../support/mixed-ids.ts';
import { startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { raw, rawDocument } from '../../support/raw-bson.ts';
import { imagegenCollections, imagegenDocuments, readAll } from '../../support/source-documents.ts';

const server = await startMongoServerOrSkip();

describe.skipIf(server === undefined)('MongoDB source', () => {
  const uri = server?.uri ?? '';
  const random = randomBytes(4).toString('hex');
  const samples = `docrow_${random}`;
  const mixed = `docrow_${random}_mixed`;
  const others = `docrow_${random}_others`;
  const imagegen = new Map(imagegenCollections.map((name) => [name as string, imagegenDocuments(name)]));
  const mixedCollections = new Map([
    ['mixed', mixedIdDocuments],
    ['a"; drop table t; --', mixedIdDocuments.slice(0, 3)],
    ['$&/%', mixedIdDocuments.slice(3)],
  ]);
  const withClient = async <T>(use: (client: MongoClient) => Promise<T>): Promise<T> => {
    const client = new MongoClient(uri);
    return use(client).finally(() => client.close());
  };

  beforeAll(async () => {
    for (const [collection, documents] of imagegen) await loadMongo(uri, samples, collection, documents);
    for (const [collection, documents] of mixedCollections)
      await loadMongo(uri, mixed, collection, documents);
  });

  afterAll(async () => {
    await withClient(async (client) => {
      for (const database of [samples, mixed, others]) await client.db(database).dropDatabase();
    });
    await server?.stop();
  });

  describeDocumentSource('by commands', async () => ({
    open: () => openSource({ kind: 'mongo', uri, database: samples }),
    collections: imagegen,
    order: 'by _id',
    resumeEvery: 397,
  }));

  // Where reads may go to several servers the driver's own cursor is used.
  describeDocumentSource("by the driver's cursor", async () => ({
    open: () => {
      const separator = uri.includes('?') ? '&' : '?';
      const preferring = `${uri.replace(/[?&]directConnection=true/, '?')}${separator}readPreference=primaryPreferred`;
      return openSource({ kind: 'mongo', uri: preferring.replace('?&', '?'), database: samples });
    },
    collections: imagegen,
    order: 'by _id',
    resumeEvery: 397,
  }));

  describeDocumentSource('_ids of many types', async () => ({
    open: () => openSource({ kind: 'mongo', uri, database: mixed }),
    collections: mixedCollections,
    order: 'by _id',
    resumeEvery: 1,
  }));

  it('reads half-open ranges between any two _ids, over the borders of types', async () => {
    const source = await openSource({ kind: 'mongo', uri, database: mixed });
    const ids = mixedIdDocuments.map(idOf);
    for (let lower = 0; lower < ids.length; lower += 3) {
      for (let upper = lower; upper < ids.length; upper += 5) {
        const range: SourceRange = { lower: ids[lower], upper: ids[upper] };
        const documents = await readAll(source.readRange('mixed', range));
        expect(documents.map(({ bytes }) => bytes)).toEqual(mixedIdDocuments.slice(lower, upper));
        expect(await source.countDocuments('mixed', range)).toBe(upper - lower);
      }
    }
    await source.close();
  });

  it('bounds and resumes by the index on servers before 5.0', async () => {
    await withClient(async (client) => {
      const old = {
        client,
        database: mixed,
        wireVersion: 9,
        deployment: 'replica-set' as const,
        oneServer: true,
        afterClusterTime: undefined,
      };
      const info = await findCollection(old, 'mixed');
      const ids = mixedIdDocuments.map(idOf);
      for (let lower = 0; lower < ids.length; lower += 4) {
        const range: SourceRange = { lower: ids[lower], upper: ids[lower + 9] };
        const end = Math.min(ids.length, lower + 9);
        const all = await readAll(readByKey(old, info, range, {}));
        expect(all.map(({ bytes }) => bytes)).toEqual(mixedIdDocuments.slice(lower, end));
        const rest = await readAll(readByKey(old, info, range, { after: all[1]?.position }));
        expect(rest.map(({ bytes }) => bytes)).toEqual(mixedIdDocuments.slice(lower + 2, end));
      }
    });
  });

  it('cuts a large collection by a sample', async () => {
    const documents = Array.from({ length: 12_000 }, (_, index) =>
      rawDocument([['_id', index % 2 === 0 ? raw.int32(index) : raw.string(`key ${index}`)]]),
    );
    await loadMongo(uri, others, 'large', documents);
    const source = await openSource({ kind: 'mongo', uri, database: others });
    const ranges = await source.planRanges('large', 4);
    expect(ranges.length).toBe(4);
    const counts = [];
    for (const range of ranges) counts.push((await readAll(source.readRange('large', range))).length);
    expect(counts.reduce((sum, count) => sum + count)).toBe(documents.length);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    await source.close();
  });

  it('lists kinds, and reads a view by count', async () => {
    await withClient(async (client) => {
      const db = client.db(others);
      await db.createCollection('log', { capped: true, size: 100_000 });
      await db.createCollection('series', { timeseries: { timeField: 'at' } });
      await db
        .collection<{ _id: number; even: boolean }>('numbers')
        .insertMany(Array.from({ length: 1200 }, (_, index) => ({ _id: index, even: index % 2 === 0 })));
      await db.createCollection('evens', { viewOn: 'numbers', pipeline: [{ $match: { even: true } }] });
    });
    const source = await openSource({ kind: 'mongo', uri, database: others });
    const kinds = new Map((await source.listCollections()).map(({ name, kind }) => [name, kind]));
    expect(kinds.get('log')).toBe('capped');
    expect(kinds.get('series')).toBe('timeseries');
    expect(kinds.get('evens')).toBe('view');
    expect(kinds.get('numbers')).toBe('collection');
    const everything = { lower: undefined, upper: undefined };
    expect(await source.planRanges('evens', 8)).toEqual([everything]);
    const all = await readAll(source.readRange('evens', everything));
    expect(all.length).toBe(600);
    for (const done of [1, 499, 500, 501, 599, 600]) {
      const rest = await readAll(source.readRange('evens', everything, { after: all[done - 1]?.position }));
      expect(rest.map(({ bytes }) => bytes)).toEqual(all.slice(done).map(({ bytes }) => bytes));
    }
    expect(source.describePosition(all[6]?.position as Uint8Array)).toBe('document 7');
    await source.close();
  });

  it('names a place for changes to begin at, at or after which it reads', async () => {
    const source = await openSource({ kind: 'mongo', uri, database: samples });
    const position = await source.changePosition();
    await source.close();
    expect(position).toMatchObject({ kind: 'position', clusterTime: expect.stringMatching(/^\d+:\d+$/) });
    if (position.kind !== 'position') return;
    const later = await openSource({
      kind: 'mongo',
      uri,
      database: samples,
      afterClusterTime: position.clusterTime,
    });
    expect(await later.countDocuments('users', { lower: undefined, upper: undefined })).toBe(240);
    await later.close();
  });

  it('shows no text that is an _id', async () => {
    const source = await openSource({ kind: 'mongo', uri, database: samples });
    const position = rawDocument([['_id', raw.string('canary@example.com')]]);
    expect(source.describePosition(position)).not.toMatch(/canary/);
    await source.close();
  });
});
