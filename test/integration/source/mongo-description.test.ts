import { randomBytes } from 'node:crypto';
import { type IndexSpecification, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  CollectionDescription,
  DocumentSource,
  SourceIndex,
} from '../../../src/source/document-source.ts';
import { openSource } from '../../../src/source/open-source.ts';
import { startMongoServerOrSkip } from '../../support/mongo-server.ts';

const server = await startMongoServerOrSkip();

const index = (name: string, keys: SourceIndex['keys'], more: Partial<SourceIndex> = {}): SourceIndex => ({
  name,
  keys,
  isUnique: false,
  isSparse: false,
  partialFilter: undefined,
  expireAfterSeconds: undefined,
  collation: undefined,
  ...more,
});
const idIndex = index('_id_', [{ path: '_id', kind: 1 }]);

const nothing: CollectionDescription = {
  indexes: [],
  collation: undefined,
  validator: undefined,
  viewOn: undefined,
  timeField: undefined,
};

describe.skipIf(server === undefined)('a server describes', () => {
  const uri = server?.uri ?? '';
  const database = `docrow_${randomBytes(4).toString('hex')}`;
  let client: MongoClient;
  let source: DocumentSource;

  beforeAll(async () => {
    client = await new MongoClient(uri).connect();
    source = await openSource({ kind: 'mongo', uri, database });
  });
  afterAll(async () => {
    await client?.db(database).dropDatabase();
    await client?.close();
    await source?.close();
    await server?.stop();
  });

  it('indexes, with their keys in order', async () => {
    const collection = await client.db(database).createCollection('indexed');
    await collection.createIndex(
      [
        ['b', 1],
        ['9', -1],
        ['a.b', 1],
      ],
      { name: 'compound' },
    );
    await collection.createIndex({ u: 1 }, { name: 'unique', unique: true, sparse: true });
    await collection.createIndex({ p: 1 }, { name: 'partial', partialFilterExpression: { p: { $gt: 5 } } });
    await collection.createIndex({ at: 1 }, { name: 'ttl', expireAfterSeconds: 3600 });
    const { indexes } = await source.describeCollection('indexed');
    expect(indexes.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      idIndex,
      index('compound', [
        { path: 'b', kind: 1 },
        { path: '9', kind: -1 },
        { path: 'a.b', kind: 1 },
      ]),
      index('partial', [{ path: 'p', kind: 1 }], { partialFilter: '{"p":{"$gt":{"$numberInt":"5"}}}' }),
      index('ttl', [{ path: 'at', kind: 1 }], { expireAfterSeconds: 3600 }),
      index('unique', [{ path: 'u', kind: 1 }], { isUnique: true, isSparse: true }),
    ]);
  });

  it.for<[string, IndexSpecification, SourceIndex['keys']]>([
    ['hashed', { h: 'hashed' }, [{ path: 'h', kind: 'hashed' }]],
    ['on a sphere', { loc: '2dsphere' }, [{ path: 'loc', kind: '2dsphere' }]],
    ['wildcard', { 'a.$**': 1 }, [{ path: 'a.$**', kind: 1 }]],
    [
      'text',
      { a: 1, title: 'text' },
      [
        { path: 'a', kind: 1 },
        { path: 'title', kind: 'text' },
      ],
    ],
    ['text of everything', { '$**': 'text' }, [{ path: '$**', kind: 'text' }]],
  ])('indexes that are %s, where it has such', async ([name, keys, expected], { skip }) => {
    const collection = client.db(database).collection(name);
    try {
      await collection.createIndex(keys, { name });
    } catch {
      return skip();
    }
    const { indexes } = await source.describeCollection(name);
    expect(indexes.find((one) => one.name === name)?.keys).toEqual(expected);
  });

  it('collation and validator', async () => {
    const validator = { a: { $type: 'string' } };
    const collation = { locale: 'de' };
    const collection = await client.db(database).createCollection('strict', { validator, collation });
    await collection.createIndex({ a: 1 }, { name: 'a', collation: { locale: 'simple' } });
    await collection.createIndex({ b: 1 }, { name: 'b', collation: { locale: 'fr' } });
    const described = await source.describeCollection('strict');
    expect(described).toMatchObject({ collation: 'de', validator: '{"a":{"$type":"string"}}' });
    const collations = Object.fromEntries(
      described.indexes.map(({ name, collation: locale }) => [name, locale]),
    );
    expect(collations).toMatchObject({ a: undefined, b: 'fr' });
  });

  it('views', async () => {
    await client.db(database).createCollection('seen', { viewOn: 'indexed', pipeline: [] });
    expect(await source.describeCollection('seen')).toEqual({ ...nothing, viewOn: 'indexed' });
  });

  it('time-series collections', async () => {
    await client.db(database).createCollection('series', { timeseries: { timeField: 'at' } });
    expect(await source.describeCollection('series')).toMatchObject({ timeField: 'at' });
  });
});
