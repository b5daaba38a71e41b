import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { prepareState } from '../../../src/checkpoint/postgres/prepare-state.ts';
import { connectPostgres } from '../../../src/target/postgres/connect.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres-server.ts';
import { queryTarget } from '../../support/target-content.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
});
afterAll(() => database.drop());

async function prepare(): Promise<void> {
  const client = await connectPostgres(database.uri);
  try {
    await prepareState(async (sql, parameters = []) => (await client.query(sql, [...parameters])).rows);
  } finally {
    await client.end();
  }
}

const versions = async () =>
  (await queryTarget(database.uri, 'select version from docrow.schema_migration')).map(
    (row) => row['version'],
  );

test('several processes at once make the state tables once', async () => {
  await Promise.all([prepare(), prepare(), prepare()]);
  expect(await versions()).toEqual([1]);
  await prepare();
  expect(await versions()).toEqual([1]);
});

test('state of a newer docrow is not touched', async () => {
  await queryTarget(database.uri, 'insert into docrow.schema_migration values (99)');
  await expect(prepare()).rejects.toMatchObject({ code: 'state-too-new' });
});
