import { closeSync, openSync, writeSync } from 'node:fs';
import { serialize } from 'bson';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/pipeline/run-event.ts';
import type { DigestParts } from '../../../src/validation/digests/create-digester.ts';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { compareDigestsDirectly, type DigestResult } from '../../support/digests-directly.ts';
import { loadMongo } from '../../support/load-mongo.ts';
import { type MongoServer, startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
/** Threads take seconds to start from TypeScript, so they are few. */
const workerCounts = [1, 3];

// As many as a server's collection must have to be cut into ranges.
const documents = Array.from({ length: 12_000 }, (_, n) => ({
  _id: n,
  name: `name ${n}`,
  amount: n % 7 === 0 ? 'none' : n,
  keep: n % 10 !== 0,
  email: n % 400 === 1 ? 'shared' : `e${n}`,
  lines: Array.from({ length: n % 4 }, (_, i) => ({ sku: `${n}-${i}` })),
}));

const mapping = `${mappingYaml({
  collection: 'orders',
  columns: [
    'id: { from: _id, type: integer }',
    'name: { from: name, type: text, transform: shout }',
    'amount: { from: amount, type: integer, mismatch: reject }',
    'email: { from: email, type: text, unique: true }',
  ],
  more: ['rest: { column: rest, type: jsonb }'],
  children: {
    lines: {
      key: ['order_id', 'position'],
      columns: [
        'order_id: { from: ^id }',
        'position: { from: $index }',
        'sku: { from: sku, type: text, default: "?" }',
      ],
      more: ['each: lines', 'rest: { column: more, type: jsonb }'],
    },
  },
})}where: { keep: true }\n`;

/** Ends its thread when it is asked to, except on the main one. */
const transform = `import { isMainThread } from 'node:worker_threads';
export const shout = (value) => {
  if (!isMainThread && process.env.END_THREAD === 'yes') process.exit(1);
  return String(value).toUpperCase();
};
`;

const files = { 'mappings/orders.yaml': mapping, 'transforms/orders.ts': transform };

const compareFrom = (source: string, workers: number, more: Partial<DigestParts> = {}) =>
  compareDigestsDirectly(
    { source, target: pipeline.uri, dir: pipeline.project.dir, workers },
    'orders',
    more,
  );

/** All that may not depend on the number of workers. */
function resultOf({ outcome, suspects, strays }: DigestResult) {
  if (outcome.kind !== 'compared') return outcome;
  const { documents: counts, tables, isEqual, unjudged, buckets } = outcome;
  return { counts, tables, isEqual, unjudged, buckets, suspects, strays };
}

async function compareByAll(source: string) {
  const results = [];
  for (const workers of workerCounts) results.push(resultOf(await compareFrom(source, workers)));
  return results;
}

async function expectSameOfAll(source: string): Promise<void> {
  const [clean, ...others] = await compareByAll(source);
  expect(clean).toMatchObject({ isEqual: true, counts: { read: 12_000, filtered: 1_200 } });
  for (const other of others) expect(other).toEqual(clean);
  await pipeline.query(`update orders set name = 'x' where id = 11;
    update orders set rest = '{"a": 1}' where id = 8999;
    delete from lines where order_id = 6003 and position = 1;
    delete from lines where order_id = 11999;
    delete from orders where id = 11999;
    insert into orders (id, name, email) values (-5, 'X', 'y')`);
  const [faulty, ...same] = await compareByAll(source);
  expect(faulty).toMatchObject({ isEqual: false });
  const suspects = (clean as { suspects: readonly string[] }).suspects;
  expect(faulty).toMatchObject({ suspects: [...suspects, '-5', '11', '11999', '6003', '8999'].sort() });
  for (const other of same) expect(other).toEqual(faulty);
}

describe('a dump', () => {
  afterEach(() => {
    delete process.env['END_THREAD'];
  });

  async function load(): Promise<string> {
    pipeline.project = createProject(files, { orders: documents });
    await pipeline.migrate({ workers: '3', validate: false });
    expect(await pipeline.values('select count(*)::int from docrow.range')).toEqual([3]);
    return pipeline.project.source;
  }

  test('the result is the same for any number of workers', async () => {
    await expectSameOfAll(await load());
  }, 180_000);

  test('what several workers kept before they were stopped is gone on with', async () => {
    const source = await load();
    const stop = new AbortController();
    let eventsAfterwards = 0;
    let isOver = false;
    const onEvent = () => {
      if (isOver) eventsAfterwards++;
    };
    const stopping = compareFrom(source, 2, {
      signal: stop.signal,
      keepEveryBytes: 1,
      onEvent: (event: RunEvent) => {
        onEvent();
        if (event.kind === 'documents-read') stop.abort();
      },
    });
    await expect(stopping).rejects.toMatchObject({ code: 'interrupted' });
    isOver = true;
    const [kept] = await pipeline.values('select count(*)::int from docrow.digest_range');
    expect(kept).toBeGreaterThan(0);
    let read = 0;
    const finished = await compareFrom(source, 2, {
      onEvent: (event) => {
        if (event.kind === 'documents-read') read += event.read;
      },
    });
    expect(finished.outcome).toMatchObject({ isEqual: true, documents: { read: 12_000 } });
    expect(read).toBeLessThan(12_000);
    expect(eventsAfterwards).toBe(0);
    expect(await pipeline.values('select count(*)::int from docrow.digest_range')).toEqual([0]);
  });

  test('a damaged file fails the comparison with its own error, on whichever thread', async () => {
    const source = await load();
    const bytes = documents.map((document) => serialize(document).length);
    const descriptor = openSync(pipeline.project.file('orders'), 'r+');
    const at = bytes.slice(0, 5_000).reduce((sum, length) => sum + length, 0);
    writeSync(descriptor, Buffer.from([1, 0, 0, 0]), 0, 4, at);
    closeSync(descriptor);
    for (const workers of workerCounts) {
      await expect(compareFrom(source, workers)).rejects.toMatchObject({ code: 'source-corrupt' });
    }
  });

  test('a thread that ends fails the comparison', async () => {
    const source = await load();
    process.env['END_THREAD'] = 'yes';
    expect((await compareFrom(source, 1)).outcome).toMatchObject({ isEqual: true });
    await expect(compareFrom(source, 2)).rejects.toMatchObject({
      code: 'internal',
      message: 'A worker thread ended by itself',
    });
  });
});

describe('a server', () => {
  let server: MongoServer | undefined;

  beforeAll(async () => {
    server = await startMongoServerOrSkip();
  }, 120_000);
  afterAll(async () => server?.stop());

  test('the result is the same for any number of workers', async ({ skip }) => {
    if (server === undefined) return skip();
    await loadMongo(
      server.uri,
      'workers',
      'orders',
      documents.map((document) => serialize(document)),
    );
    pipeline.project = createProject(files);
    const address = new URL(server.uri);
    address.pathname = '/workers';
    const source = address.href;
    await pipeline.migrate({ source, workers: '3', validate: false });
    expect(await pipeline.values('select count(*)::int from docrow.range')).toEqual([3]);
    await expectSameOfAll(source);
  }, 180_000);
});
