import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { RunEvent } from '../../../src/pipeline/run-event.ts';
import { repositoryFolder } from '../../support/docrow-process.ts';
import { sampleTables } from '../../support/kill-campaign.ts';
import { loadMongo } from '../../support/load-mongo.ts';
import { createControl, migrateDirectly } from '../../support/migrate-directly.ts';
import { type MongoServer, startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { startOpMsgProxy } from '../../support/op-msg-proxy.ts';
import { type PostgresProxy, startPostgresProxy } from '../../support/postgres-proxy.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres-server.ts';
import { imagegenCollections, imagegenDocuments, imagegenFolder } from '../../support/source-documents.ts';
import { queryTarget, readTarget, type TargetContent } from '../../support/target-content.ts';

let database: TestDatabase;
let proxy: PostgresProxy;
let expected: TargetContent;

async function migrate(options: Readonly<Record<string, unknown>> = {}) {
  const events: RunEvent[] = [];
  const report = await migrateDirectly(
    {
      source: join(imagegenFolder, 'dump'),
      target: proxy.uri,
      dir: repositoryFolder,
      chunkDocuments: 150,
      ...options,
    },
    createControl((event) => events.push(event)),
  );
  return { report, retries: events.filter(({ kind }) => kind === 'retrying').length };
}

const isWhole = {
  exitCode: 6,
  totals: { read: 3940, loaded: 3903, rejected: 37 },
  validation: { verdict: 'match' },
};

beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
  await migrateDirectly({
    source: join(imagegenFolder, 'dump'),
    target: database.uri,
    dir: repositoryFolder,
  });
  expected = await readTarget(database.uri, sampleTables);
});
afterAll(() => database.drop());
beforeEach(async () => {
  proxy = await startPostgresProxy(database.uri);
  await queryTarget(
    database.uri,
    'drop schema docrow cascade; drop schema public cascade; create schema public',
  );
});
afterEach(() => proxy.close());

describe('between docrow and PostgreSQL', () => {
  test.each(['lose-answer', 'lose-request'] as const)('COMMIT of a chunk: %s', async (action) => {
    proxy.onCommit((kind, number) => (kind === 'chunk' && [2, 7, 8].includes(number) ? action : 'pass'));
    const { report, retries } = await migrate();
    expect(report).toMatchObject(isWhole);
    expect(retries).toBe(3);
    expect(await readTarget(database.uri, sampleTables)).toEqual(expected);
  });

  test.each(['lose-answer', 'lose-request'] as const)(
    'COMMIT of documents that are set aside: %s, and the next run goes on',
    async (action) => {
      proxy.onCommit((kind, number) => (kind === 'set-aside' && number === 2 ? action : 'pass'));
      const { report } = await migrate();
      expect(report).toMatchObject({
        exitCode: 4,
        status: 'failed',
        errors: [{ code: 'target-unreachable' }],
      });
      expect((await migrate()).report).toMatchObject(isWhole);
      expect(await readTarget(database.uri, sampleTables)).toEqual(expected);
    },
  );

  test('cut in the middle of a COPY, again and again', async () => {
    let cuts = 0;
    const timer = setInterval(() => {
      if (cuts < 4) cuts += proxy.cutCopies();
    }, 15);
    const { report } = await migrate({ chunkDocuments: 700 }).finally(() => clearInterval(timer));
    expect(cuts).toBeGreaterThan(0);
    expect(report).toMatchObject(isWhole);
    expect(await readTarget(database.uri, sampleTables)).toEqual(expected);
  });

  test('silent for a while', async () => {
    const migration = migrate();
    while (proxy.commits.chunk < 5) await pause(2);
    proxy.stall();
    await pause(400);
    proxy.resume();
    expect((await migration).report).toMatchObject(isWhole);
    expect(await readTarget(database.uri, sampleTables)).toEqual(expected);
  });

  test('the connection that holds the lock of the run is cut: the run stops, and another one goes on', async () => {
    const migration = expect(migrate()).rejects.toMatchObject({ code: 'target-unreachable' });
    while (proxy.commits.chunk < 5) await pause(2);
    await queryTarget(
      database.uri,
      "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 7229031 and objid = 2 and database = (select oid from pg_database where datname = current_database())",
    );
    await migration;
    expect((await migrate()).report).toMatchObject(isWhole);
    expect(await readTarget(database.uri, sampleTables)).toEqual(expected);
  });
});

describe('between docrow and MongoDB', () => {
  let server: MongoServer | undefined;
  beforeAll(async () => {
    server = await startMongoServerOrSkip();
    if (server === undefined) return;
    for (const name of imagegenCollections) {
      await loadMongo(server.uri, 'imagegen', name, imagegenDocuments(name));
    }
  });
  afterAll(() => server?.stop());

  test.for([['cut'], ['cut-answer'], ['fail']] as const)('getMore: %s', async ([kind], { skip }) => {
    if (server === undefined || server.port === 0) return skip();
    const between = await startOpMsgProxy(server.port);
    let calls = 0;
    between.setRule(({ name }) => {
      if (name !== 'getMore' || ++calls % 3 !== 0 || calls > 9) return { kind: 'pass' };
      return kind === 'fail' ? { kind, code: 43 } : { kind };
    });
    try {
      const source = `mongodb://127.0.0.1:${between.port}/imagegen?directConnection=true`;
      const { report } = await migrate({ source });
      expect(calls).toBeGreaterThan(3);
      expect(report).toMatchObject(isWhole);
      expect(await readTarget(database.uri, sampleTables)).toEqual(expected);
    } finally {
      await between.close();
    }
  });
});
