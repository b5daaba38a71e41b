import { inspect } from 'node:util';
import { MongoClient } from 'mongodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DocumentSource } from '../../../src/source/document-source.ts';
import { openSource } from '../../../src/source/open-source.ts';
import { parseSourceAddress } from '../../../src/source/parse-source-address.ts';
import { loadMongo } from '../../support/load-mongo.ts';
import {
  type MongoServer,
  type MongoServerOptions,
  startMongoServerOrSkip,
} from '../../support/mongo-server.ts';
import { raw, rawDocument } from '../../support/raw-bson.ts';
import { readAll } from '../../support/source-documents.ts';

const document = rawDocument([['_id', raw.int32(1)]]);
const everything = { lower: undefined, upper: undefined };

/** A server of its own, since these tests need special ones. */
async function startServer(options: MongoServerOptions): Promise<MongoServer | undefined> {
  const server = await startMongoServerOrSkip(options);
  if (server !== undefined) onTestFinished(server.stop);
  return server;
}

async function open(uri: string, database?: string): Promise<DocumentSource> {
  const source = await openSource(parseSourceAddress(uri, { database }));
  onTestFinished(() => source.close());
  return source;
}

const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

describe('access to a MongoDB server', () => {
  it('with a password', async ({ skip }) => {
    const server = await startServer({ auth: true });
    if (server === undefined) return skip();
    await loadMongo(server.uri, 'shop', 'things', [document]);
    const source = await open(server.uri, 'shop');
    expect((await readAll(source.readRange('things', everything))).length).toBe(1);

    const wrong = server.uri.replace(/:\/\/([^:]+):[^@]+@/, '://$1:canary-password@');
    const denied = await failure(openSource(parseSourceAddress(wrong, { database: 'shop' })));
    expect(denied).toMatchObject({ code: 'source-denied' });
    expect(inspect(denied, { depth: 20, showHidden: true })).not.toMatch(/canary-password/);

    const anonymous = await open(server.uri.replace(/\/\/[^@]+@/, '//'), 'shop');
    const refused = await failure(readAll(anonymous.readRange('things', everything)));
    expect(refused).toMatchObject({ code: 'source-denied' });
  });

  it('over TLS, whose certificate has to be trusted', async ({ skip }) => {
    const server = await startServer({ tls: true });
    if (server === undefined) return skip();
    await loadMongo(server.uri, 'shop', 'things', [document]);
    const source = await open(server.uri, 'shop');
    expect((await readAll(source.readRange('things', everything))).length).toBe(1);

    const untrusting = `${server.uri.replace(/&tlsCAFile=[^&]+/, '')}&serverSelectionTimeoutMS=500`;
    const refused = await failure(openSource(parseSourceAddress(untrusting, { database: 'shop' })));
    expect(refused).toMatchObject({ code: 'source-unreachable' });
    expect(String(refused)).toMatch(/SELF_SIGNED/);
  });

  it('without naming the database', async ({ skip }) => {
    const server = await startServer({ secantusArguments: ['--standalone'] });
    if (server === undefined) return skip();
    expect(await failure(open(server.uri))).toMatchObject({ code: 'source-not-found' });
    await loadMongo(server.uri, 'shop', 'things', [document]);
    const source = await open(server.uri);
    expect((await source.identity()).database).toBe('shop');
    await loadMongo(server.uri, 'other', 'things', [document]);
    const ambiguous = await failure(open(server.uri));
    expect(ambiguous).toMatchObject({ code: 'source-ambiguous' });
    expect(String(ambiguous)).toMatch(/other, shop/);
  });

  it('by another name, without another identity', async ({ skip }) => {
    const server = await startServer({});
    if (server === undefined) return skip();
    await loadMongo(server.uri, 'shop', 'things', [document]);
    const identity = await (await open(server.uri, 'shop')).identity();
    expect(await (await open(server.uri.replace('127.0.0.1', 'localhost'), 'shop')).identity()).toEqual(
      identity,
    );
  });
});

describe('a server without change streams', () => {
  it('has no place to follow changes from', async ({ skip }) => {
    const server = await startServer({ secantusArguments: ['--standalone'] });
    if (server === undefined) return skip();
    const client = new MongoClient(server.uri);
    const { setName } = await client.db('admin').command({ hello: 1 });
    await client.close();
    expect(setName).toBeUndefined();
    const source = await open(server.uri, 'shop');
    expect(await source.changePosition()).toEqual({
      kind: 'none',
      reason: expect.stringMatching(/no replica set/),
    });
  });
});
