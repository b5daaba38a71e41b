import { setTimeout as pause } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { SyncReport } from '../../src/report/sync-report.ts';
import type { FailureReport } from '../support/docrow-process.ts';
import { reportOf } from '../support/docrow-process.ts';
import { author, book, bookId, libraryProject, many } from '../support/library-project.ts';
import { type MongoServer, startMongoServerOrSkip } from '../support/mongo-server.ts';
import { createDatabase, type TestDatabase } from '../support/postgres-server.ts';
import { SyncLab } from '../support/sync-lab.ts';
import { queryTarget } from '../support/target-content.ts';

const server: MongoServer | undefined = await startMongoServerOrSkip();

let client: MongoClient;
let lab: SyncLab;
let target: TestDatabase;
const db = () => client.db('shop');
const books = () => db().collection('books');
const authors = () => db().collection<{ _id: number; name?: string; blob?: string }>('authors');

/** A loaded library on a server. */
async function open(mongo: MongoServer): Promise<void> {
  client = await new MongoClient(mongo.uri).connect();
  await db().dropDatabase();
  await authors().insertMany(many(20, (id) => author(id)) as never);
  await books().insertMany(many(100, (index) => book(index)));
  target = await createDatabase(inject('postgresUri'));
  lab = await SyncLab.open({ mongo, database: 'shop', target: target.uri, project: libraryProject([], []) });
  expect(await lab.run('migrate', '--no-validate')).toMatchObject({ exitCode: 0 });
}

async function close(): Promise<void> {
  await lab.close();
  await target.drop();
  await client.close();
}

async function expectEqual(): Promise<void> {
  expect(await lab.compare()).toEqual([]);
  expect(await lab.validate()).toMatchObject({ verdict: 'match', exitCode: 0 });
}

/** Waits until the tables say so. */
const soon = (sql: string, found: unknown): Promise<void> =>
  expect.poll(() => queryTarget(target.uri, sql), { timeout: 120_000, interval: 50 }).toEqual([{ found }]);

describe.skipIf(server === undefined)('sync --follow', () => {
  beforeAll(() => open(server!));
  afterAll(async () => {
    await close();
    await server!.stop();
  });

  test('documents of 15 MB, ten thousand updates of one, a transaction of two thousand', async () => {
    const running = await lab.follow();
    const blob = 'x'.repeat(15_000_000);
    for (const id of [1, 2, 3]) await authors().updateOne({ _id: id }, { $set: { blob } });
    await authors().updateOne({ _id: 1 }, { $set: { name: 'large' } });
    const updates = many(1_000, () => ({
      updateOne: { filter: { _id: bookId(5) }, update: { $inc: { pages: 1 } } },
    }));
    for (let time = 0; time < 10; time++) await books().bulkWrite(updates);
    await client.withSession((session) =>
      session.withTransaction(async () => {
        await books().insertMany(
          many(1_900, (index) => book(1_000 + index)),
          { session },
        );
        await books().updateMany({ _id: { $lt: bookId(100) } }, { $set: { tags: ['t'] } }, { session });
      }),
    );
    await soon("select count(*)::int as found from book_tags where tag = 't'", 100);
    await soon(`select pages as found from books where id = '${bookId(5)}'`, 10_005);
    running.child.kill('SIGTERM');
    expect((await running.result).code).toBe(143);
    await expectEqual();
  });

  test('a renamed collection is left alone, and the others go on', async () => {
    const running = await lab.follow();
    await books().rename('volumes');
    await running.sees(/"collection-stopped"/);
    await authors().updateOne({ _id: 4 }, { $set: { name: 'still followed' } });
    await soon('select name as found from authors where id = 4', 'still followed');
    running.child.kill('SIGTERM');
    const report = reportOf<SyncReport>(await running.result);
    expect(report.exitCode).toBe(5);
    expect(report.errors).toMatchObject([
      { code: 'collection-gone', location: 'books', message: 'Collection books was renamed to volumes' },
    ]);
  });

  test('ends when the database is dropped, and keeps the rows', async () => {
    const running = await lab.follow();
    await db().dropDatabase();
    const report = reportOf<SyncReport>(await running.result);
    expect(report).toMatchObject({ exitCode: 5, status: 'failed' });
    expect(new Set(report.errors.map(({ code }) => code))).toEqual(new Set(['collection-gone']));
    expect(report.errors.map(({ location }) => location).sort()).toEqual(['authors', 'books']);
    expect(await queryTarget(target.uri, 'select count(*)::int as n from authors')).toEqual([{ n: 20 }]);
  });
});

describe.skipIf(server === undefined)('a lost history', () => {
  let forgetful: MongoServer | undefined;

  beforeEach(async () => {
    // Only the stand-in for MongoDB has a history so short.
    forgetful = await startMongoServerOrSkip({ secantusArguments: ['--oplog-max-entries', '100'] });
    if (forgetful !== undefined) await open(forgetful);
  });
  afterEach(async () => {
    await close();
    await forgetful?.stop();
  });

  test('ends with 7 and the gap, and --recover makes both sides equal', async () => {
    expect(await lab.run('sync', '--once')).toMatchObject({ exitCode: 0 });
    await books().deleteOne({ _id: bookId(3) });
    for (let part = 0; part < 4; part++) {
      await db()
        .collection('others')
        .insertMany(many(500, (n) => ({ n })));
      // The server forgets from time to time.
      await pause(700);
    }
    const lost = await lab.run<SyncReport & FailureReport>('sync', '--once');
    expect(lost).toMatchObject({ exitCode: 7, errors: [{ code: 'source-history-lost' }] });
    expect(lost.gap?.from).toMatch(/^\d{4}-/);
    const recovered = await lab.run('sync', '--once', '--recover');
    expect(recovered).toMatchObject({ exitCode: 0, mode: 'recover' });
    expect(recovered.gap?.from).toMatch(/^\d{4}-/);
    await expectEqual();
    await authors().updateOne({ _id: 1 }, { $set: { name: 'followed again' } });
    expect(await lab.run('sync', '--once')).toMatchObject({ exitCode: 0, totals: { changed: 1 } });
    await expectEqual();
  });
});
