import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../../src/config/load-settings.ts';
import type { RunEvent } from '../../../src/pipeline/run-event.ts';
import type { CollectionInspection } from '../../../src/report/inspect-report.ts';
import { inspect } from '../../../src/resources/inspect.ts';
import { loadMongo } from '../../support/load-mongo.ts';
import { createControl } from '../../support/migrate-directly.ts';
import { startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { imagegenCollections, imagegenDocuments, imagegenFolder } from '../../support/source-documents.ts';

const inspectSource = async (
  options: Readonly<Record<string, unknown>>,
  sample?: number,
  onEvent?: (event: RunEvent) => void,
) => inspect(await loadSettings('inspect', options, {}, '/'), createControl(onEvent), { sample });

/** What does not depend on the order in which documents come. */
const comparable = ({ name, documents, bytes, depth, paths, oddities }: CollectionInspection) => ({
  name,
  documents,
  bytes,
  depth,
  paths: paths
    .map(({ path, count, nulls, integers, strings, arrays }) => ({
      path,
      count,
      nulls,
      integers,
      strings,
      arrays,
    }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  oddities: oddities.map(({ message }) => message.split(':')[0]).toSorted(),
});

describe('the dump, its gzipped form and the archive', () => {
  it('say the same', async () => {
    const [dump, gzipped, archive] = await Promise.all(
      ['dump', 'dump-gzip', 'imagegen.archive'].map((name) =>
        inspectSource({ source: join(imagegenFolder, name) }),
      ),
    );
    expect(dump?.exitCode).toBe(0);
    expect(gzipped?.collections.map(comparable)).toEqual(dump?.collections.map(comparable));
    expect(archive?.collections.map(comparable)).toEqual(dump?.collections.map(comparable));
  });

  it('tell how far they are', async () => {
    const events: RunEvent[] = [];
    await inspectSource({ source: join(imagegenFolder, 'dump'), only: 'tasks' }, undefined, (event) =>
      events.push(event),
    );
    expect(events.map(({ kind }) => kind)).toEqual([
      'collection-planned',
      'documents-read',
      'collection-read',
    ]);
    expect(events[1]).toMatchObject({ collection: 'tasks', read: 700 });
  });
});

const server = await startMongoServerOrSkip();

describe.skipIf(server === undefined)('a live server', () => {
  const uri = server?.uri ?? '';
  const database = `docrow_${randomBytes(4).toString('hex')}`;
  const client = new MongoClient(uri || 'mongodb://localhost');

  beforeAll(async () => {
    for (const name of imagegenCollections) await loadMongo(uri, database, name, imagegenDocuments(name));
    await client
      .db(database)
      .collection('tasks')
      .createIndex({ status: 1, created_at: -1 }, { name: 'by_status' });
    const many = Array.from({ length: 12_000 }, (_, index) => ({ _id: index as never, n: index }));
    await client.db(database).collection('many').insertMany(many);
  });

  afterAll(async () => {
    if (server === undefined) return;
    await client.db(database).dropDatabase();
    await client.close();
    await server.stop();
  });

  it('says what the dump of the same documents says', async () => {
    const live = await inspectSource({ source: uri, database, only: imagegenCollections.join(',') });
    const dump = await inspectSource({ source: join(imagegenFolder, 'dump') });
    expect(live.source).toMatchObject({ kind: 'mongo', database });
    expect(live.collections.map(comparable)).toEqual(dump.collections.map(comparable));
    const tasks = live.collections.find(({ name }) => name === 'tasks');
    expect(tasks?.indexes).toContainEqual(
      expect.objectContaining({
        name: 'by_status',
        keys: [
          { path: 'status', kind: 1 },
          { path: 'created_at', kind: -1 },
        ],
      }),
    );
  });

  it('decides for every kind of collection', async () => {
    const db = client.db(database);
    await db.createCollection('log', { capped: true, size: 100_000 });
    await db.createCollection('active', { viewOn: 'users', pipeline: [{ $match: { is_active: true } }] });
    const { collections } = await inspectSource({ source: uri, database });
    const view = collections.find(({ name }) => name === 'active');
    expect(view).toMatchObject({
      kind: 'view',
      viewOn: 'users',
      decision: expect.stringContaining('read as documents'),
    });
    expect(view?.documents).toBeGreaterThan(0);
    expect(collections.find(({ name }) => name === 'log')?.decision).toContain('migrated like any other');
    for (const { skipped, documents } of collections.filter(({ kind }) => kind === 'system')) {
      expect(skipped).toContain('not migrated');
      expect(documents).toBe(0);
    }
  });

  it('is sampled in several places', async () => {
    const { collections } = await inspectSource({ source: uri, database, only: 'many' }, 200);
    const [many] = collections;
    expect(many).toMatchObject({ documents: 200, isSample: true });
    expect(many?.sampledRanges).toBeGreaterThan(4);
    const n = many?.paths.find(({ path }) => path === 'n')?.integers;
    expect(Number(n?.max) - Number(n?.min)).toBeGreaterThan(6000);
  });
});
