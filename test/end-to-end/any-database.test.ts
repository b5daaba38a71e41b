import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { extendedJsonOfDocument } from '../../src/bson/extended-json.ts';
import type { InitReport } from '../../src/report/init-report.ts';
import type { PlanReport } from '../../src/report/plan-report.ts';
import { reportOf, runDocrow } from '../support/docrow-process.ts';
import { compareCopy } from '../support/independent-check/compare-copy.ts';
import { loadMongo } from '../support/load-mongo.ts';
import { damagedCollection, madeUpDatabase, nameOf, writeDump } from '../support/made-up-database.ts';
import { type MongoServer, startMongoServerOrSkip } from '../support/mongo-server.ts';
import { createDatabase, type TestDatabase } from '../support/postgres-server.ts';
import { viewOf } from '../support/raw-bson.ts';

const folder = mkdtempSync(join(tmpdir(), 'docrow-any-'));
const collections = madeUpDatabase(20_241_117);
const damaged = damagedCollection();
const dump = join(folder, 'dump', 'shop');
const exported = join(folder, 'export');

let server: MongoServer | undefined;
let database: TestDatabase;

beforeAll(async () => {
  writeDump(dump, [...collections, damaged]);
  mkdirSync(exported);
  for (const { name, documents } of collections) {
    const lines = documents.map((one) => `${extendedJsonOfDocument(one, viewOf(one), 0)}\n`);
    writeFileSync(join(exported, `${encodeURIComponent(name)}.jsonl`), lines.join(''));
  }
  server = await startMongoServerOrSkip();
  if (server !== undefined) await fill(server.uri);
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** The server takes the indexes that it knows; a stand-in for MongoDB does not know all. */
async function fill(uri: string): Promise<void> {
  const client = new MongoClient(uri);
  try {
    for (const { name, documents, indexes } of collections) {
      await loadMongo(uri, 'shop', name, documents);
      for (const index of indexes) {
        const command = { createIndexes: name, indexes: [{ name: nameOf(index), ...index }] };
        await client
          .db('shop')
          .command(command)
          .catch(() => undefined);
      }
    }
  } finally {
    await client.close();
  }
}

/** The three commands, and nothing between them. */
async function moveAll(dir: string, source: string, more: readonly string[]) {
  const options = { env: { DOCROW_TARGET: database.uri, DOCROW_SOURCE: source } };
  const common = ['--dir', dir, '--json', '--progress', 'none'];
  const init = reportOf<InitReport>(await runDocrow(['init', '--database', 'shop', ...common], options));
  const plan = reportOf<PlanReport>(await runDocrow(['plan', ...common], options));
  return { init, plan, migration: reportOf(await runDocrow(['migrate', ...common, ...more], options)) };
}

interface Counted {
  readonly read: number;
  readonly loaded: number;
  readonly rejected: number;
  readonly bytes: number;
  readonly rows: Readonly<Record<string, number>>;
}
const byName = (list: readonly ({ readonly collection: string } & Counted)[]) =>
  Object.fromEntries(
    list.map(({ collection, read, loaded, rejected, bytes, rows }) => [
      `collection ${collection}`,
      { read, loaded, rejected, bytes, rows },
    ]),
  );

describe('a made-up database arrives whole, without an edit by hand, from', () => {
  test.for([
    ['a dump', () => join(folder, 'dump'), []],
    ['exports', () => exported, ['--workers', '2', '--chunk-documents', '17']],
    ['a live server', () => server?.uri, ['--chunk-bytes', '64KiB']],
  ] as const)('%s', async ([form, sourceOf, more], { skip }) => {
    const source = sourceOf();
    if (source === undefined) return skip();
    const isDamaged = form === 'a dump';
    const dir = mkdtempSync(join(folder, 'project-'));
    database = await createDatabase(inject('postgresUri'));
    try {
      const { init, plan, migration } = await moveAll(dir, source, more);
      const expected = isDamaged ? damaged.rejected : {};
      expect(init.exitCode).toBe(0);
      expect(init.collections).toHaveLength(collections.length + (isDamaged ? 1 : 0));
      expect(migration).toMatchObject({ errors: [], validation: { verdict: 'match', level: 'digests' } });

      const codes: Record<string, number> = {};
      for (const { code, documents } of migration.rejections) codes[code] = (codes[code] ?? 0) + documents;
      expect(codes).toEqual(expected);

      expect(byName(plan.collections)).toEqual(byName(migration.collections));
      const planned = plan.collections.flatMap(({ collection, rejections }) =>
        rejections.map((group) => ({ collection, ...group })),
      );
      expect(planned).toEqual(expect.arrayContaining([...migration.rejections]));
      expect(planned).toHaveLength(migration.rejections.length);

      const compared = await compareCopy(dir, dump, database.uri);
      expect(compared.flatMap(({ differences }) => differences)).toEqual([]);
      const documents = collections.reduce((sum, one) => sum + one.documents.length, 0);
      expect(compared.reduce((sum, one) => sum + one.documents, 0)).toBe(
        documents + (isDamaged ? damaged.documents.length : 0),
      );
      expect(readdirSync(join(dir, 'mappings'))).toHaveLength(compared.length);
      expect(readFileSync(join(dir, 'docrow.yaml'), 'utf8')).not.toContain('@');
    } finally {
      await database.drop();
    }
  });
});
