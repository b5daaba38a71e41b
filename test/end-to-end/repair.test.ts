import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { RepairReport } from '../../src/report/repair-report.ts';
import { createProject, type TestProject } from '../support/bson-dump.ts';
import { type DocrowResult, reportOf, runDocrow } from '../support/docrow-process.ts';
import { order, orders } from '../support/orders-mapping.ts';
import { createDatabase, type TestDatabase } from '../support/postgres-server.ts';
import { storeValidation } from '../support/repair-directly.ts';
import { queryTarget, readTarget, type TargetContent } from '../support/target-content.ts';

/** More than two transactions' worth. */
const count = 1_200;
const numbers = Array.from({ length: count }, (_, n) => n);
const documents = numbers.map((n) => ({ ...order(n, [`a${n}`, 'p', 'q'], [`b${n}`]), code: `c${n}` }));
const tables = ['orders', 'lines', 'parts'];
const mapping = orders({
  columns: ['id: { from: _id, type: bigint }', 'code: { from: code, type: text, unique: true }'],
});

let database: TestDatabase;
let project: TestProject;
let whole: Partial<TargetContent>;

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<DocrowResult> =>
  runDocrow([...args, '--dir', project.dir, '--json'], {
    env: { DOCROW_TARGET: database.uri, DOCROW_SOURCE: project.source, ...env },
  });
const repair = (env: Readonly<Record<string, string>> = {}): Promise<DocrowResult> =>
  run(['repair', '--apply', '--yes'], env);
const content = async (): Promise<Partial<TargetContent>> => {
  const { adjustments: _audit, ...rest } = await readTarget(database.uri, tables);
  return rest;
};

beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
  project = createProject({ 'mappings/orders.yaml': mapping }, { orders: documents });
  reportOf(await run(['migrate']));
  whole = await content();
});
afterAll(async () => {
  project.remove();
  await database.drop();
});

test.each([
  ['mid-refresh:1', 0],
  ['after-refresh:1', 500],
  ['mid-refresh:2', 500],
  ['after-refresh:2', 1_000],
  ['mid-refresh:3', 1_000],
  ['after-repair:1', count],
])('killed at %s: whole documents are repaired, and a second call does the rest', async (point, repaired) => {
  await queryTarget(
    database.uri,
    `delete from parts where order_id % 2 = 0; update lines set sku = 'wrong'; delete from docrow.audit`,
  );
  await storeValidation(
    database.uri,
    numbers.map((n) => ({ collection: 'orders', table: 'lines', id: `{"$numberInt":"${n}"}` })),
  );
  const killed = await repair({ DOCROW_FAIL_POINT: point });
  expect(killed.signal).toBe('SIGKILL');
  const [done] = await queryTarget(
    database.uri,
    `select count(*) filter (where l.right = 2 and p.parts = 2)::int as whole,
      count(*) filter (where l.right = 0 and p.parts = case when o.id % 2 = 0 then 0 else 2 end)::int as untouched,
      (select count(distinct id)::int from docrow.audit) as recorded
    from orders o,
      lateral (select count(*) filter (where sku <> 'wrong') as right from lines where order_id = o.id) l,
      lateral (select count(*) as parts from parts where order_id = o.id) p`,
  );
  expect(done).toEqual({ whole: repaired, untouched: count - repaired, recorded: repaired });
  const report = reportOf<RepairReport>(await repair());
  expect(report).toMatchObject({ status: 'clean', exitCode: 0 });
  expect(report.collections[0]).toMatchObject({ documents: count, unchanged: repaired });
  expect(await content()).toEqual(whole);
});

test('lists what would be changed, and asks before it changes anything', async () => {
  await queryTarget(database.uri, "update orders set code = 'wrong' where id = 7");
  await storeValidation(database.uri, [{ collection: 'orders', table: 'orders', id: '{"$numberInt":"7"}' }]);
  const planned = reportOf<RepairReport>(await run(['repair']));
  expect(planned).toMatchObject({ status: 'planned', exitCode: 3, rowsTruncated: false });
  expect(planned.rows).toEqual([
    {
      collection: 'orders',
      kind: 'update',
      table: 'orders',
      key: { id: '7' },
      id: '{"$numberInt":"7"}',
      columns: ['code'],
    },
  ]);
  const unconfirmed = await run(['repair', '--apply']);
  expect(unconfirmed.code).toBe(2);
  expect(unconfirmed.stdout + unconfirmed.stderr).toContain('confirm');
  reportOf<RepairReport>(await repair());
  expect(await content()).toEqual(whole);
});
