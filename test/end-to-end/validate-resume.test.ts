import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import type { ValidationReport } from '../../src/report/validation-report.ts';
import { createProject, type TestProject } from '../support/bson-dump.ts';
import { reportOf, runDocrow } from '../support/docrow-process.ts';
import { order, orders } from '../support/orders-mapping.ts';
import { createDatabase, type TestDatabase } from '../support/postgres-server.ts';
import { queryTarget } from '../support/target-content.ts';

const count = 2_000;
const mapping = orders({
  columns: ['id: { from: _id, type: bigint }', 'code: { from: code, type: text }'],
});
const documents = Array.from({ length: count }, (_, n) => order(n, [`a${n}`, 'p'], [`b${n}`]));

let database: TestDatabase;
let project: TestProject;

beforeEach(async () => {
  database = await createDatabase(inject('postgresUri'));
  project = createProject({ 'mappings/orders.yaml': mapping }, { orders: documents });
});
afterEach(async () => {
  project.remove();
  await database.drop();
});

const arguments_ = (command: string): readonly string[] => [
  command,
  '--dir',
  project.dir,
  '--json',
  '--progress',
  'json',
];
const environment = () => ({ env: { DOCROW_TARGET: database.uri, DOCROW_SOURCE: project.source } });
const query = (sql: string) => queryTarget(database.uri, sql);

const documentsRead = (lines: string): number =>
  lines
    .split('\n')
    .filter((line) => line.includes('"documents-read"'))
    .reduce((sum, line) => sum + (JSON.parse(line) as { read: number }).read, 0);

test('a comparison of two workers that was killed goes on with the ranges that were kept', async () => {
  reportOf(await runDocrow([...arguments_('migrate'), '--workers', '4', '--no-validate'], environment()));
  await query("update orders set code = 'other' where id = 1990");
  const killed = await runDocrow([...arguments_('validate'), '--workers', '2'], {
    env: { ...environment().env, DOCROW_FAIL_POINT: 'after-digest:2' },
  });
  expect(killed.signal).toBe('SIGKILL');
  const [kept] = await query('select count(*)::int as n from docrow.digest_range');
  expect(kept!['n']).toBeGreaterThanOrEqual(2);

  const result = await runDocrow([...arguments_('validate'), '--workers', '2'], environment());
  const report = reportOf<ValidationReport>(result);
  expect(report).toMatchObject({
    verdict: 'mismatch',
    exitCode: 3,
    collections: [{ level: 'digests', documents: count }],
    differences: [{ kind: 'changed-value', table: 'orders', key: { id: '1990' } }],
  });
  expect(report.differences).toHaveLength(1);
  const read = documentsRead(result.stderr);
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(count);
});
