import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { loadSettings } from '../../../src/config/load-settings.ts';
import { rejectsList } from '../../../src/resources/rejects.ts';
import { createProject, mappingYaml, type TestProject } from '../../support/bson-dump.ts';
import { migrateDirectly } from '../../support/migrate-directly.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres-server.ts';
import { queryTarget, readTarget } from '../../support/target-content.ts';

const mapping = mappingYaml({
  collection: 'items',
  columns: [
    'id: { from: _id, type: text, convert: ejson }',
    'n: { from: n, type: integer }',
    'code: { from: code, type: text }',
    'next: { from: next, type: integer }',
  ],
});

interface Item {
  readonly n: number;
  readonly code: string;
  readonly next?: number;
}

const items = (count: number, offenders: readonly number[] = [], offend: Partial<Item> = { code: 'bad' }) =>
  Array.from({ length: count }, (_, n) => ({
    _id: n,
    n,
    code: `c${n}`,
    ...(offenders.includes(n) ? offend : {}),
  }));

let database: TestDatabase;
let project: TestProject;

const migrate = (more: Readonly<Record<string, unknown>> = {}) =>
  migrateDirectly({
    source: project.source,
    target: database.uri,
    dir: project.dir,
    onExisting: 'append',
    ...more,
  });

const createTable = (constraints: string) =>
  queryTarget(
    database.uri,
    `create table items (id text, n integer, code text, next integer ${constraints})`,
  );

const loadedNumbers = async () =>
  (await queryTarget(database.uri, 'select n from items order by n')).map((row) => row['n']);
const rejected = async () =>
  queryTarget(
    database.uri,
    'select id_text, code, reason, path from docrow.rejection order by rejection_number',
  );
const numbersOf = (rows: readonly Record<string, unknown>[]) =>
  rows.map((row) => Number(JSON.parse(String(row['id_text']))['$numberInt']));

beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
});
afterAll(() => database.drop());
beforeEach(async () => {
  await queryTarget(database.uri, 'drop schema if exists docrow cascade; drop table if exists items, other');
  return () => project.remove();
});

describe('a table that refuses some of the rows', () => {
  test.each([
    ['the first of a chunk', 40, [0], 10],
    ['the last of a chunk', 40, [9, 39], 10],
    ['several in one chunk', 40, [11, 12, 17, 19], 10],
    ['one in chunks of one document', 12, [5], 1],
    ['some in one chunk of all', 500, [0, 1, 250, 499], 10_000],
    ['all', 60, Array.from({ length: 60 }, (_, n) => n), 25],
  ])('sets exactly those aside: %s', async (_name, count, offenders, chunkDocuments) => {
    await createTable(", constraint no_bad check (code <> 'bad')");
    project = createProject({ 'mappings/items.yaml': mapping }, { items: items(count, offenders) });
    const report = await migrate({ chunkDocuments });
    expect(report.totals).toMatchObject({
      read: count,
      loaded: count - offenders.length,
      rejected: offenders.length,
      filtered: 0,
    });
    expect(report).toMatchObject({ exitCode: 6, status: 'rejected', validation: { verdict: 'match' } });
    const rows = await rejected();
    expect(numbersOf(rows)).toEqual(offenders);
    expect(new Set(rows.map((row) => row['reason']))).toEqual(
      new Set(['PostgreSQL refused the row by constraint no_bad (SQLSTATE 23514)']),
    );
    const left = Array.from({ length: count }, (_, n) => n).filter((n) => !offenders.includes(n));
    expect(await loadedNumbers()).toEqual(left);
  });

  test('by a unique index: the later of two documents, and one that collides with a row of before', async () => {
    await createTable(', constraint items_code_key unique (code)');
    await queryTarget(database.uri, "insert into items values ('old', -1, 'c7', null)");
    project = createProject(
      { 'mappings/items.yaml': mapping },
      { items: items(30, [3, 20, 21], { code: 'same' }) },
    );
    const report = await migrate({ chunkDocuments: 8 });
    expect(report.totals).toMatchObject({ read: 30, loaded: 27, rejected: 3 });
    expect(report.validation.verdict).toBe('match');
    expect(numbersOf(await rejected())).toEqual([7, 20, 21]);
    expect((await rejected())[0]).toMatchObject({
      code: 'duplicate-value',
      reason: 'Another row of table items has the same value (constraint items_code_key)',
    });
  });

  test('by a trigger that raises', async () => {
    await createTable('');
    await queryTarget(
      database.uri,
      `create or replace function refuse() returns trigger language plpgsql as $$
        begin if new.n % 10 = 3 then raise exception 'no' using errcode = '23000'; end if; return new; end $$;
      create trigger refusing before insert on items for each row execute function refuse()`,
    );
    project = createProject({ 'mappings/items.yaml': mapping }, { items: items(50) });
    const report = await migrate({ chunkDocuments: 20 });
    expect(report.totals).toMatchObject({ read: 50, loaded: 45, rejected: 5 });
    expect(numbersOf(await rejected())).toEqual([3, 13, 23, 33, 43]);
    expect((await rejected())[0]).toMatchObject({ reason: 'PostgreSQL refused the row (SQLSTATE 23000)' });
  });

  test('by a deferred constraint, which speaks up at COMMIT alone', async () => {
    await createTable('');
    await queryTarget(
      database.uri,
      `create table other (n integer primary key);
      insert into other select generate_series(0, 99);
      alter table items add constraint items_next_other foreign key (next) references other
        deferrable initially deferred`,
    );
    project = createProject(
      { 'mappings/items.yaml': mapping },
      { items: items(30, [4, 25, 29], { next: 500 }) },
    );
    const report = await migrate({ chunkDocuments: 10 });
    expect(report.totals).toMatchObject({ read: 30, loaded: 27, rejected: 3 });
    expect(numbersOf(await rejected())).toEqual([4, 25, 29]);
    expect((await rejected())[0]).toMatchObject({
      reason: 'PostgreSQL refused the row by constraint items_next_other (SQLSTATE 23503)',
    });
  });

  test('a thousand refusals in one chunk', async () => {
    await createTable(', check (n < 0)');
    project = createProject({ 'mappings/items.yaml': mapping }, { items: items(1000) });
    const report = await migrate();
    expect(report.totals).toMatchObject({ read: 1000, loaded: 0, rejected: 1000 });
    const settings = await loadSettings('rejects', { target: database.uri }, {}, '/');
    const { rejects } = await rejectsList(settings, { limit: 450 });
    expect(rejects.map(({ idText }) => idText)).toEqual(
      items(450).map(({ _id }) => `{"$numberInt":"${_id}"}`),
    );
  });
});

describe('--on-existing', () => {
  test('stop is the default: a table with rows is left alone', async () => {
    await createTable('');
    await queryTarget(database.uri, "insert into items values ('old', -1, 'old', null)");
    project = createProject({ 'mappings/items.yaml': mapping }, { items: items(5) });
    const report = await migrate({ onExisting: 'stop' });
    expect(report).toMatchObject({ exitCode: 5, status: 'failed', errors: [{ code: 'target-not-empty' }] });
    expect(await loadedNumbers()).toEqual([-1]);
  });

  test('append knows the rows of before, also after an interruption and when nothing is left to do', async () => {
    await createTable('');
    await queryTarget(
      database.uri,
      "insert into items select 'old' || n, -n, 'old', null from generate_series(1, 7) n",
    );
    project = createProject({ 'mappings/items.yaml': mapping }, { items: items(20) });
    const first = await migrate({ chunkDocuments: 6 });
    expect(first).toMatchObject({ exitCode: 0, totals: { loaded: 20 }, validation: { verdict: 'match' } });
    const again = await migrate();
    expect(again).toMatchObject({ exitCode: 0, nothingToDo: true, validation: { verdict: 'match' } });
    await queryTarget(database.uri, 'delete from items where n = -3');
    expect(await migrate()).toMatchObject({ exitCode: 3, validation: { verdict: 'mismatch' } });
  });

  test('a key of before is never deleted: a collision stops the collection', async () => {
    await createTable('');
    await queryTarget(database.uri, `insert into items values ('{"$numberLong":"3"}', -1, 'old', null)`);
    project = createProject({ 'mappings/items.yaml': mapping }, { items: items(5) });
    expect(await migrate()).toMatchObject({ exitCode: 8, errors: [{ code: 'constraint-failed' }] });
    expect(await loadedNumbers()).toEqual([-1, 0, 1, 2, 3, 4]);
  });

  test('a table that already has its key under another name keeps it', async () => {
    await createTable(', constraint my_key primary key (id)');
    project = createProject({ 'mappings/items.yaml': mapping }, { items: items(5) });
    expect(await migrate()).toMatchObject({ exitCode: 0, totals: { loaded: 5 } });
    const { constraints } = await readTarget(database.uri, ['items']);
    expect(constraints.filter((line) => line.includes('_key'))).toHaveLength(2);
  });
});
