import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { PostgresClient } from '../../../../src/target/postgres/connect.ts';
import { IdleConnection } from '../../../../src/target/postgres/idle-connection.ts';
import { createDatabase, type TestDatabase } from '../../../support/postgres-server.ts';
import { queryTarget } from '../../../support/target-content.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
});
afterAll(() => database.drop());

const backend = async (client: PostgresClient): Promise<number> =>
  (await client.query('select pg_backend_pid() as pid')).rows[0].pid;
const openBackends = async (): Promise<unknown[]> =>
  (
    await queryTarget(
      database.uri,
      "select pid from pg_stat_activity where application_name = 'docrow' and datname = current_database()",
    )
  ).map((row) => row['pid']);

test('one operation after the other has the same connection, and several at once have their own', async () => {
  const connection = new IdleConnection(database.uri);
  const first = await connection.use(backend, 'any');
  expect(await connection.use(backend, 'of the run')).toBe(first);
  const both = await Promise.all([connection.use(backend, 'any'), connection.use(backend, 'of the run')]);
  expect(new Set(both).size).toBe(2);
  expect(both).toContain(first);
  await expect.poll(openBackends).toHaveLength(1);
  await connection.close();
  await expect.poll(openBackends).toEqual([]);
});

test('a connection on which something failed is not used again', async () => {
  const connection = new IdleConnection(database.uri);
  const first = await connection.use(backend, 'any');
  await expect(connection.use((client) => client.query('select 1 / 0'), 'any')).rejects.toThrow();
  await expect.poll(openBackends).toEqual([]);
  expect(await connection.use(backend, 'any')).not.toBe(first);
  await connection.close();
});

test('a connection that is lost while nobody uses it is forgotten', async () => {
  const connection = new IdleConnection(database.uri);
  const first = await connection.use(backend, 'any');
  await queryTarget(database.uri, 'select pg_terminate_backend($1)', [first]);
  await expect.poll(() => connection.use(backend, 'any').catch(() => first)).not.toBe(first);
  await connection.close();
});

test('the operation that is under way when it is closed ends its connection itself', async () => {
  const connection = new IdleConnection(database.uri);
  const slow = connection.use((client) => client.query('select pg_sleep(0.2)'), 'any');
  await connection.close();
  await slow;
  await expect.poll(openBackends).toEqual([]);
});
