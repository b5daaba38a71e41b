import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SyncReport } from '../../../src/report/sync-report.ts';
import { book, bookId } from '../../support/library-project.ts';
import { type MongoServer, startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { noticesOf, syncDirectly, validateRunDirectly } from '../../support/sync-directly.ts';
import { useLiveLibrary } from '../../support/use-live-library.ts';

const server: MongoServer | undefined = await startMongoServerOrSkip();

describe.skipIf(server === undefined)('sync --once by change events', () => {
  const library = useLiveLibrary(server);
  const { pipeline, db } = library;
  const authors = db.collection<{ _id: number; name: string }>('authors');
  const books = db.collection('books');

  const sync = (): Promise<SyncReport> => syncDirectly(library.options);
  const counts = (report: SyncReport, name: string) => {
    const found = report.collections.find(({ collection }) => collection === name);
    const { read, loaded, rejected, filtered, changed, deleted, unchanged } = found ?? {};
    return { read, loaded, rejected, filtered, changed, deleted, unchanged };
  };

  it('brings every kind of change into the tables, and is equal at the end', async () => {
    await books.insertOne(book(200));
    await books.updateOne({ _id: bookId(1) }, { $set: { pages: 999 }, $push: { tags: 'new' } as never });
    await books.updateOne({ _id: bookId(2) }, { $unset: { tags: '' } });
    await books.replaceOne({ _id: bookId(3) }, book(3, { pages: 1, tags: [] }));
    await books.deleteOne({ _id: bookId(4) });
    await books.insertOne(book(201));
    await books.deleteOne({ _id: bookId(201) });
    await authors.updateOne({ _id: 7 }, { $set: { name: 'renamed', note: 1 } as never });
    const report = await sync();
    expect(report).toMatchObject({ status: 'done', exitCode: 0, mode: 'stream' });
    expect(counts(report, 'books')).toEqual({
      read: 4,
      loaded: 4,
      rejected: 0,
      filtered: 0,
      changed: 4,
      deleted: 1,
      unchanged: 0,
    });
    expect(
      await pipeline.values(`select tag from book_tags where book_id = '${bookId(1)}' order by position`),
    ).toEqual(['a1', 'b', 'new']);
    expect(await pipeline.values(`select id from books where pages in (4, 201)`)).toEqual([]);
    expect(await validateRunDirectly(library.options)).toMatchObject({ verdict: 'match', exitCode: 0 });
  });

  it('does nothing when nothing happened, and goes on from where it stands', async () => {
    expect(await sync()).toMatchObject({ exitCode: 0, totals: { read: 0, events: 0 } });
    const before = await pipeline.query(
      'select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables',
    );
    await authors.updateOne({ _id: 1 }, { $set: { name: 'one' } });
    expect(counts(await sync(), 'authors')).toMatchObject({ changed: 1 });
    expect(await sync()).toMatchObject({ totals: { read: 0, events: 0 } });
    expect(before.length).toBeGreaterThan(0);
  });

  it('sets aside what does not fit any more, and takes it back when it does', async () => {
    await books.updateOne({ _id: bookId(5) }, { $set: { pages: 'many' } });
    expect(await sync()).toMatchObject({ exitCode: 6, status: 'rejected', totals: { rejected: 1 } });
    expect(await pipeline.values(`select id from books where id = '${bookId(5)}'`)).toEqual([]);
    expect(await validateRunDirectly(library.options)).toMatchObject({ verdict: 'match' });
    await books.updateOne({ _id: bookId(5) }, { $set: { pages: 5 } });
    expect(await sync()).toMatchObject({ exitCode: 0, totals: { changed: 1 } });
    expect(await pipeline.rejections()).toEqual([]);
    expect(await validateRunDirectly(library.options)).toMatchObject({ verdict: 'match' });
  });

  it.each(['digests', 'rows', 'documents'])(
    'keeps the rows of a rejected document where the mapping says so: %s',
    async (level) => {
      const file = join(pipeline.project.dir, 'mappings', 'books.yaml');
      writeFileSync(file, `onReject: keep\n${readFileSync(file, 'utf8')}`);
      await books.updateOne({ _id: bookId(5) }, { $set: { pages: 'many', tags: ['x'] } as never });
      expect(await sync()).toMatchObject({ exitCode: 6, totals: { rejected: 1 } });
      expect(await pipeline.values(`select pages from books where id = '${bookId(5)}'`)).toEqual([5]);
      expect(await validateRunDirectly({ ...library.options, level })).toMatchObject({ verdict: 'match' });
      await pipeline.query(`update books set pages = 7 where id = '${bookId(6)}'`);
      expect(await validateRunDirectly({ ...library.options, level })).toMatchObject({ verdict: 'mismatch' });
    },
  );

  it('tries documents again when what they refer to appears, and when a value is freed', async () => {
    await books.insertOne(book(300, { author: 77 }));
    await authors.insertOne({ _id: 78, name: 'author 3' });
    expect(await sync()).toMatchObject({ exitCode: 6, totals: { rejected: 2 } });
    expect(await pipeline.rejections()).toHaveLength(2);
    await authors.insertOne({ _id: 77, name: 'late' });
    await authors.updateOne({ _id: 3 }, { $set: { name: 'other' } });
    expect(await sync()).toMatchObject({ exitCode: 0 });
    expect(await pipeline.rejections()).toEqual([]);
    expect(await validateRunDirectly(library.options)).toMatchObject({ verdict: 'match' });
  });

  it('exchanges a unique value between two documents of one batch', async () => {
    await authors.updateOne({ _id: 1 }, { $set: { name: 'author 2' } });
    await authors.updateOne({ _id: 2 }, { $set: { name: 'author 1' } });
    expect(await sync()).toMatchObject({ exitCode: 0, totals: { changed: 2, rejected: 0 } });
    expect(await pipeline.values('select name from authors where id in (1, 2) order by id')).toEqual([
      'author 2',
      'author 1',
    ]);
  });

  it('applies the orphans policy to the children of a deleted parent', async () => {
    await authors.deleteOne({ _id: 6 });
    expect(await sync()).toMatchObject({ exitCode: 6, totals: { deleted: 1, rejected: 5 } });
    expect(await pipeline.values('select count(*)::int from books where author_id = 6')).toEqual([0]);
    expect(await validateRunDirectly(library.options)).toMatchObject({ verdict: 'match' });
    await authors.insertOne({ _id: 6, name: 'back' });
    expect(await sync()).toMatchObject({ exitCode: 0 });
    expect(await pipeline.values('select count(*)::int from books where author_id = 6')).toEqual([5]);
  });

  it('does not look again at what waits when nothing happened since', async () => {
    await books.insertOne(book(300, { author: 77 }));
    await sync();
    const numbers = 'select rejection_number from docrow.rejection';
    const before = await pipeline.values(numbers);
    await sync();
    expect(await pipeline.values(numbers)).toEqual(before);
    expect(before).toHaveLength(1);
  });

  it('tells once what others wrote to the tables, before the first sync and between two', async () => {
    await pipeline.query('update authors set extra = null where id = 1');
    expect((await sync()).collections).toMatchObject([{ collection: 'authors', read: 0, foreignWrites: 1 }]);
    const { control, notices } = noticesOf();
    await pipeline.query('update authors set extra = null where id in (2, 3)');
    await authors.updateOne({ _id: 2 }, { $set: { name: 'two' } });
    const report = await syncDirectly(library.options, { kind: 'stream' }, control);
    expect(report.collections).toMatchObject([{ collection: 'authors', changed: 1, foreignWrites: 2 }]);
    expect(notices.join()).toContain('2 rows of table authors were written by somebody else');
    expect((await sync()).collections).toEqual([]);
    expect(await pipeline.values('select count(*)::int from docrow.foreign_write')).toEqual([3]);
  });

  it('stops a collection that was dropped, keeps its rows, and goes on with the others', async () => {
    await sync();
    await books.drop();
    await authors.updateOne({ _id: 1 }, { $set: { name: 'still followed' } });
    const report = await sync();
    expect(report).toMatchObject({ status: 'failed', exitCode: 5 });
    expect(report.errors).toMatchObject([{ code: 'collection-gone', location: 'books' }]);
    expect(await pipeline.values('select count(*)::int from books')).toEqual([100]);
    expect(await pipeline.values('select name from authors where id = 1')).toEqual(['still followed']);
    expect(await sync()).toMatchObject({ exitCode: 5 });
  });

  it('does not take a source for its own that is at an earlier time than the tables', async () => {
    await authors.updateOne({ _id: 1 }, { $set: { name: 'x' } });
    await sync();
    await pipeline.query(`update docrow.sync set cluster_time = '4000000000:1'`);
    expect(await sync()).toMatchObject({ exitCode: 5, errors: [{ code: 'history-regressed' }] });
  });
});
