import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DocumentSource } from '../../../src/source/document-source.ts';
import { openSource } from '../../../src/source/open-source.ts';
import { loadMongo } from '../../support/load-mongo.ts';
import { startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { type OpMsgProxy, type ProxyAction, startOpMsgProxy } from '../../support/op-msg-proxy.ts';
import { raw, rawDocument } from '../../support/raw-bson.ts';
import { documentsOf, readAll, readUntilError } from '../../support/source-documents.ts';

const server = await startMongoServerOrSkip();
const everything = { lower: undefined, upper: undefined };

/** About 4 MB in six pages, with `_id`s of three types. */
const documents = Array.from({ length: 4000 }, (_, index) => {
  const id = index < 1500 ? raw.int32(index) : index < 2500 ? raw.string(`k${index}`) : raw.date(index);
  return rawDocument([
    ['_id', id],
    ['text', raw.string('x'.repeat(1000))],
  ]);
});

// An external server may be anywhere, and the proxy speaks to this machine.
describe.skipIf(server === undefined || server.port === 0)('MongoDB source, faults on the way', () => {
  const database = `docrow_${randomBytes(4).toString('hex')}`;
  const uri = server?.uri ?? '';
  let proxy: OpMsgProxy;
  let source: DocumentSource;

  beforeAll(async () => {
    await loadMongo(uri, database, 'things', documents);
    const client = new MongoClient(uri);
    await client.db(database).createCollection('view', { viewOn: 'things', pipeline: [] });
    await client.close();
  });
  afterAll(async () => {
    await server?.stop();
  });
  beforeEach(async () => {
    proxy = await startOpMsgProxy(server?.port ?? 0);
    const through = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true&serverSelectionTimeoutMS=1000`;
    source = await openSource({ kind: 'mongo', uri: through, database, afterClusterTime: '1:1' });
    await source.listCollections();
  });
  afterEach(async () => {
    await source.close();
    await proxy.close();
  });

  /** Does something to chosen ones of the commands of a name, counted from 1, and passes the others. */
  const disturb = (name: string, which: readonly number[], action: ProxyAction): void => {
    let seen = 0;
    proxy.setRule((command) => {
      if (command.name !== name) return { kind: 'pass' };
      seen++;
      return which.includes(seen) ? action : { kind: 'pass' };
    });
  };

  const expectAll = async (collection = 'things'): Promise<void> => {
    const read = await readAll(source.readRange(collection, everything));
    expect(read.length).toBe(documents.length);
    expect(read.every(({ bytes }, index) => bytes.equals(documents[index] as Buffer))).toBe(true);
  };
  const finds = (): number => proxy.commands.filter(({ name }) => name === 'find').length;

  it.each([43, 91, 175, 189, 237, 10107, 11600, 11602, 13435])(
    'survives code %d of getMore',
    async (code) => {
      disturb('getMore', [1, 3], { kind: 'fail', code });
      await expectAll();
      expect(finds()).toBe(3);
    },
  );

  it('survives an unknown code with a label that says so', async () => {
    disturb('getMore', [2], { kind: 'fail', code: 99_999, labels: ['ResumableChangeStreamError'] });
    await expectAll();
  });

  it.each([43, 10107])('survives code %d of find', async (code) => {
    disturb('find', [1, 2, 3], { kind: 'fail', code });
    await expectAll();
  });

  it.each(['cut', 'cut-answer'] as const)('survives a connection that is lost (%s)', async (kind) => {
    disturb('getMore', [1, 2, 4], { kind });
    await expectAll();
  });

  it('survives a lost cursor of a view by reading again and passing over what it gave', async () => {
    disturb('getMore', [2], { kind: 'fail', code: 43 });
    await expectAll('view');
    expect(finds()).toBe(2);
  });

  it('reads on behind the last document, when that was deleted and others were put before it', async () => {
    const client = new MongoClient(uri);
    const things = client.db(database).collection('changing');
    await loadMongo(uri, database, 'changing', documents);
    await source.listCollections();
    disturb('getMore', [1], { kind: 'stall' });
    const seen: Buffer[] = [];
    for await (const batch of source.readRange('changing', everything)) {
      const first = seen.length === 0;
      seen.push(...documentsOf(batch).map(({ bytes }) => bytes));
      if (!first) continue;
      const last = seen.length - 1;
      await things.deleteOne({ _id: last as never });
      await things.insertOne({ _id: (last - 0.5) as never });
      proxy.release('cut');
    }
    await client.close();
    expect(seen).toEqual(documents);
  });

  it.each(['dropped', 'made anew'])('says that a collection was %s, instead of ending', async (how) => {
    await loadMongo(uri, database, 'passing', documents);
    disturb('getMore', [1], { kind: 'stall' });
    const given: number[] = [];
    const reading = (async () => {
      for await (const batch of source.readRange('passing', everything)) {
        given.push(batch.count);
        const client = new MongoClient(uri);
        await client.db(database).dropCollection('passing');
        if (how === 'made anew') await client.db(database).createCollection('passing');
        await client.close();
        proxy.release('cut');
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'source-changed' });
    expect(given.length).toBe(1);
  });

  it('gives up on an error that will not pass', async () => {
    disturb('getMore', [1], { kind: 'fail', code: 13 });
    const { documents: read, error } = await readUntilError(source.readRange('things', everything));
    expect(read.length).toBeGreaterThan(0);
    expect(error).toMatchObject({ code: 'source-denied' });
    expect(finds()).toBe(1);
  });

  it.each([
    [18, 'source-denied'],
    [286, 'source-history-lost'],
    [280, 'source-history-lost'],
    [136, 'source-history-lost'],
    [40576, 'source-history-lost'],
    [2, 'source-refused'],
  ])('makes of code %d the error %s, without the text of the server', async (code, expected) => {
    disturb('find', [1], { kind: 'fail', code });
    const { error } = await readUntilError(source.readRange('things', everything));
    expect(error).toMatchObject({ code: expected });
    expect(String(error)).not.toMatch(/from the proxy/);
    expect(String(error)).toContain(String(code));
  });

  it('stops at once when it is told to while the server says nothing', async () => {
    disturb('getMore', [1], { kind: 'stall' });
    const controller = new AbortController();
    const reading = readUntilError(source.readRange('things', everything, { signal: controller.signal }));
    while (!proxy.commands.some(({ name }) => name === 'getMore'))
      await new Promise((go) => setTimeout(go, 5));
    controller.abort();
    expect((await reading).error).toMatchObject({ code: 'interrupted' });
  });

  it('can be left while the server says nothing', async () => {
    disturb('getMore', [1], { kind: 'stall' });
    for await (const _ of source.readRange('things', everything)) break;
  });

  it('lets the server forget the cursor of a read that was left', async () => {
    for await (const _ of source.readRange('things', everything)) break;
    expect(proxy.commands.some(({ name }) => name === 'killCursors')).toBe(true);
  });

  it('reads what the majority has, at or after the time in its address', async () => {
    await expectAll();
    await source.countDocuments('things', everything);
    await readAll(source.readByIds('things', [rawDocument([['_id', raw.int32(1)]])]));
    const reads = proxy.commands.filter(({ name }) => name === 'find' || name === 'aggregate');
    expect(reads.length).toBe(3);
    for (const { body } of reads) {
      expect(body['readConcern']).toMatchObject({ level: 'majority', afterClusterTime: expect.anything() });
      expect(body['readConcern'].afterClusterTime.toBigInt() >= (1n << 32n) + 1n).toBe(true);
      expect(body['lsid']).toBeDefined();
    }
  });

  it('asks for pages of about 1 MB', async () => {
    await expectAll();
    const sizes = proxy.commands
      .filter(({ name }) => name === 'getMore')
      .map(({ body }) => Number(body['batchSize']));
    expect(sizes.length).toBeGreaterThan(2);
    for (const size of sizes) expect(size * 1030).toBeGreaterThan(900_000);
    for (const size of sizes) expect(size * 1030).toBeLessThan(1_100_000);
  });

  it('says that it cannot reach a server that is not there', async () => {
    await proxy.close();
    const gone = `mongodb://user:canary-secret@127.0.0.1:${proxy.port}/?serverSelectionTimeoutMS=300`;
    const error = await openSource({ kind: 'mongo', uri: gone, database }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'source-unreachable' });
    expect(String(error)).toMatch(/ECONNREFUSED/);
    expect(JSON.stringify(error)).not.toMatch(/canary-secret/);
  });
});
