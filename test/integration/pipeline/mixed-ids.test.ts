import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { readId } from '../../../src/bson/read-id.ts';
import { describeId } from '../../../src/pipeline/describe-rejection.ts';
import { createProject, mappingYaml, type TestProject } from '../../support/bson-dump.ts';
import { loadMongo } from '../../support/load-mongo.ts';
import { migrateDirectly, stopAfter } from '../../support/migrate-directly.ts';
import { mixedIdDocuments } from '../../support/mixed-ids.ts';
import { type MongoServer, startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres-server.ts';
import { viewOf } from '../../support/raw-bson.ts';
import { queryTarget } from '../../support/target-content.ts';

/** By text, whose key leads back to the document; and by a number, beside which docrow keeps every `_id`. */
const mappings = {
  ejson: ['id: { from: _id, type: text, convert: ejson }', 'n: { from: n, type: integer }'],
  number: ['id: { from: n, type: integer }'],
};

const count = mixedIdDocuments.length;
const ids = mixedIdDocuments.map((document) =>
  Buffer.from(readId(document, viewOf(document), 0)!).toString('hex'),
);
const types = new Set(mixedIdDocuments.map((document) => document[4]));

let database: TestDatabase;
let server: MongoServer | undefined;
let project: TestProject | undefined;

beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
  server = await startMongoServerOrSkip();
  if (server !== undefined) await loadMongo(server.uri, 'mixed', 'mixed', mixedIdDocuments);
});
afterAll(async () => {
  await server?.stop();
  await database.drop();
});
beforeEach(async () => {
  await queryTarget(database.uri, 'drop schema if exists docrow cascade; drop table if exists mixed');
  return () => project?.remove();
});

test('the documents have _ids of at least twelve types', () => {
  expect(types.size).toBeGreaterThanOrEqual(12);
});

describe.each(['dump', 'live server'] as const)('from a %s', (from) => {
  describe.each(['ejson', 'number'] as const)('with the key %s', (key) => {
    test.for([1, 2, 10])(
      'in chunks of %i, stopped and gone on with, every document arrives once',
      async (chunkDocuments, { skip }) => {
        project = createProject(
          { 'mappings/mixed.yaml': mappingYaml({ collection: 'mixed', columns: mappings[key] }) },
          { mixed: mixedIdDocuments },
        );
        if (from === 'live server' && server === undefined) return skip();
        const options = {
          source: from === 'dump' ? project.source : server!.uri,
          ...(from === 'dump' ? {} : { database: 'mixed' }),
          target: database.uri,
          dir: project.dir,
          chunkDocuments,
        };
        const first = await migrateDirectly(options, stopAfter(1));
        expect(first).toMatchObject({
          exitCode: 130,
          status: 'interrupted',
          totals: { read: chunkDocuments },
        });
        const second = await migrateDirectly(options, stopAfter(2));
        expect(second.totals.read).toBe(3 * chunkDocuments);
        const last = await migrateDirectly(options);
        expect(last).toMatchObject({
          totals: { read: count, loaded: count, rejected: 0 },
          collections: [{ attempt: { read: count - 3 * chunkDocuments } }],
          validation: { verdict: 'match' },
        });
        const rows = await queryTarget(database.uri, 'select * from mixed');
        expect(rows).toHaveLength(count);
        if (key === 'ejson') {
          const numbers = new Set(rows.map((row) => row['n']));
          expect(numbers).toEqual(new Set(ids.keys()));
          expect(new Set(rows.map((row) => row['id'])).size).toBe(count);
        } else {
          const kept = await queryTarget(database.uri, 'select id from docrow.document_key');
          expect(kept.map((row) => (row['id'] as Buffer).toString('hex')).sort()).toEqual([...ids].sort());
        }
      },
    );
  });
});

test('a rejection names its document whatever the type of its _id', async () => {
  project = createProject(
    {
      'mappings/mixed.yaml': mappingYaml({
        collection: 'mixed',
        columns: ['id: { from: n, type: integer, check: [-1] }'],
      }),
    },
    { mixed: mixedIdDocuments },
  );
  const report = await migrateDirectly({ source: project.source, target: database.uri, dir: project.dir });
  expect(report.totals).toMatchObject({ read: count, loaded: 0, rejected: count });
  const rows = await queryTarget(
    database.uri,
    'select id, id_text, document from docrow.rejection order by rejection_number',
  );
  expect(rows.map((row) => (row['id'] as Buffer).toString('hex'))).toEqual(ids);
  expect(rows.map((row) => row['id_text'])).toEqual(ids.map((id) => describeId(Buffer.from(id, 'hex'))));
  expect(rows.map((row) => row['document'])).toEqual(mixedIdDocuments);
});
