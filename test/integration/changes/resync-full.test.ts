import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { DocrowError } from '../../../src/errors/docrow-error.ts';
import { bsonOf, type TestProject } from '../../support/bson-dump.ts';
import { compareCopy } from '../../support/independent-check/compare-copy.ts';
import { author, book, bookId, libraryProject, libraryTables, many } from '../../support/library-project.ts';
import { createControl } from '../../support/migrate-directly.ts';
import { noticesOf, syncDirectly, validateRunDirectly } from '../../support/sync-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
let newer: TestProject | undefined;
afterEach(() => {
  newer?.remove();
  newer = undefined;
});

const settings = (source = pipeline.project.source) => ({
  source,
  target: pipeline.uri,
  dir: pipeline.project.dir,
});
const full = (source?: string, control = createControl(), more: Readonly<Record<string, unknown>> = {}) =>
  syncDirectly({ ...settings(source), ...more }, { kind: 'full' }, control);

async function versions(): Promise<readonly unknown[]> {
  const rows: unknown[] = [];
  for (const table of libraryTables) {
    rows.push(
      ...(await pipeline.values(`select '${table} ' || ctid || ' ' || xmin from ${table} order by 1`)),
    );
  }
  return rows;
}

/** Rows that were ever written in user tables, by PostgreSQL's own statistics. */
const written = async (): Promise<number> => {
  const [row] = await pipeline.query(
    `select pg_stat_force_next_flush(), sum(n_tup_ins + n_tup_upd + n_tup_del)::integer as rows
    from pg_stat_user_tables where schemaname = 'public'`,
  );
  return Number(row!['rows']);
};

async function expectEqual(source: string): Promise<void> {
  const compared = await compareCopy(pipeline.project.dir, join(source, 'shop'), pipeline.uri);
  expect(compared.flatMap(({ differences }) => differences)).toEqual([]);
  for (const level of ['counts', 'digests', 'rows', 'documents']) {
    expect(await validateRunDirectly({ ...settings(source), level })).toMatchObject({ verdict: 'match' });
  }
}

const oldAuthors = [...many(20, (id) => author(id)), author(90, { name: 7 }), author(91, { name: 8 })];
const oldBooks = [
  ...many(600, (index) => book(index)),
  book(700, { pages: 'many' }),
  book(701, { pages: 'many' }),
  book(702, { author: 50 }),
  book(703, { author: 51 }),
];

/** Of everything that can become of a document, one at least. */
const newAuthors = [
  // 18 is gone, 19 refers to nothing any more; 3 and 4 exchange their names.
  ...many(18, (id) => author(id)).filter(({ _id }) => _id !== 3 && _id !== 4),
  author(3, { name: 'author 4' }),
  author(4, { name: 'author 3' }),
  author(19, { name: 'author 19', born: 1900 }),
  author(50),
  // Was rejected and fits now; 91 is gone.
  author(90),
  author(92, { name: 9 }),
];
const newBooks = [
  ...many(600, (index) => book(index, index === 5 ? { tags: ['new'] } : {})).filter(
    (_, index) => index % 20 !== 18 && index !== 10 && index !== 30,
  ),
  book(30, { pages: 'too many' }),
  book(801, { tags: many(50, String) }),
  // Fits now; 701 does not yet, 702 has its author now, 703 has none.
  book(700),
  book(701, { pages: true }),
  book(702, { author: 50 }),
  book(703, { author: 51 }),
  book(704, { pages: 'new and wrong' }),
];

async function loadLibrary(): Promise<void> {
  pipeline.project = libraryProject(oldAuthors, oldBooks);
  expect(await pipeline.migrate({ maxRejects: '10' })).toMatchObject({ validation: { verdict: 'match' } });
}

test('a newer dump is compared, what differs is written, and the run belongs to it', async () => {
  await loadLibrary();
  newer = libraryProject(newAuthors, newBooks);
  const report = await full(newer.source);
  expect(report).toMatchObject({ mode: 'full', errors: [], status: 'rejected', exitCode: 6 });
  const byName = new Map(report.collections.map((one) => [one.collection, one]));
  expect(byName.get('authors')).toMatchObject({
    read: newAuthors.length,
    rejected: 1,
    changed: 5,
    deleted: 1,
    filtered: 0,
  });
  const books = byName.get('books')!;
  expect(books.read).toBe(books.loaded + books.rejected + books.filtered);
  expect(books.read).toBe(newBooks.length);
  expect(books).toMatchObject({ rejected: 4, deleted: 31 });
  await expectEqual(newer.source);
  expect(await pipeline.rejections()).toEqual(
    [
      'authors value-mismatch name {"$numberInt":"92"}',
      `books reference-missing author {"$oid":"${bookId(703)}"}`,
      ...[30, 701, 704].map((index) => `books value-mismatch pages {"$oid":"${bookId(index)}"}`),
    ].sort(),
  );
  await expect(validateRunDirectly({ ...settings(), level: 'counts' })).rejects.toMatchObject({
    code: 'source-changed',
  });
  expect(
    await pipeline.values("select count(*)::integer from docrow.audit where action = 'adopt-source'"),
  ).toEqual([1]);
});

test('a second comparison writes nothing', async () => {
  await loadLibrary();
  newer = libraryProject(newAuthors, newBooks);
  await full(newer.source);
  const before = await versions();
  const rows = await written();
  const report = await full(newer.source);
  expect(report.totals).toMatchObject({
    read: newAuthors.length + newBooks.length,
    changed: 0,
    deleted: 0,
    rows: 0,
    rejected: 5,
    loaded: newAuthors.length + newBooks.length - 5,
  });
  expect(await versions()).toEqual(before);
  expect(await written()).toBe(rows);
});

test('what others wrote is put right, rows of no document included', async () => {
  await loadLibrary();
  await pipeline.query(`
    update books set pages = -1 where pages = 7;
    delete from book_tags where tag = 'a9';
    insert into authors (id, name) values (500, 'nobody');
    insert into books (id, author_id, pages) values ('ffffffffffffffffffffffff', 1, -5), ('nobody', 1, -5);
    insert into book_tags (book_id, position, tag) select id, 9, 'x' from books where pages = -5;
    delete from book_tags t using books b where b.id = t.book_id and b.pages = 44;
    delete from books where pages = 44;
  `);
  const report = await full();
  expect(report.collections.find(({ collection }) => collection === 'books')).toMatchObject({
    deleted: 2,
    changed: 3,
  });
  await expectEqual(pipeline.project.source);
});

test('rows that were there before the load are in the same digests, so all documents are compared', async () => {
  await loadLibrary();
  newer = libraryProject(newAuthors, newBooks);
  await pipeline.query(
    `update docrow.collection_run set rows_before = '{"books": 1}' where collection = 'books'`,
  );
  const { control, notices } = noticesOf();
  const report = await full(newer.source, control);
  expect(notices).toContainEqual(expect.stringContaining('held rows before the load'));
  expect(notices).toContainEqual(expect.stringContaining('none are deleted'));
  expect(report.collections.find(({ collection }) => collection === 'books')).toMatchObject({
    read: newBooks.length + 30,
    deleted: 0,
  });
  await pipeline.query(`update docrow.collection_run set rows_before = '{}'`);
  expect(await full(newer.source)).toMatchObject({ totals: { deleted: 1 } });
  await expectEqual(newer.source);
});

test('a collection that the newer dump lacks is an error, an empty one is none', async () => {
  await loadLibrary();
  newer = libraryProject(newAuthors, []);
  rmSync(newer.file('books'));
  const before = await versions();
  await expect(full(newer.source)).rejects.toMatchObject({ code: 'source-not-found' });
  expect(await versions()).toEqual(before);
  expect(await pipeline.values('select source_fingerprint from docrow.run')).not.toEqual([]);
  writeFileSync(newer.file('books'), bsonOf([]));
  const report = await full(newer.source);
  expect(report.collections.find(({ collection }) => collection === 'books')).toMatchObject({
    read: 0,
    deleted: 600,
  });
  expect(await pipeline.values('select count(*)::integer from books')).toEqual([0]);
  await expectEqual(newer.source);
});

test('another source needs all collections, and the same database', async () => {
  await loadLibrary();
  newer = libraryProject(newAuthors, newBooks);
  await expect(full(newer.source, createControl(), { only: 'authors' })).rejects.toMatchObject({
    code: 'source-changed',
  });
  await expect(full(newer.source, createControl(), { only: 'authors' })).rejects.toBeInstanceOf(DocrowError);
  await pipeline.query("update docrow.run set source_database = 'other'");
  await expect(full(newer.source)).rejects.toMatchObject({ code: 'source-changed' });
  await pipeline.query("update docrow.run set source_database = 'shop'");
  expect(await full(undefined, createControl(), { only: 'authors' })).toMatchObject({
    collections: [{ collection: 'authors', read: oldAuthors.length }],
  });
});

test('stopped on the way, it goes on with the same source', async () => {
  await loadLibrary();
  newer = libraryProject(newAuthors, newBooks);
  const soft = new AbortController();
  const never = new AbortController().signal;
  const stopped = await full(newer.source, {
    signal: { soft: soft.signal, hard: never, name: () => (soft.signal.aborted ? 'SIGINT' : undefined) },
    onEvent: (event) => {
      if (event.kind === 'documents-read' && event.collection === 'books') soft.abort();
    },
  });
  expect(stopped).toMatchObject({ status: 'interrupted', exitCode: 130 });
  expect(await full(newer.source)).toMatchObject({ errors: [] });
  await expectEqual(newer.source);
});
