import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectPostgres, type PostgresClient } from '../../../../src/target/postgres/connect.ts';
import { isRunLocked, joinRun, takeRunLock } from '../../../../src/target/postgres/run-lock.ts';
import { createDatabase, type TestDatabase } from '../../../support/postgres-server.ts';
import { queryTarget } from '../../../support/target-content.ts';

let database: TestDatabase;
const open: PostgresClient[] = [];

async function connect(): Promise<PostgresClient> {
  const client = await connectPostgres(database.uri);
  open.push(client);
  return client;
}

beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
});
afterAll(async () => {
  await Promise.all(open.map((client) => client.end().catch(() => undefined)));
  await database.drop();
});

test('one run at a time', async () => {
  const first = await connect();
  const second = await connect();
  expect(await isRunLocked(second)).toBe(false);
  await takeRunLock(first);
  expect(await isRunLocked(second)).toBe(true);
  await expect(takeRunLock(second)).rejects.toMatchObject({ code: 'run-locked' });
  await first.end();
  while (await isRunLocked(second)) await pause(5);
  await takeRunLock(second);
  await second.end();
});

test('statements that a killed process left behind are ended before the next run looks', async () => {
  const left = await connect();
  await joinRun(left);
  await left.query('create table public.grown (n integer)');
  await left.query('begin');
  await left.query('insert into public.grown values (1)');
  const busy = left.query('select pg_sleep(60)').catch((error: unknown) => error);
  const next = await connect();
  await takeRunLock(next);
  expect(await busy).toBeInstanceOf(Error);
  expect(await queryTarget(database.uri, 'select n from grown')).toEqual([]);
  const own = await connect();
  await joinRun(own);
  expect((await own.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('connections that only look are left alone', async () => {
  const reader = await connect();
  await Promise.all(
    open.filter((client) => client !== reader).map((client) => client.end().catch(() => undefined)),
  );
  const next = await connect();
  while (await isRunLocked(next)) await pause(5);
  await takeRunLock(next);
  expect((await reader.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});
