import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import type { RejectsReport } from '../../src/report/rejects-report.ts';
import type { RetryReport } from '../../src/report/retry-report.ts';
import type { ValidationReport } from '../../src/report/validation-report.ts';
import { createProject, mappingYaml, type TestProject } from '../support/bson-dump.ts';
import { reportOf, runDocrow } from '../support/docrow-process.ts';
import { readProgress } from '../support/kill-campaign.ts';
import { createDatabase, type TestDatabase } from '../support/postgres-server.ts';
import { queryTarget, readTarget } from '../support/target-content.ts';

const items = (mismatch: string): string =>
  mappingYaml({
    collection: 'items',
    columns: [
      'id: { from: _id, type: uuid, convert: uuidv5 }',
      'no: { from: no, type: integer, unique: true }',
      `n: { from: n, type: integer, mismatch: ${mismatch} }`,
    ],
  });
const links = mappingYaml({
  collection: 'links',
  columns: [
    'id: { from: _id, type: text, convert: ejson }',
    'item: { from: item, type: integer, references: items.no, orphans: reject }',
  ],
});

/** Every other item does not fit; every tenth of these has the number of another one. */
const documents = {
  items: Array.from({ length: 9_000 }, (_, index) => ({
    _id: index,
    no: index % 20 === 1 ? index - 1 : index,
    n: index % 2 === 0 ? index : 'text',
  })),
  links: Array.from({ length: 3_000 }, (_, index) => ({ _id: index, item: index * 4 })),
};

let database: TestDatabase;
let project: TestProject;

beforeEach(async () => {
  database = await createDatabase(inject('postgresUri'));
  project = createProject(
    { 'mappings/items.yaml': items('reject'), 'mappings/links.yaml': links },
    documents,
  );
});
afterEach(async () => {
  project.remove();
  await database.drop();
});

const docrow = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runDocrow([...args, '--dir', project.dir], {
    env: { DOCROW_TARGET: database.uri, DOCROW_SOURCE: project.source, ...env },
  });
const migrate = async () => reportOf(await docrow(['migrate', '--json', '--progress', 'none']));
const retry = (env: Readonly<Record<string, string>> = {}) =>
  docrow(['rejects', 'retry', '--json', '--progress', 'none'], env);
const edit = (): void => writeFileSync(join(project.dir, 'mappings', 'items.yaml'), items('"null"'));
const content = () => readTarget(database.uri, ['items', 'links']);

test('the way of a person: migrate, look, edit, retry, validate', async () => {
  const first = await docrow(['migrate', '--progress', 'none']);
  expect(first.code).toBe(6);
  expect(first.stdout).toContain('docrow rejects retry');
  const list = reportOf<RejectsReport>(await docrow(['rejects', 'list', '--json']));
  expect(list.groups).toMatchObject([
    { collection: 'items', code: 'value-mismatch', path: 'n', documents: 4_500 },
    { collection: 'links', code: 'reference-missing', documents: 750 },
  ]);
  edit();
  const retried = await docrow(['rejects', 'retry', '--progress', 'none', '--max-rejects', '1200']);
  expect(retried.code).toBe(0);
  expect(retried.stdout).toContain('Loaded 4,050 of 5,250 documents that were set aside, 1,200 are left');
  expect(retried.stdout).toContain('items.n: mismatch: reject → null');
  expect(retried.stdout).toContain('4,500 documents loaded before stay as the earlier mapping wrote them');
  const checked = await docrow(['validate', '--level', 'counts', '--json']);
  expect(reportOf<ValidationReport>(checked)).toMatchObject({ exitCode: 0, verdict: 'match' });
  expect(await migrate()).toMatchObject({
    exitCode: 6,
    nothingToDo: true,
    totals: { read: 12_000, loaded: 10_800, rejected: 1_200 },
    validation: { verdict: 'match' },
  });
  const help = await docrow(['rejects', 'retry', '--help']);
  expect(help.stdout).toMatch(/bytes that are kept in\s+docrow\.rejection/);
});

test('what a changed mapping would make wrong is refused with exit 5', async () => {
  await migrate();
  const file = join(project.dir, 'mappings', 'items.yaml');
  writeFileSync(file, `${items('"null"')}where: { no: { $gt: 3 } }\n`);
  const refused = await retry();
  expect(refused.code).toBe(5);
  expect(JSON.parse(refused.stdout)).toMatchObject({
    command: 'rejects retry',
    errors: [{ code: 'mapping-changed', message: expect.stringContaining('`where` is another one') }],
  });
});

test.each([['mid-retry:1'], ['after-retry:1'], ['mid-retry:2'], ['after-retry:2'], ['mid-retry:4']])(
  'killed at %s, a second call ends where an uninterrupted one does',
  async (point) => {
    await migrate();
    edit();
    const killed = await retry({ DOCROW_FAIL_POINT: point });
    expect(killed).toMatchObject({ signal: 'SIGKILL', stdout: '' });
    expect((await readProgress(database.uri)).problems).toEqual([]);
    const report = reportOf<RetryReport>(await retry());
    expect(report).toMatchObject({ exitCode: 6, status: 'rejected', remaining: 1_200 });
    const actual = await content();
    expect(await migrate()).toMatchObject({ nothingToDo: true, validation: { verdict: 'match' } });

    await queryTarget(database.uri, 'drop schema docrow cascade; drop table links, items');
    writeFileSync(join(project.dir, 'mappings', 'items.yaml'), items('reject'));
    await migrate();
    edit();
    reportOf<RetryReport>(await retry());
    const expected = await content();
    expect(actual.tables).toEqual(expected.tables);
    expect(actual.rejections).toEqual(expected.rejections);
    expect(actual.counts).toEqual(expected.counts);
    expect(actual.documentKeys).toEqual(expected.documentKeys);
    expect(actual.constraints).toEqual(expected.constraints);
  },
);
