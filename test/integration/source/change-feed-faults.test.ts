import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type ChangeFeed, compareClusterTimes, type FeedPosition } from '../../../src/source/change-feed.ts';
import type { DocumentSource } from '../../../src/source/document-source.ts';
import { openSource } from '../../../src/source/open-source.ts';
import { eventText, positionOf, readUntilNow } from '../../support/feed-events.ts';
import { loadMongo } from '../../support/load-mongo.ts';
import {
  type MongoServer,
  type MongoServerOptions,
  startMongoServerOrSkip,
} from '../../support/mongo-server.ts';
import { type OpMsgProxy, type ProxyAction, startOpMsgProxy } from '../../support/op-msg-proxy.ts';
import { raw, rawDocument } from '../../support/raw-bson.ts';
import { readAll } from '../../support/source-documents.ts';

const server = await startMongoServerOrSkip();
const everything = { lower: undefined, upper: undefined };
const options = { collections: ['things'], batchEvents: 100, waitMs: 50 };

// An external server may be anywhere, and the proxy speaks to this machine.
describe.skipIf(server === undefined || server.port === 0)('a change feed, faults on the way', () => {
  let client: MongoClient;
  let db: Db;
  let proxy: OpMsgProxy;
  let source: DocumentSource;
  let from: FeedPosition;
  let feed: ChangeFeed;

  beforeAll(() => {
    client = new MongoClient(server?.uri ?? '');
  });
  afterAll(async () => {
    await client?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    const database = `docrow_${randomBytes(6).toString('hex')}`;
    db = client.db(database);
    await db.createCollection('things');
    proxy = await startOpMsgProxy(server?.port ?? 0);
    const uri = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true&serverSelectionTimeoutMS=1000`;
    source = await openSource({ kind: 'mongo', uri, database });
    from = await positionOf(source);
    feed = await source.openChanges!(from, options);
  });
  afterEach(async () => {
    await feed.close();
    await source.close();
    await proxy.close();
    await db.dropDatabase();
  });

  const insert = (n: number) => db.collection('things').insertOne({ _id: n as never });
  const disturb = (names: readonly string[], action: ProxyAction): void =>
    proxy.setRule(({ name }) => (names.includes(name) ? action : { kind: 'pass' }));

  /** What was asked for before a fault may still come. */
  const readUntilFailure = async (from: FeedPosition) => {
    const given: string[] = [];
    let position = from;
    for (;;) {
      try {
        const batch = await feed.next();
        given.push(...batch.events.map(eventText));
        position = batch.position;
      } catch (error) {
        return { error, given, position };
      }
    }
  };
  const expectRest = async ({ given, position }: { given: string[]; position: FeedPosition }) => {
    proxy.setRule(() => ({ kind: 'pass' }));
    const again = await source.openChanges!(position, options);
    const { events } = await readUntilNow(source, again);
    await again.close();
    expect([...given, ...events.map(eventText)]).toEqual(['insert things']);
  };

  it.each([
    [43, 'source-cursor-lost'],
    [10107, 'source-cursor-lost'],
    [11602, 'source-cursor-lost'],
    [234, 'source-cursor-lost'],
  ])('lets another one go on where it was, after code %d', async (code, expected) => {
    await insert(1);
    const { position } = await readUntilNow(source, feed);
    await insert(2);
    disturb(['getMore'], { kind: 'fail', code });
    const until = await readUntilFailure(position);
    expect(until.error).toMatchObject({ code: expected });
    await expect(feed.next()).rejects.toMatchObject({ code: 'source-cursor-lost' });
    await expectRest(until);
  });

  it.each(['cut', 'cut-answer'] as const)('and after a connection that was lost (%s)', async (kind) => {
    await insert(1);
    const { position } = await readUntilNow(source, feed);
    await insert(2);
    disturb(['getMore'], { kind });
    const until = await readUntilFailure(position);
    expect(until.error).toMatchObject({ code: 'source-unreachable' });
    await expectRest(until);
  });

  it.each([286, 280, 40576, 136])('says from when to when changes are missing (code %d)', async (code) => {
    disturb(['aggregate'], { kind: 'fail', code });
    const error = await feed.next().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'source-history-lost',
      context: { clusterTime: from.clusterTime, lastChange: expect.stringMatching(/Z$/) },
    });
    expect(String(error)).toMatch(/no longer has the changes after .*what it still has begins at/);
    expect(String(error)).not.toMatch(/from the proxy/);
  });

  it('names the privileges that are missing', async () => {
    disturb(['aggregate'], { kind: 'fail', code: 13 });
    await expect(feed.next()).rejects.toMatchObject({
      code: 'source-denied',
      remedy: expect.stringMatching(/changeStream and find on database "docrow_/),
    });
  });

  it('stops and closes while the server says nothing', async () => {
    disturb(['getMore'], { kind: 'stall' });
    const controller = new AbortController();
    const waiting = feed.next(controller.signal);
    while (!proxy.commands.some(({ name }) => name === 'getMore'))
      await new Promise((go) => setTimeout(go, 5));
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
    await feed.close();
  });

  it('lets the server forget the stream', async () => {
    await readUntilNow(source, feed);
    await feed.close();
    expect(proxy.commands.some(({ name }) => name === 'killCursors')).toBe(true);
  });

  it('asks the majority, for small events, and from 6.0 on for all kinds of them', async () => {
    await readUntilNow(source, feed);
    const body = proxy.commands
      .filter(({ name }) => name === 'aggregate')
      .map((command) => command.body)
      .find(({ pipeline }) => pipeline.length === 3)!;
    expect(body).toMatchObject({ readConcern: { level: 'majority' } });
    expect(body['pipeline'][0]['$changeStream']).toMatchObject({ showExpandedEvents: true });
    expect(body['pipeline'][2]['$project']).not.toHaveProperty('fullDocument');
    expect(body['pipeline'][2]['$project']).not.toHaveProperty('updateDescription');
  });

  it('has documents read that are as new as the last event, and never older ones', async () => {
    await insert(1);
    const { events } = await readUntilNow(source, feed);
    const times: string[] = [];
    const read = async (): Promise<void> => {
      await readAll(source.readRange('things', everything));
      const { body } = proxy.commands.findLast(({ name }) => name === 'find')!;
      const time = body['readConcern']['afterClusterTime'];
      times.push(`${time.getHighBitsUnsigned()}:${time.getLowBitsUnsigned()}`);
    };
    await read();
    const now = await source.currentTime!();
    source.readAtLeast!(now);
    await read();
    source.readAtLeast!('1:1');
    await read();
    expect(compareClusterTimes(times[0]!, events[0]!.clusterTime)).toBeGreaterThanOrEqual(0);
    expect(times[1]).toBe(now);
    expect(compareClusterTimes(times[2]!, now)).toBeGreaterThanOrEqual(0);
  });
});

describe('a server of its own', () => {
  const start = async (more: MongoServerOptions): Promise<MongoServer | undefined> => {
    const started = await startMongoServerOrSkip(more);
    if (started !== undefined) onTestFinished(started.stop);
    return started;
  };
  const open = async (uri: string): Promise<DocumentSource> => {
    const source = await openSource({ kind: 'mongo', uri, database: 'shop' });
    onTestFinished(() => source.close());
    return source;
  };
  const documents = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => rawDocument([['_id', raw.int32(first + index)]]));

  it('that is no replica set has no changes', async ({ skip }) => {
    const started = await start({ secantusArguments: ['--standalone'] });
    if (started === undefined) return skip();
    const source = await open(started.uri);
    const from = { clusterTime: '1:1', resumeToken: undefined };
    await expect(source.openChanges!(from, options)).rejects.toMatchObject({
      code: 'source-no-changes',
      remedy: expect.stringMatching(/--cursor/),
    });
    await expect(source.currentTime!()).rejects.toMatchObject({ code: 'source-no-changes' });
  });

  it('whose history is short loses what was not followed in time', async ({ skip }) => {
    const started = await start({
      secantusArguments: ['--oplog-max-entries', '100', '--oplog-retention-seconds', '1'],
    });
    if (started === undefined) return skip();
    const source = await open(started.uri);
    await loadMongo(started.uri, 'shop', 'things', documents(0, 1));
    const from = await positionOf(source);
    for (let part = 0; part < 4; part++) {
      await loadMongo(started.uri, 'shop', 'others', documents(0, 500));
      await new Promise((go) => setTimeout(go, 700));
    }
    const feed = await source.openChanges!(from, options);
    const error = await readUntilNow(source, feed).catch((reason: unknown) => reason);
    await feed.close();
    expect(error).toMatchObject({ code: 'source-history-lost', context: { lastChange: expect.any(String) } });
    // What happens from now on can be followed again.
    const next = await source.openChanges!(await positionOf(source), options);
    await loadMongo(started.uri, 'shop', 'things', documents(10, 1));
    const { events } = await readUntilNow(source, next);
    await next.close();
    expect(events.map(eventText)).toContain('insert things');
  });

  it('that is started again goes on with the same positions', async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'docrow-feed-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const secantusArguments = ['--storage-path', folder];
    const first = await startMongoServerOrSkip({ secantusArguments });
    if (first === undefined) return skip();
    const before = await open(first.uri);
    await loadMongo(first.uri, 'shop', 'things', documents(0, 1));
    const feed = await before.openChanges!(await positionOf(before), options);
    await loadMongo(first.uri, 'shop', 'others', documents(0, 1));
    const { position } = await readUntilNow(before, feed);
    const client = new MongoClient(first.uri);
    await client
      .db('shop')
      .collection('things')
      .insertOne({ _id: 7 as never });
    await client.close();
    const waiting = (async () => {
      for (;;) await feed.next();
    })().catch((reason: unknown) => reason);
    await first.stop();
    expect(await waiting).toMatchObject({
      code: expect.stringMatching(/^source-(?:unreachable|cursor-lost)$/),
    });
    await feed.close();
    const second = await start({ secantusArguments });
    const after = await open(second!.uri);
    const again = await after.openChanges!(position, options);
    const { events } = await readUntilNow(after, again);
    await again.close();
    expect(events.map(eventText)).toEqual(['insert things']);
  });
});
