import { type Document, Double, Int32, Long, Timestamp } from 'bson';
import type { Db } from 'mongodb';
import { afterAll, describe, expect, test } from 'vitest';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { compareCopy } from '../../support/independent-check/compare-copy.ts';
import { author, book, bookId, libraryProject, many } from '../../support/library-project.ts';
import { dumpDatabase, withDatabase } from '../../support/mongo-library.ts';
import { startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { byField, noticesOf, syncDirectly, validateRunDirectly } from '../../support/sync-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const server = await startMongoServerOrSkip();
const database = 'resync_cursor';
afterAll(() => server?.stop());

const settings = (source = server!.uri) => ({
  source,
  target: pipeline.uri,
  dir: pipeline.project.dir,
  ...(source === server?.uri ? { database } : {}),
});
const cursor = async (
  more: Parameters<typeof byField>[1] = {},
  field = 'changed',
  other: Readonly<Record<string, unknown>> = {},
) => {
  const { control, notices } = noticesOf();
  return { report: await syncDirectly({ ...settings(), ...other }, byField(field, more), control), notices };
};
const marks = () =>
  pipeline.values(
    "select collection || ' ' || cursor_field || ' ' || cursor_text from docrow.sync_collection where cursor_field is not null order by 1",
  );
const inDatabase = <T>(use: (db: Db) => Promise<T>): Promise<T> => withDatabase(server!.uri, database, use);
const date = (seconds: number): Date => new Date(1_700_000_000_000 + seconds * 1000);
const dateText = (seconds: number): string => `{"$date":{"$numberLong":"${date(seconds).getTime()}"}}`;

async function expectEqual(): Promise<void> {
  const dump = await dumpDatabase(server!.uri, database);
  try {
    const compared = await compareCopy(pipeline.project.dir, dump.folder, pipeline.uri);
    expect(compared.flatMap(({ differences }) => differences)).toEqual([]);
    expect(await validateRunDirectly({ ...settings(), level: 'rows' })).toMatchObject({ verdict: 'match' });
  } finally {
    dump.remove();
  }
}

async function load(authors: readonly Document[], books: readonly Document[]): Promise<void> {
  pipeline.project = libraryProject([], []);
  await inDatabase(async (db) => {
    await db.dropDatabase();
    for (const [name, documents] of [
      ['authors', authors],
      ['books', books],
    ] as const) {
      await db.createCollection(name);
      if (documents.length > 0) await db.collection(name).insertMany([...documents]);
    }
  });
  expect(await pipeline.migrate({ ...settings(), insecureArgv: true })).toMatchObject({ exitCode: 0 });
}

describe.skipIf(server === undefined)('by a field of a server’s documents', () => {
  test('the first time all is compared, then what is at the mark or above it', async () => {
    await load(
      many(20, (id) => author(id)),
      many(300, (index) => book(index)),
    );
    const first = await cursor();
    expect(first.notices).toContainEqual(expect.stringContaining('all of it is compared'));
    expect(first.notices).toContainEqual(expect.stringContaining('Deletes were not looked for'));
    expect(first.report).toMatchObject({
      mode: 'cursor',
      exitCode: 0,
      totals: { read: 320, changed: 0, rows: 0 },
    });
    expect(await marks()).toEqual([`authors changed ${dateText(19)}`, `books changed ${dateText(299)}`]);

    await inDatabase(async (db) => {
      await db.collection('authors').insertOne(author(20, { changed: date(500) }));
      // One at the mark itself, as when both were written in the same millisecond.
      await db.collection('books').insertOne(book(400, { changed: date(299), author: 20 }));
      await db
        .collection('books')
        .updateOne({ _id: bookId(3) }, { $set: { tags: ['x'], changed: date(600) } });
      // Below the mark: nobody sees it but with an overlap.
      await db.collection('books').updateOne({ _id: bookId(4) }, { $set: { pages: -4, changed: date(250) } });
    });
    const second = await cursor();
    expect(second.report.collections).toMatchObject([
      { collection: 'authors', read: 2, changed: 1, unchanged: 1 },
      { collection: 'books', read: 3, changed: 2, unchanged: 1 },
    ]);
    expect(await marks()).toEqual([`authors changed ${dateText(500)}`, `books changed ${dateText(600)}`]);
    expect(await pipeline.values('select pages from books where pages = -4')).toEqual([]);
    const third = await cursor({ overlapSeconds: 350 });
    expect(third.report.totals).toMatchObject({ changed: 1 });
    await expectEqual();
    expect((await cursor()).report.totals).toMatchObject({ read: 2, unchanged: 2, rows: 0 });
  });

  test('documents without the field, or with another type in it, are read each time', async () => {
    const odd = [
      book(500, { changed: 'yesterday' }),
      book(501, { changed: new Int32(7) }),
      book(502, { changed: null }),
      book(503, { changed: new Timestamp({ t: 5, i: 1 }) }),
    ];
    const { changed: _, ...missing } = book(504);
    await load(
      many(20, (id) => author(id)),
      [...many(50, (index) => book(index)), ...odd, missing],
    );
    await cursor();
    await inDatabase(async (db) => {
      for (const index of [500, 501, 502, 503, 504]) {
        await db.collection('books').updateOne({ _id: bookId(index) }, { $set: { pages: -index } });
      }
    });
    const { report, notices } = await cursor();
    expect(notices).toContainEqual(expect.stringContaining('5 documents of books have no date in changed'));
    expect(report.totals).toMatchObject({ changed: 5, read: 7 });
    await expectEqual();
  });

  test('values that go back do not lower the mark, and none in the future raises it', async () => {
    const future = new Date(Date.now() + 86_400_000 * 365);
    await load(
      many(20, (id) => author(id)),
      [book(1), book(2), book(3, { changed: future })],
    );
    await cursor();
    const [, mark] = await marks();
    await inDatabase(async (db) => {
      await db
        .collection('books')
        .updateOne({ _id: bookId(1) }, { $set: { pages: 99, changed: new Date() } });
    });
    const { report } = await cursor();
    expect(report.collections.find(({ collection }) => collection === 'books')).toMatchObject({
      read: 2,
      changed: 1,
    });
    expect(String((await marks())[1]) >= String(mark)).toBe(true);
    expect(String((await marks())[1])).not.toContain(String(future.getTime()));
    await inDatabase(async (db) => {
      await db.collection('books').updateMany({}, { $set: { changed: date(-100) } });
    });
    const before = await marks();
    expect((await cursor()).report.totals).toMatchObject({ changed: 0 });
    expect(await marks()).toEqual(before);
  });

  test.each([
    [
      'numbers of any type',
      [new Int32(1), Long.fromNumber(2), new Double(2.5)],
      new Double(2.5),
      new Int32(3),
    ],
    ['texts', ['a', 'b', 'ba'], 'ba', 'c'],
    [
      'internal timestamps',
      many(3, (i) => new Timestamp({ t: 100 + i, i })),
      new Timestamp({ t: 102, i: 2 }),
      new Timestamp({ t: 103, i: 0 }),
    ],
  ])('goes by %s', async (_, values, same, higher) => {
    await load(
      [],
      values.map((version, index) => book(index, { version, author: null })),
    );
    await inDatabase((db) => db.collection('authors').insertOne(author(1, { version: values[0] })));
    await cursor({}, 'version');
    await inDatabase(async (db) => {
      await db.collection('books').insertOne(book(10, { version: same, author: null }));
      await db.collection('books').insertOne(book(11, { version: higher, author: null }));
    });
    const { report } = await cursor({}, 'version');
    expect(report.collections.find(({ collection }) => collection === 'books')).toMatchObject({
      read: 3,
      changed: 2,
    });
    await expectEqual();
  });

  test('goes by _id where documents are never changed, and by a field within a document', async () => {
    await load(
      many(20, (id) => author(id, { meta: { at: date(id) } })),
      many(10, (index) => book(index, { meta: { at: date(index) } })),
    );
    await cursor({}, '_id', { only: 'books' });
    await inDatabase((db) => db.collection('books').insertOne(book(700)));
    expect((await cursor({}, '_id', { only: 'books' })).report.totals).toMatchObject({ changed: 1 });
    await cursor({}, 'meta.at');
    await inDatabase((db) =>
      db.collection('authors').updateOne({ _id: 3 as never }, { $set: { 'meta.at': date(900), x: 1 } }),
    );
    expect((await cursor({}, 'meta.at')).report.collections[0]).toMatchObject({
      collection: 'authors',
      read: 2,
      changed: 1,
    });
    await expectEqual();
  });

  test('refuses arrays, and a field that no document has', async () => {
    await load(
      many(20, (id) => author(id)),
      many(5, (index) => book(index)),
    );
    await expect(cursor({}, 'tags', { only: 'books' })).resolves.toMatchObject({
      report: {
        exitCode: 2,
        errors: [{ code: 'settings-invalid', message: expect.stringContaining('is an array') }],
      },
    });
    const { report } = await cursor({}, 'chnaged');
    expect(report).toMatchObject({
      exitCode: 2,
      errors: [{ code: 'settings-invalid', message: expect.stringContaining('chnaged') }],
    });
    await cursor();
    await inDatabase((db) => db.collection('books').insertOne(book(900, { changed: [date(0)] })));
    expect((await cursor()).report).toMatchObject({ exitCode: 2 });
    await inDatabase(async (db) => {
      await db.collection('books').deleteOne({ _id: bookId(900) });
      await db.collection('books').insertOne(book(901, { changed: { at: date(5) } }));
    });
    expect((await cursor()).report).toMatchObject({ exitCode: 0 });
  });

  test('finds deletes only when asked to', async () => {
    await load([...many(20, (id) => author(id))], [...many(50, (index) => book(index))]);
    await cursor();
    await inDatabase(async (db) => {
      await db.collection('authors').deleteOne({ _id: 5 as never });
      await db.collection('books').deleteMany({ author: 5 });
      await db.collection('books').insertOne(book(80, { pages: 'bad', changed: date(900) }));
    });
    expect((await cursor()).report.totals).toMatchObject({ deleted: 0, rejected: 1 });
    await inDatabase((db) => db.collection('books').deleteOne({ _id: bookId(80) }));
    const { report, notices } = await cursor({ findDeletes: true });
    expect(notices.filter((text) => text.includes('Deletes'))).toEqual([]);
    expect(report.totals).toMatchObject({ deleted: 4, rejected: 0 });
    expect(await pipeline.rejections()).toEqual([]);
    await expectEqual();
    expect((await cursor({ findDeletes: true })).report.totals).toMatchObject({ deleted: 0, rows: 0 });
  });
});

describe('by a field of a dump’s documents', () => {
  test('what is at the mark is read again, and rows of nobody are found where deletes are looked for', async () => {
    pipeline.project = createProject(
      {
        'mappings/notes.yaml': mappingYaml({
          collection: 'notes',
          key: 'slug',
          columns: ['slug: { from: slug, type: text }', 'n: { from: n, type: integer }'],
          more: ['rest: extra'],
        }),
      },
      { notes: many(30, (n) => ({ _id: { n }, slug: `s${n}`, n, at: date(n) })) },
    );
    expect(await pipeline.migrate()).toMatchObject({ exitCode: 0 });
    const place = settings(pipeline.project.source);
    const run = (findDeletes: boolean) => syncDirectly(place, byField('at', { findDeletes }));
    await run(false);
    await pipeline.query(
      "update notes set n = -1 where slug = 's29'; insert into notes (slug, n) values ('x', 1)",
    );
    expect(await run(false)).toMatchObject({ totals: { read: 1, changed: 1, deleted: 0 } });
    expect(await run(true)).toMatchObject({ totals: { read: 1, changed: 0, deleted: 1 } });
    expect(await validateRunDirectly({ ...place, level: 'rows' })).toMatchObject({ verdict: 'match' });
  });
});
