import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { author, book, bookId, libraryProject, many } from '../../support/library-project.ts';
import { type MongoServer, startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { syncDirectly, validateRunDirectly } from '../../support/sync-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const server: MongoServer | undefined = await startMongoServerOrSkip();
const database = 'shop';

describe.skipIf(server === undefined)('a comparison while changes are not in the tables yet', () => {
  const pipeline = usePipeline();
  const client = new MongoClient(server?.uri ?? 'mongodb://localhost');
  const db = client.db(database);
  let options: Record<string, unknown>;

  beforeAll(() => client.connect());
  afterAll(async () => {
    await client.close();
    await server?.stop();
  });
  beforeEach(async () => {
    await db.dropDatabase();
    await db.collection('authors').insertMany(many(20, (id) => author(id)) as never);
    await db.collection('books').insertMany(many(100, (index) => book(index)));
    pipeline.project = libraryProject([], []);
    options = { source: server!.uri, database, target: pipeline.uri, dir: pipeline.project.dir };
    expect((await pipeline.migrate({ source: server!.uri, database })).exitCode).toBe(0);
    await db.collection('books').updateOne({ _id: bookId(1) }, { $set: { pages: 999 } });
    await db.collection('books').deleteOne({ _id: bookId(2) });
    await db.collection('books').insertOne(book(200));
  });

  it.each(['digests', 'rows', 'documents'])('takes them for what they are, at level %s', async (level) => {
    expect(await validateRunDirectly({ ...options, level })).toMatchObject({
      verdict: 'incomplete',
      outstanding: { changes: 3 },
    });
    await syncDirectly(options);
    expect(await validateRunDirectly({ ...options, level })).toMatchObject({ verdict: 'match' });
  });

  it('finds a wrong row of another document all the same', async () => {
    await pipeline.query(`update books set pages = 5 where id = '${bookId(7)}'`);
    const report = await validateRunDirectly(options);
    expect(report).toMatchObject({ verdict: 'mismatch', exitCode: 3 });
    const standing = report.differences.filter(({ state }) => state === 'standing');
    expect(standing).toMatchObject([
      { table: 'books', column: 'pages', key: { id: bookId(7).toHexString() } },
    ]);
  });

  it('does not let a migration fail', async () => {
    await db.collection('books').insertOne(book(201));
    expect(await pipeline.migrate({ source: server!.uri, database })).toMatchObject({
      exitCode: 0,
      status: 'done',
      validation: { verdict: 'incomplete', outstanding: 4 },
    });
  });
});
