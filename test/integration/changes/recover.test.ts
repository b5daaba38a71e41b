import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from 'bson';
import type { Db } from 'mongodb';
import { afterAll, describe, expect, test } from 'vitest';
import type { SyncOptions } from '../../../src/pipeline/use-cases.ts';
import { compareCopy } from '../../support/independent-check/compare-copy.ts';
import { author, book, bookId, libraryProject, many } from '../../support/library-project.ts';
import { createControl } from '../../support/migrate-directly.ts';
import { dumpDatabase, withDatabase } from '../../support/mongo-library.ts';
import { startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { noticesOf, syncDirectly, validateRunDirectly } from '../../support/sync-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const server = await startMongoServerOrSkip({ secantusArguments: ['--oplog-max-entries', '100'] });
const database = 'recover';
afterAll(() => server?.stop());

const settings = () => ({ source: server!.uri, database, target: pipeline.uri, dir: pipeline.project.dir });
const sync = (
  kind: Exclude<SyncOptions['by']['kind'], 'cursor'>,
  control = createControl(),
  more: Readonly<Record<string, unknown>> = {},
) => syncDirectly({ ...settings(), ...more }, { kind }, control);
const inDatabase = <T>(use: (db: Db) => Promise<T>): Promise<T> => withDatabase(server!.uri, database, use);

async function load(authors: readonly Document[], books: readonly Document[]): Promise<void> {
  pipeline.project = libraryProject([], []);
  await inDatabase(async (db) => {
    await db.dropDatabase();
    for (const [name, documents] of [
      ['authors', authors],
      ['books', books],
    ] as const) {
      await db.createCollection(name);
      await db.collection(name).insertMany([...documents]);
    }
  });
  expect(await pipeline.migrate({ ...settings(), insecureArgv: true })).toMatchObject({ exitCode: 0 });
}

const loadSome = (): Promise<void> =>
  load(
    many(20, (id) => author(id)),
    many(50, (index) => book(index)),
  );

async function expectEqual(): Promise<void> {
  const dump = await dumpDatabase(server!.uri, database);
  try {
    const compared = await compareCopy(pipeline.project.dir, dump.folder, pipeline.uri);
    expect(compared.flatMap(({ differences }) => differences)).toEqual([]);
    expect(await validateRunDirectly({ ...settings(), level: 'digests' })).toMatchObject({
      verdict: 'match',
    });
  } finally {
    dump.remove();
  }
}

/** Changes, and more of them elsewhere than the server remembers. */
const loseHistory = (): Promise<void> =>
  inDatabase(async (db) => {
    await db.collection('books').updateMany({ author: 3 }, { $set: { pages: -3 } });
    await db.collection('books').deleteMany({ author: 4 });
    await db.collection('authors').deleteOne({ _id: 4 as never });
    await db.collection('authors').insertOne(author(30));
    await db.collection('books').insertOne(book(9_000, { author: 30 }));
    await forget(db);
  });

async function forget(db: Db): Promise<void> {
  for (let part = 0; part < 4; part++) {
    await db.collection('others').insertMany(many(500, (n) => ({ n })));
    // The server forgets from time to time.
    await new Promise((go) => setTimeout(go, 700));
  }
}

describe.skipIf(server === undefined)('after the history is lost', () => {
  test('everything is compared, and changes are followed again', async () => {
    await load(
      many(20, (id) => author(id)),
      many(200, (index) => book(index)),
    );
    expect(await sync('stream')).toMatchObject({ exitCode: 0 });
    await loseHistory();
    const lost = await sync('stream');
    expect(lost).toMatchObject({ exitCode: 7, errors: [{ code: 'source-history-lost' }] });
    const recovered = await sync('recover');
    expect(recovered).toMatchObject({ mode: 'recover', exitCode: 0, errors: [], status: 'done' });
    expect(recovered.gap?.from).toBe(lost.gap?.from);
    expect(String(recovered.gap?.to) >= String(recovered.gap?.from)).toBe(true);
    expect(recovered.totals).toMatchObject({ deleted: 11, rejected: 0 });
    await expectEqual();

    await inDatabase((db) => db.collection('books').updateOne({ _id: bookId(7) }, { $set: { pages: -7 } }));
    expect(await sync('stream')).toMatchObject({ exitCode: 0, totals: { events: 1, changed: 1 } });
    await expectEqual();
  });

  test('what is written during the comparison comes by it or after it', async () => {
    await load(
      many(20, (id) => author(id)),
      many(2000, (index) => book(index)),
    );
    await sync('stream');
    await loseHistory();
    let isWriting = true;
    let written = 0;
    const writing = inDatabase(async (db) => {
      const books = db.collection('books');
      for (; isWriting; written++) {
        const n = (written * 37) % 2000;
        const _id = bookId(n);
        if (written % 3 === 0)
          await books.updateOne({ _id }, { $set: { pages: written, tags: [`t${written}`] } });
        else if (written % 3 === 1) await books.deleteOne({ _id });
        else await books.replaceOne({ _id: bookId(n + 5000) }, book(n + 5000), { upsert: true });
        // As many as the server remembers would lose the history again.
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    });
    const report = await sync('recover');
    isWriting = false;
    await writing;
    expect(written).toBeGreaterThan(5);
    expect(report).toMatchObject({ exitCode: 0, errors: [] });
    expect(await sync('stream')).toMatchObject({ exitCode: 0 });
    await expectEqual();
  });

  test('stopped or killed on the way, the same command begins again', async () => {
    await load(
      many(20, (id) => author(id)),
      many(200, (index) => book(index)),
    );
    await sync('stream');
    await loseHistory();
    const soft = new AbortController();
    const control = createControl((event) => {
      if (event.kind === 'documents-read' && event.collection === 'books') soft.abort();
    });
    const stopped = await sync('recover', {
      ...control,
      signal: {
        ...control.signal,
        soft: soft.signal,
        name: () => (soft.signal.aborted ? 'SIGTERM' : undefined),
      },
    });
    expect(stopped).toMatchObject({ status: 'interrupted', exitCode: 143 });
    expect(await pipeline.values('select recovery_time is not null from docrow.sync')).toEqual([true]);
    expect(await sync('stream')).toMatchObject({ exitCode: 7 });
    expect(await sync('recover')).toMatchObject({ exitCode: 0 });
    expect(await pipeline.values('select recovery_time is not null from docrow.sync')).toEqual([false]);
    await expectEqual();
  });

  test('needs all collections', async () => {
    await load(
      many(20, (id) => author(id)),
      many(20, (index) => book(index)),
    );
    await sync('stream');
    await loseHistory();
    expect(await sync('recover', createControl(), { only: 'books' })).toMatchObject({
      exitCode: 2,
      errors: [{ code: 'settings-invalid' }],
    });
  });
});

describe.skipIf(server === undefined)('after a collection was dropped', () => {
  test('it alone is compared, and the place of the others stays', async () => {
    await loadSome();
    await sync('stream');
    await inDatabase(async (db) => {
      await db.collection('books').drop();
      await db.collection('books').insertMany([book(1), book(70)]);
      await db.collection('authors').insertOne(author(40));
    });
    expect(await sync('stream')).toMatchObject({ exitCode: 5, errors: [{ code: 'collection-gone' }] });
    const { control, notices } = noticesOf();
    const report = await sync('recover', control);
    expect(report).toMatchObject({ exitCode: 0, gap: undefined });
    expect(report.collections.find(({ collection }) => collection === 'books')).toMatchObject({
      read: 2,
      deleted: 49,
    });
    expect(notices).toEqual(expect.any(Array));
    await expectEqual();
  });

  test.each([
    ['one of them', false],
    ['all of them', true],
  ])('what put %s back does not stop it again', async (_which, isAll) => {
    await loadSome();
    await inDatabase(async (db) => {
      await db.collection('books').rename('volumes');
      if (isAll) await db.collection('authors').rename('writers');
    });
    expect(await sync('stream')).toMatchObject({ exitCode: 5 });
    await inDatabase(async (db) => {
      await db.collection(isAll ? 'writers' : 'authors').insertOne(author(40));
      await db.collection('volumes').deleteOne({ _id: bookId(3) });
      await db.collection('volumes').rename('books');
      if (isAll) await db.collection('writers').rename('authors');
    });
    const report = await sync('recover');
    expect(report).toMatchObject({ exitCode: 0, gap: undefined, totals: { changed: 1, deleted: 1 } });
    expect(await sync('stream')).toMatchObject({ exitCode: 0 });
    await expectEqual();
  });

  test('for good, the others are recovered and it is named', async () => {
    await loadSome();
    await sync('stream');
    await inDatabase((db) => db.collection('books').drop());
    expect(await sync('stream')).toMatchObject({ exitCode: 5 });
    const gone = await sync('recover');
    expect(gone.exitCode).toBe(5);
    expect(gone.errors).toContainEqual(
      expect.objectContaining({
        code: 'collection-gone',
        message: expect.stringContaining('no collection books'),
        location: 'books',
      }),
    );
    expect(await pipeline.values('select count(*)::integer from books')).toEqual([50]);
    await inDatabase(async (db) => {
      await db.collection('authors').insertMany(many(300, (n) => author(100 + n)));
      await forget(db);
    });
    const report = await sync('recover');
    expect(report.errors).toMatchObject([{ code: 'collection-gone' }]);
    expect(report.collections.find(({ collection }) => collection === 'authors')).toMatchObject({
      changed: 300,
    });
    expect(await pipeline.values('select count(*)::integer from books')).toEqual([50]);
    // Without its mapping it is in nobody's way.
    const written = join(pipeline.project.dir, 'mappings', 'books.yaml');
    renameSync(written, `${written}.gone`);
    await inDatabase((db) => db.collection('authors').insertOne(author(900)));
    expect(await sync('stream')).toMatchObject({ exitCode: 0, totals: { changed: 1 } });
    renameSync(`${written}.gone`, written);

    await inDatabase((db) => db.createCollection('books'));
    expect(await sync('recover')).toMatchObject({ exitCode: 0, totals: { deleted: 50 } });
    await expectEqual();
  });
});

describe.skipIf(server === undefined)('a collection whose mapping was away', () => {
  test('is compared as a whole when it is back, since its events passed unseen', async () => {
    await loadSome();
    const written = join(pipeline.project.dir, 'mappings', 'books.yaml');
    renameSync(written, `${written}.away`);
    await inDatabase((db) => db.collection('books').deleteOne({ _id: bookId(3) }));
    expect(await sync('stream')).toMatchObject({ exitCode: 0 });
    renameSync(`${written}.away`, written);
    expect(await sync('stream')).toMatchObject({
      exitCode: 5,
      errors: [{ code: 'collection-gone', location: 'books' }],
    });
    expect(await sync('recover')).toMatchObject({ exitCode: 0, totals: { deleted: 1 } });
    await expectEqual();
  });
});

describe.skipIf(server === undefined)('changes that were never followed', () => {
  test('are, after a recovery, or after the dump’s run was compared with the server', async () => {
    await loadSome();
    await pipeline.query(
      "update docrow.change_position set cluster_time = null, resume_token = null, reason = 'no replica set'",
    );
    expect(await sync('stream')).toMatchObject({ exitCode: 2, errors: [{ code: 'changes-not-begun' }] });
    await inDatabase((db) => db.collection('books').insertOne(book(60)));
    const report = await sync('recover');
    expect(report).toMatchObject({ exitCode: 0, totals: { changed: 1 } });
    expect(report.gap).toBeDefined();
    expect(await sync('stream')).toMatchObject({ exitCode: 0 });

    const dump = await dumpDatabase(server!.uri, database);
    try {
      await pipeline.query('drop schema docrow cascade; drop schema public cascade; create schema public');
      await pipeline.migrate({ source: dump.source });
      await inDatabase((db) => db.collection('books').insertOne(book(61)));
      await expect(sync('recover')).rejects.toMatchObject({ code: 'source-changed' });
      expect(await sync('full')).toMatchObject({ exitCode: 0, totals: { changed: 1 } });
      await inDatabase((db) => db.collection('books').insertOne(book(62)));
      expect(await sync('stream')).toMatchObject({ exitCode: 0, totals: { changed: 1 } });
      await expectEqual();
    } finally {
      dump.remove();
    }
  });
});
