import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { MigrationReport } from '../../src/report/migration-report.ts';
import { createProject, mappingYaml } from '../support/bson-dump.ts';
import { reportOf, repositoryFolder, runDocrow } from '../support/docrow-process.ts';
import { sampleTables } from '../support/kill-campaign.ts';
import { loadMongo } from '../support/load-mongo.ts';
import { type MongoServer, startMongoServerOrSkip } from '../support/mongo-server.ts';
import { createDatabase, type TestDatabase } from '../support/postgres-server.ts';
import { imagegenCollections, imagegenDocuments, imagegenFolder } from '../support/source-documents.ts';
import { readTarget, type TargetContent } from '../support/target-content.ts';

const known = JSON.parse(
  readFileSync(join(repositoryFolder, 'samples', 'imagegen', 'known-rejections.json'), 'utf8'),
) as readonly { collection: string; code: string; path: string; documents: number }[];

/** Groups as the summary gives them: array positions do not count. */
const groupsOf = (report: MigrationReport) =>
  report.rejections
    .map(({ collection, code, path, documents }) => `${collection} ${code} ${path} ${documents}`)
    .sort();
const knownGroups = known
  .map(
    ({ collection, code, path, documents }) =>
      `${collection} ${code} ${path.replaceAll(/\.\d+/g, '')} ${documents}`,
  )
  .sort();

/** Exports called like their collections. */
const exportBase = mkdtempSync(join(tmpdir(), 'docrow-exports-'));
const exportFolders: ReadonlyMap<string, string> = new Map([
  ['export-canonical', join(exportBase, 'canonical')],
  ['export-relaxed', join(exportBase, 'relaxed')],
]);

function copyExports(): void {
  for (const folder of exportFolders.values()) mkdirSync(folder);
  for (const name of imagegenCollections) {
    const read = (form: string) => readFileSync(join(imagegenFolder, 'export', `${name}.${form}.jsonl`));
    writeFileSync(join(exportBase, 'canonical', `${name}.jsonl`), read('canonical'));
    writeFileSync(join(exportBase, 'relaxed', `${name}.json.gz`), gzipSync(read('relaxed')));
  }
}

let server: MongoServer | undefined;
let reference: TargetContent;

async function migrateInto(database: TestDatabase, source: string, more: readonly string[] = []) {
  const result = await runDocrow(['migrate', '--json', '--progress', 'none', ...more], {
    env: { DOCROW_TARGET: database.uri, DOCROW_SOURCE: source },
  });
  return reportOf(result);
}

beforeAll(async () => {
  copyExports();
  server = await startMongoServerOrSkip();
  if (server !== undefined) {
    for (const name of imagegenCollections) {
      await loadMongo(server.uri, 'imagegen', name, imagegenDocuments(name));
    }
  }
  const database = await createDatabase(inject('postgresUri'));
  await migrateInto(database, join(imagegenFolder, 'dump'), ['--workers', '1']);
  reference = await readTarget(database.uri, sampleTables);
  await database.drop();
});
afterAll(async () => {
  await server?.stop();
  rmSync(exportBase, { recursive: true });
});

describe('the sample gives the same rows and rejections from', () => {
  test.for([
    ['a mongodump folder, by two workers', 'dump', ['--workers', '2', '--chunk-documents', '100']],
    ['its database folder', 'dump/imagegen', []],
    ['a packed mongodump folder', 'dump-gzip', []],
    ['an archive', 'imagegen.archive', ['--chunk-bytes', '64KiB']],
    ['a packed archive', 'imagegen.archive.gz', []],
    ['exports, canonical', 'export-canonical', ['--workers', '2', '--chunk-documents', '100']],
    ['exports, relaxed and packed', 'export-relaxed', []],
    ['a live server', 'mongodb', ['--database', 'imagegen', '--chunk-documents', '333']],
  ] as const)('%s', async ([, form, more], { skip }) => {
    if (form === 'mongodb' && server === undefined) return skip();
    const database = await createDatabase(inject('postgresUri'));
    try {
      const source =
        form === 'mongodb' ? server!.uri : (exportFolders.get(form) ?? join(imagegenFolder, form));
      const report = await migrateInto(database, source, more);
      expect(report).toMatchObject({
        command: 'migrate',
        status: 'rejected',
        exitCode: 6,
        nothingToDo: false,
      });
      expect(report.totals).toMatchObject({
        read: 3940,
        loaded: 3903,
        rejected: 37,
        filtered: 0,
        rows: 9578,
      });
      expect(report.validation).toEqual({ verdict: 'match', level: 'digests' });
      expect(groupsOf(report)).toEqual(knownGroups);
      for (const { read, loaded, rejected, filtered, attempt } of report.collections) {
        expect(read).toBe(loaded + rejected + filtered);
        expect(attempt).toMatchObject({ read, loaded, rejected, filtered });
      }
      expect(await readTarget(database.uri, sampleTables)).toEqual(reference);
    } finally {
      await database.drop();
    }
  });

  test('a single export over many lines in an array, with --only', async () => {
    const database = await createDatabase(inject('postgresUri'));
    const path = join(exportBase, 'tasks.json');
    copyFileSync(join(imagegenFolder, 'export', 'tasks.array.json'), path);
    try {
      const report = await migrateInto(database, path, ['--only', 'tasks', '--max-rejects', '5']);
      expect(report).toMatchObject({ exitCode: 0, totals: { read: 700, loaded: 695, rejected: 5 } });
      const { tables } = await readTarget(database.uri, ['tasks']);
      expect(tables['tasks']).toEqual(reference.tables['tasks']);
    } finally {
      await database.drop();
    }
  });

  test('a single .bson with --only, which other collections cannot join', async () => {
    const database = await createDatabase(inject('postgresUri'));
    try {
      const source = join(imagegenFolder, 'dump', 'imagegen', 'tasks.bson');
      const report = await migrateInto(database, source, ['--only', 'tasks', '--max-rejects', '5']);
      expect(report).toMatchObject({
        status: 'done',
        exitCode: 0,
        totals: { read: 700, loaded: 695, rejected: 5 },
      });
      const { tables } = await readTarget(database.uri, ['tasks']);
      expect(tables['tasks']).toEqual(reference.tables['tasks']);
      const other = join(imagegenFolder, 'dump', 'imagegen', 'users.bson');
      const refused = await runDocrow(['migrate', '--json', '--only', 'users'], {
        env: { DOCROW_TARGET: database.uri, DOCROW_SOURCE: other },
      });
      expect(reportOf(refused)).toMatchObject({ exitCode: 5, errors: [{ code: 'source-changed' }] });
    } finally {
      await database.drop();
    }
  });

  test.skipIf(process.env['MONGODB_TEST_URI'])(
    'a live server in several goes: filtered documents are counted',
    async ({ skip }) => {
      if (server === undefined) return skip();
      const database = await createDatabase(inject('postgresUri'));
      const client = new MongoClient(server.uri);
      try {
        const active = await client
          .db('imagegen')
          .collection('users')
          .countDocuments({ is_active: { $ne: false } });
        const mapping = mappingYaml({
          collection: 'users',
          columns: ['id: { from: _id, type: text, convert: ejson }'],
          more: ['unmapped: ignore'],
        });
        const project = createProject({
          'mappings/users.yaml': `where: { is_active: { $ne: false } }\n${mapping}`,
        });
        try {
          const report = await migrateInto(database, server.uri, [
            '--database',
            'imagegen',
            '--dir',
            project.dir,
          ]);
          expect(report).toMatchObject({
            exitCode: 0,
            totals: { read: 240, loaded: active, filtered: 240 - active },
          });
        } finally {
          project.remove();
        }
      } finally {
        await client.close();
        await database.drop();
      }
    },
  );
});
