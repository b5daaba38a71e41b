import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { bsonOf, createProject, mappingYaml, type TestProject } from '../../support/bson-dump.ts';
import { migrateDirectly } from '../../support/migrate-directly.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres-server.ts';
import { retryDirectly } from '../../support/retry-directly.ts';
import { queryTarget } from '../../support/target-content.ts';

let database: TestDatabase;
let project: TestProject;

const migrate = (more: Readonly<Record<string, unknown>> = {}) =>
  migrateDirectly({ source: project.source, target: database.uri, dir: project.dir, ...more });
const append = (more: Readonly<Record<string, unknown>> = {}) => migrate({ onExisting: 'append', ...more });
const sql = (text: string) => queryTarget(database.uri, text);
const values = async (text: string) => (await sql(text)).map((row) => Object.values(row)[0]);
/** A later dump of the same collection. */
const dump = (documents: readonly object[], collection = 'items') =>
  writeFileSync(project.file(collection), bsonOf(documents));

const users = `collection: items
tables:
  items:
    key: [id]
    mismatch: rest
    columns:
      id: { from: _id, type: text, convert: ejson }
      name: { from: name, type: text }
      age: { from: age, type: integer }
    rest: extra
  items_tags:
    each: tags
    key: [item_id, position]
    mismatch: rest
    columns:
      item_id: { from: ^id }
      position: { from: $index }
      label: { from: label, type: text }
    rest: extra
`;
const first = Array.from({ length: 20 }, (_, n) => ({
  _id: n,
  name: `n${n}`,
  age: n,
  tags: [{ label: 'a' }, { label: 'b' }],
}));

beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql('drop schema if exists docrow cascade; drop schema public cascade; create schema public');
  project = createProject({ 'mappings/items.yaml': users }, { items: first });
  return () => project.remove();
});

describe('a newer dump, appended', () => {
  test('with new fields and types: everything is loaded, counted and named', async () => {
    expect(await migrate()).toMatchObject({ exitCode: 0, totals: { loaded: 20, rows: 60 } });
    dump([
      { _id: 100, name: 'new', age: 1, city: 'Rome', tags: [{ label: 'c', weight: 2 }] },
      { _id: 101, name: 7, age: 'old', city: 'Paris', tags: 'none' },
      {
        _id: 102,
        name: 'x',
        age: 3_000_000_000,
        tags: ['plain', { label: 5 }],
        address: { city: 'Oslo', zip: 1 },
      },
    ]);
    const report = await append();
    expect(report).toMatchObject({
      exitCode: 0,
      status: 'done',
      totals: { read: 3, loaded: 3, rejected: 0, filtered: 0, rows: 6 },
      validation: { verdict: 'match' },
    });
    const named = (table: string, column: string, kind: string, path?: string) =>
      report.adjustments.find(
        (one) => one.table === table && one.column === column && one.kind === kind && one.path === path,
      )?.documents;
    expect(named('items', 'extra', 'unmapped-rest', 'city')).toBe(2);
    expect(named('items', 'extra', 'unmapped-rest', 'address')).toBe(1);
    expect(named('items_tags', 'extra', 'unmapped-rest', 'weight')).toBe(1);
    expect(named('items', 'age', 'mismatch-rest')).toBe(2);
    expect(named('items', 'name', 'mismatch-rest')).toBe(1);
    expect(named('items_tags', 'label', 'mismatch-rest')).toBe(1);
    expect(
      await sql('select id, name, age, extra from items where id like \'%:"10_"%\' order by id'),
    ).toEqual([
      { id: '{"$numberLong":"100"}', name: 'new', age: 1, extra: { city: 'Rome' } },
      {
        id: '{"$numberLong":"101"}',
        name: null,
        age: null,
        extra: { name: { $numberInt: '7' }, age: 'old', city: 'Paris', tags: 'none' },
      },
      {
        id: '{"$numberLong":"102"}',
        name: 'x',
        age: null,
        extra: {
          age: { $numberDouble: '3000000000.0' },
          address: { city: 'Oslo', zip: { $numberInt: '1' } },
        },
      },
    ]);
    expect(
      await sql("select label, extra from items_tags where item_id ~ '[^0-9]102[^0-9]' order by position"),
    ).toEqual([
      { label: null, extra: 'plain' },
      { label: null, extra: { label: { $numberInt: '5' } } },
    ]);
  });

  test('is a run beside the old one, whose record stays', async () => {
    const before = await migrate();
    dump([{ _id: 100 }]);
    await expect(migrate()).rejects.toMatchObject({ code: 'source-changed' });
    const report = await append();
    expect(report.runId).not.toBe(before.runId);
    expect(await values('select count(*)::int from docrow.run')).toEqual([2]);
    expect(
      await values(
        'select sum(loaded)::int from docrow.range join docrow.run using (run_id) group by run_number order by run_number',
      ),
    ).toEqual([20, 1]);
    expect(await append()).toMatchObject({
      nothingToDo: true,
      exitCode: 0,
      validation: { verdict: 'match' },
    });
    expect(await values('select count(*)::int from items')).toEqual([21]);
    // The source of the first run has been loaded, and newer runs have come.
    dump(first);
    await expect(append()).rejects.toMatchObject({
      code: 'source-changed',
      message: expect.stringContaining('loaded already'),
    });
    expect(await migrate({ fresh: true })).toMatchObject({ exitCode: 0, totals: { loaded: 20 } });
    expect(await values('select count(*)::int from docrow.run')).toEqual([1]);
    expect(await values('select count(*)::int from items')).toEqual([20]);
  });

  test('of an unfinished run another source is refused', async () => {
    await migrate();
    await sql("update docrow.collection_run set status = 'stopped'");
    dump([{ _id: 100 }]);
    await expect(append()).rejects.toMatchObject({
      code: 'source-changed',
      message: expect.stringContaining('is not finished'),
    });
  });

  test('documents that are there already are set aside by their key, and nothing of theirs changes', async () => {
    await migrate();
    dump([...first.map((document) => ({ ...document, name: 'again' })), { _id: 100, name: 'new' }]);
    const report = await append({ chunkDocuments: 8 });
    expect(report).toMatchObject({
      exitCode: 6,
      totals: { read: 21, loaded: 1, rejected: 20, rows: 1 },
      rejections: [
        {
          code: 'duplicate-value',
          path: '_id',
          reason: 'Another row of table items has the same id',
          documents: 20,
        },
      ],
      validation: { verdict: 'match' },
    });
    expect(await values("select count(*)::int from items where name = 'again'")).toEqual([0]);
    expect(await values('select count(*)::int from items_tags')).toEqual([40]);
  });

  test('what collides in several ways is set aside, each for the first of them', async () => {
    project.remove();
    project = createProject(
      {
        'mappings/items.yaml': mappingYaml({
          collection: 'items',
          columns: [
            'id: { from: _id, type: integer }',
            'email: { from: email, type: text, unique: true }',
            'code: { from: code, type: text }',
          ],
          more: ["indexes: [{ name: own_code, columns: [code], unique: true, where: code <> 'free' }]"],
        }),
      },
      { items: [1, 2, 3].map((_id) => ({ _id, email: `e${_id}`, code: `c${_id}` })) },
    );
    await migrate();
    dump([
      { _id: 1, email: 'new1', code: 'free' },
      { _id: 10, email: 'e2', code: 'free' },
      { _id: 11, email: 'new2', code: 'c3' },
      { _id: 12, email: 'new3', code: 'free' },
      { _id: 12, email: 'new4', code: 'free' },
      { _id: 13, email: 'new3', code: 'free' },
      { _id: 14, email: 5, code: 'free' },
      { _id: 15, code: 'free' },
      { _id: 16, code: 'free' },
    ]);
    expect(await append()).toMatchObject({
      totals: { read: 9, loaded: 3, rejected: 6 },
      validation: { verdict: 'match' },
    });
    expect(
      await values(
        "select id_text || ' ' || code || ' ' || path from docrow.rejection order by rejection_number",
      ),
    ).toEqual(
      expect.arrayContaining([
        '{"$numberInt":"1"} duplicate-value _id',
        '{"$numberInt":"10"} duplicate-value email',
        '{"$numberInt":"11"} duplicate-value code',
        '{"$numberInt":"12"} duplicate-value _id',
        '{"$numberInt":"13"} duplicate-value email',
        '{"$numberInt":"14"} value-mismatch email',
      ]),
    );
    expect(await values('select email from items where id > 3 order by id')).toEqual(['new3', null, null]);
  });

  test('keys in docrow.document_key serve both runs', async () => {
    project.remove();
    project = createProject(
      {
        'mappings/items.yaml': mappingYaml({
          collection: 'items',
          columns: ['id: { from: _id, type: uuid, convert: uuidv5 }'],
        }),
      },
      { items: [{ _id: 'a' }, { _id: 'b' }] },
    );
    await migrate();
    dump([{ _id: 'b' }, { _id: 'c' }]);
    expect(await append()).toMatchObject({
      totals: { loaded: 1, rejected: 1 },
      validation: { verdict: 'match' },
    });
    expect(
      await values(
        'select count(*)::int from items join docrow.document_key k on k.key = array[uuid_send(items.id)]',
      ),
    ).toEqual([3]);
  });

  test('references lead to rows of the earlier run; what leads nowhere is set aside, and can be retried', async () => {
    project.remove();
    const parent = (orphans: string) =>
      mappingYaml({
        collection: 'c',
        columns: [
          'id: { from: _id, type: integer }',
          `p: { from: p, type: integer, references: p.id, orphans: ${orphans} }`,
        ],
      });
    project = createProject(
      {
        'mappings/p.yaml': mappingYaml({ collection: 'p', columns: ['id: { from: _id, type: integer }'] }),
        'mappings/c.yaml': parent('reject'),
      },
      { p: [{ _id: 1 }], c: [{ _id: 1, p: 1 }] },
    );
    await migrate();
    dump([{ _id: 2 }], 'p');
    dump(
      [
        { _id: 2, p: 1 },
        { _id: 3, p: 2 },
        { _id: 4, p: 99 },
      ],
      'c',
    );
    expect(await append()).toMatchObject({
      totals: { read: 4, loaded: 3, rejected: 1 },
      rejections: [{ collection: 'c', code: 'reference-missing', path: 'p', documents: 1 }],
    });
    writeFileSync(join(project.dir, 'mappings', 'c.yaml'), parent('"null"'));
    expect(await retryDirectly({ target: database.uri, dir: project.dir })).toMatchObject({
      exitCode: 0,
      totals: { retried: 1, loaded: 1 },
    });
    expect(await append()).toMatchObject({
      nothingToDo: true,
      totals: { loaded: 4, rejected: 0 },
      validation: { verdict: 'match' },
    });
  });
});
