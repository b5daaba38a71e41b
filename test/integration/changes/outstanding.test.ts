import { beforeEach, describe, expect, it } from 'vitest';
import { book, bookId } from '../../support/library-project.ts';
import { type MongoServer, startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { syncDirectly, validateRunDirectly } from '../../support/sync-directly.ts';
import { useLiveLibrary } from '../../support/use-live-library.ts';

const server: MongoServer | undefined = await startMongoServerOrSkip();

describe.skipIf(server === undefined)('a comparison while changes are not in the tables yet', () => {
  const library = useLiveLibrary(server);
  const { pipeline, db } = library;

  beforeEach(async () => {
    await db.collection('books').updateOne({ _id: bookId(1) }, { $set: { pages: 999 } });
    await db.collection('books').deleteOne({ _id: bookId(2) });
    await db.collection('books').insertOne(book(200));
  });

  it.each(['digests', 'rows', 'documents'])('takes them for what they are, at level %s', async (level) => {
    expect(await validateRunDirectly({ ...library.options, level })).toMatchObject({
      verdict: 'incomplete',
      outstanding: { changes: 3 },
    });
    await syncDirectly(library.options);
    expect(await validateRunDirectly({ ...library.options, level })).toMatchObject({ verdict: 'match' });
  });

  it('finds a wrong row of another document all the same', async () => {
    await pipeline.query(`update books set pages = 5 where id = '${bookId(7)}'`);
    const report = await validateRunDirectly(library.options);
    expect(report).toMatchObject({ verdict: 'mismatch', exitCode: 3 });
    const standing = report.differences.filter(({ state }) => state === 'standing');
    expect(standing).toMatchObject([
      { table: 'books', column: 'pages', key: { id: bookId(7).toHexString() } },
    ]);
  });

  it('does not let a migration fail', async () => {
    await db.collection('books').insertOne(book(201));
    expect(await pipeline.migrate(library.options)).toMatchObject({
      exitCode: 0,
      status: 'done',
      validation: { verdict: 'incomplete', outstanding: 4 },
    });
  });
});
