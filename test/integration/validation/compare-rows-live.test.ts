import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProject } from '../../support/bson-dump.ts';
import {
  type CompareRowsOptions,
  compareRowsDirectly,
  differenceLines,
} from '../../support/compare-rows-directly.ts';
import { type MongoServer, startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { order, orders } from '../../support/orders-mapping.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const { migrate, query } = pipeline;
let server: MongoServer | undefined;
let client: MongoClient | undefined;

beforeAll(async () => {
  server = await startMongoServerOrSkip();
  if (server !== undefined) client = await new MongoClient(server.uri).connect();
}, 120_000);
afterAll(async () => {
  await client?.close();
  await server?.stop();
});

const settings = () => ({
  source: server!.uri,
  database: 'rows',
  target: pipeline.uri,
  dir: pipeline.project.dir,
});
const compare = (options: CompareRowsOptions = {}) =>
  compareRowsDirectly(settings(), 'orders', { pausesMs: [20, 40], ...options });
const collection = () => client!.db('rows').collection<{ _id: string; code?: string }>('orders');

async function load(): Promise<void> {
  await client!.db('rows').dropDatabase();
  const documents = Array.from({ length: 300 }, (_, n) => ({
    ...order(`o${n}`, [`s${n}`, 'p']),
    code: `c${n}`,
  }));
  await client!
    .db('rows')
    .collection<{ _id: string }>('orders')
    .insertMany(documents as { _id: string }[]);
  pipeline.project = createProject({ 'mappings/orders.yaml': orders() });
  await migrate({ source: server!.uri, database: 'rows' });
}

describe('a source that is written to', () => {
  test('what catches up is no difference, what stands still stands, what keeps changing moves', async ({
    skip,
  }) => {
    if (server === undefined) skip();
    await load();
    expect(differenceLines(await compare())).toEqual([]);
    await collection().updateOne({ _id: 'o1' }, { $set: { code: 'late' } });
    await collection().updateOne({ _id: 'o2' }, { $set: { code: 'standing' } });
    await collection().updateOne({ _id: 'o3' }, { $set: { code: 'moving' } });
    await collection().deleteOne({ _id: 'o4' });
    await query(`insert into orders values ('"o-1"', 'x')`);
    let looks = 0;
    // Between the looks: o1 arrives in the target, and o3 is written again and again.
    const interval = setInterval(() => {
      void collection().updateOne({ _id: 'o3' }, { $set: { code: `moving ${looks++}` } });
      if (looks === 1) void query(`update orders set code = 'late' where id = '"o1"'`);
    }, 5);
    const outcome = await compare({ pausesMs: [400, 800] });
    clearInterval(interval);
    const states = outcome.differences
      .map(({ kind, key, state }) => `${kind} ${Object.values(key).join(' ')} ${state}`)
      .sort();
    expect(states).toEqual([
      'changed-value "o2" standing',
      'changed-value "o3" moving',
      'extra-row "o-1" standing',
      'extra-row "o4" 0 0 standing',
      'extra-row "o4" 0 standing',
      'extra-row "o4" standing',
    ]);
    for (const { firstSeenAt } of outcome.differences)
      expect(new Date(firstSeenAt).toISOString()).toBe(firstSeenAt);
    expect(outcome.tables.map(({ expectedRows, actualRows }) => [expectedRows, actualRows])).toEqual([
      [299, 301],
      [299, 300],
      [299, 300],
    ]);
  });

  test('a comparison that is stopped says so and leaves no connection', async ({ skip }) => {
    if (server === undefined) skip();
    await load();
    const stop = new AbortController();
    const stopped = compare({
      signal: stop.signal,
      onEvent: ({ kind }) => kind === 'documents-read' && stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    await query("update orders set code = 'x'");
    const whilePausing = new AbortController();
    setTimeout(() => whilePausing.abort(), 1_500);
    await expect(compare({ signal: whilePausing.signal, pausesMs: [600_000] })).rejects.toMatchObject({
      code: 'interrupted',
    });
    const open =
      "select count(*)::int as n from pg_stat_activity where application_name = 'docrow' and datname = current_database()";
    await expect.poll(async () => (await query(open))[0]!['n']).toBe(0);
  });
});
