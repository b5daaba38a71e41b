import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from 'bson';
import type { Db } from 'mongodb';
import { afterAll, describe, expect, test } from 'vitest';
import { bsonOf, createProject, mappingYaml } from '../../support/bson-dump.ts';
import { author, book, bookId, libraryProject, many } from '../../support/library-project.ts';
import { withDatabase } from '../../support/mongo-library.ts';
import { startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { byField, syncDirectly, validateRunDirectly } from '../../support/sync-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const server = await startMongoServerOrSkip({ secantusArguments: ['--standalone'] });
const database = 'lone';
afterAll(() => server?.stop());

const place = (source: string, more: Readonly<Record<string, unknown>> = {}) => ({
  source,
  target: pipeline.uri,
  dir: pipeline.project.dir,
  ...more,
});

test('exported files are compared with newer ones', async () => {
  pipeline.project = createProject({
    'mappings/notes.yaml': mappingYaml({
      collection: 'notes',
      columns: ['id: { from: _id, type: integer }', 'n: { from: n, type: integer }'],
    }),
    'old/notes.json': many(50, (n) => JSON.stringify({ _id: n, n })).join('\n'),
    'new/notes.json': many(50, (n) => JSON.stringify({ _id: n + 1, n: n === 7 ? -7 : n + 1 })).join('\n'),
  });
  const { dir } = pipeline.project;
  const source = (name: string) => place(join(dir, name), { database: 'shop' });
  expect(await pipeline.migrate(source('old'))).toMatchObject({ exitCode: 0 });
  expect(await syncDirectly(source('new'), { kind: 'full' })).toMatchObject({
    exitCode: 0,
    totals: { read: 50, changed: 2, deleted: 1, rows: 3 },
  });
  expect(await validateRunDirectly({ ...source('new'), level: 'rows' })).toMatchObject({ verdict: 'match' });
});

test('documents that the mapping filters are counted, and lose their rows', async () => {
  const notes = mappingYaml({
    collection: 'notes',
    key: 'slug',
    columns: ['slug: { from: slug, type: text }', 'n: { from: n, type: integer }'],
    more: ['rest: extra'],
  });
  pipeline.project = createProject(
    { 'mappings/notes.yaml': `where: { draft: { $ne: true } }\n${notes}` },
    { notes: many(40, (n) => ({ _id: { n }, slug: `s${n}`, n, draft: n < 10 })) },
  );
  await pipeline.migrate();
  writeFileSync(
    pipeline.project.file('notes'),
    bsonOf(many(40, (n) => ({ _id: { n }, slug: `s${n}`, n, draft: n % 10 === 5 }))),
  );
  const source = place(pipeline.project.source);
  expect(await syncDirectly(source, { kind: 'full' })).toMatchObject({
    totals: { read: 40, loaded: 36, filtered: 4, changed: 9, deleted: 3, rejected: 0 },
  });
  expect(await syncDirectly(source, { kind: 'full' })).toMatchObject({
    totals: { read: 40, loaded: 36, filtered: 4, unchanged: 40, rows: 0 },
  });
  expect(await validateRunDirectly({ ...source, level: 'rows' })).toMatchObject({ verdict: 'match' });
});

test('of two documents in a file with one _id it stays said that one was left out', async () => {
  pipeline.project = createProject(
    {
      'mappings/notes.yaml': mappingYaml({
        collection: 'notes',
        columns: ['id: { from: _id, type: integer }', 'n: { from: n, type: integer }'],
      }),
    },
    { notes: [...many(20, (n) => ({ _id: n, n })), { _id: 5, n: 55 }] },
  );
  const source = place(pipeline.project.source);
  await pipeline.migrate({ maxRejects: '1' });
  const before = await pipeline.rejections();
  expect(before).toHaveLength(1);
  expect(await syncDirectly(source, { kind: 'full' })).toMatchObject({
    totals: { changed: 0, deleted: 0, rows: 0 },
  });
  expect(await pipeline.rejections()).toEqual(before);
  expect(await validateRunDirectly({ ...source, level: 'digests' })).toMatchObject({ verdict: 'match' });
});

test('a large dump is read by several workers, which tell what they reject', async () => {
  const text = 'x'.repeat(10_000);
  const wrong = (n: number): Document => book(n, n % 100 === 0 ? { pages: 'bad', text } : { text });
  pipeline.project = libraryProject(
    many(20, (id) => author(id)),
    many(2_000, (n) => book(n, { text })),
  );
  const source = place(pipeline.project.source, { workers: '2' });
  expect(await pipeline.migrate({ workers: '2' })).toMatchObject({ exitCode: 0 });
  writeFileSync(pipeline.project.file('books'), bsonOf(many(2_500, wrong)));
  const report = await syncDirectly(source, { kind: 'full' });
  const books = report.collections.find(({ collection }) => collection === 'books')!;
  expect(books).toMatchObject({ read: 2_500, rejected: 25, loaded: 2_475, changed: 495 });
  expect(await pipeline.rejections()).toHaveLength(25);
  expect(await validateRunDirectly({ ...source, level: 'digests' })).toMatchObject({ verdict: 'match' });
  expect(await syncDirectly(source, { kind: 'full' })).toMatchObject({ totals: { read: 2_520, rows: 0 } });
});

describe.skipIf(server === undefined)('a server without a history of changes', () => {
  const inDatabase = <T>(use: (db: Db) => Promise<T>): Promise<T> => withDatabase(server!.uri, database, use);

  test('is followed by a field, or compared as a whole, and cannot be recovered', async () => {
    pipeline.project = libraryProject([], []);
    await inDatabase(async (db) => {
      await db.collection<Document>('authors').insertMany(many(20, (id) => author(id)));
      await db.collection<Document>('books').insertMany(many(50, (n) => book(n)));
    });
    const source = place(server!.uri, { database });
    expect(await pipeline.migrate({ ...source, insecureArgv: true })).toMatchObject({ exitCode: 0 });
    expect(await syncDirectly(source, byField('changed'))).toMatchObject({
      exitCode: 0,
      totals: { read: 70 },
    });
    await inDatabase((db) => db.collection<Document>('books').insertOne(book(60)));
    expect(await syncDirectly(source, byField('changed'))).toMatchObject({ totals: { changed: 1 } });
    await inDatabase((db) => db.collection<Document>('books').deleteOne({ _id: bookId(60) }));
    expect(await syncDirectly(source, { kind: 'full' })).toMatchObject({
      exitCode: 0,
      totals: { deleted: 1 },
    });
    expect(await syncDirectly(source, { kind: 'recover' })).toMatchObject({
      exitCode: 2,
      errors: [{ code: 'source-no-changes' }],
    });
    expect(await validateRunDirectly({ ...source, level: 'rows' })).toMatchObject({ verdict: 'match' });
  });
});
