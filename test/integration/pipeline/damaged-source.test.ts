import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { bsonOf, createProject, mappingYaml, type TestProject } from '../../support/bson-dump.ts';
import { migrateDirectly } from '../../support/migrate-directly.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres-server.ts';
import { queryTarget } from '../../support/target-content.ts';

const mapping = mappingYaml({
  collection: 'items',
  columns: ['id: { from: _id, type: integer }', 'text: { from: text, type: text }'],
});
const documents = Array.from({ length: 100 }, (_, n) => ({ _id: n, text: `document number ${n}` }));
const whole = bsonOf(documents);
/** Where document 60 (counted from 1) begins. */
const start = bsonOf(documents.slice(0, 59)).length;

let database: TestDatabase;
let project: TestProject;

const migrate = (more: Readonly<Record<string, unknown>> = {}) =>
  migrateDirectly({
    source: project.source,
    target: database.uri,
    dir: project.dir,
    chunkDocuments: 8,
    ...more,
  });
const loaded = async () =>
  (await queryTarget(database.uri, 'select id from items order by id')).map((row) => row['id']);

beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
});
afterAll(() => database.drop());
beforeEach(async () => {
  await queryTarget(database.uri, 'drop schema if exists docrow cascade; drop table if exists items');
  project = createProject({ 'mappings/items.yaml': mapping }, { items: documents, others: [{ _id: 1 }] });
  return () => project.remove();
});

const withLength = (length: number): Buffer => {
  const bytes = Buffer.from(whole);
  bytes.writeInt32LE(length, start);
  return bytes;
};

test.each([
  ['cut short', whole.subarray(0, start + 20)],
  ['with a length that lies', withLength(0x7fffffff)],
  ['with a negative length', withLength(-5)],
  ['with a length beyond the end', withLength(whole.length)],
])('a .bson file %s: everything before it is loaded', async (_name, bytes) => {
  writeFileSync(project.file('items'), bytes);
  const report = await migrate();
  expect(report).toMatchObject({
    exitCode: 8,
    status: 'failed',
    totals: { read: 59, loaded: 59, rejected: 0 },
    validation: { verdict: 'skipped' },
    errors: [{ code: 'source-corrupt', location: 'items' }],
  });
  expect(report.errors[0]?.message).toContain(`damaged at byte ${start}, document 60`);
  expect(await loaded()).toEqual(Array.from({ length: 59 }, (_, n) => n));
  // The same file once more: nothing is lost and nothing comes twice.
  const again = await migrate();
  expect(again).toMatchObject({ exitCode: 8, totals: { read: 59 } });
  expect(again.errors[0]?.message).toContain(`damaged at byte ${start}, document 60`);
  expect(await loaded()).toHaveLength(59);
  // Another file is another source.
  writeFileSync(project.file('items'), whole);
  await expect(migrate()).rejects.toMatchObject({ code: 'source-changed' });
  expect(await migrate({ fresh: true })).toMatchObject({ exitCode: 0, totals: { read: 100, loaded: 100 } });
});

test.each([
  ['cut short', (packed: Buffer) => packed.subarray(0, packed.length - 12)],
  [
    'with a bit turned over',
    (packed: Buffer) => {
      const bytes = Buffer.from(packed);
      bytes[bytes.length - 6]! ^= 1;
      return bytes;
    },
  ],
])('a packed .bson file %s', async (_name, damage) => {
  const file = `${project.file('items')}.gz`;
  writeFileSync(file, damage(gzipSync(readFileSync(project.file('items')))));
  const report = await migrate({ source: file });
  expect(report).toMatchObject({ exitCode: 8, errors: [{ code: 'source-corrupt' }] });
  expect(report.errors[0]?.message).toMatch(/damaged at byte \d+, document \d+/);
  const { read } = report.totals;
  expect(await loaded()).toEqual(Array.from({ length: read }, (_, n) => n));
});

test('damage in one collection does not keep the others from being completed', async () => {
  project.remove();
  project = createProject(
    {
      'mappings/items.yaml': mapping,
      'mappings/others.yaml': mappingYaml({
        collection: 'others',
        columns: ['id: { from: _id, type: integer }'],
      }),
    },
    { items: documents, others: [{ _id: 1 }, { _id: 2 }] },
  );
  writeFileSync(project.file('items'), whole.subarray(0, start + 20));
  const report = await migrate();
  expect(report).toMatchObject({ exitCode: 8, totals: { read: 61, loaded: 61 } });
  const done = await queryTarget(
    database.uri,
    "select conname from pg_constraint where conname = 'others_pkey'",
  );
  expect(done).toHaveLength(1);
  await queryTarget(database.uri, 'drop table others');
});
