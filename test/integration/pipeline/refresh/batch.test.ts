import { describe, expect, test } from 'vitest';
import { mappingYaml } from '../../../support/bson-dump.ts';
import { order, orders } from '../../../support/orders-mapping.ts';
import type { changesOf } from '../../../support/refresh-directly.ts';
import { useRefresh } from '../../../support/use-refresh.ts';

const pipeline = useRefresh();
const { load, change, refreshBatches, values, query, rejections, versions } = pipeline;

const people = mappingYaml({
  collection: 'people',
  columns: [
    'id: { from: _id, type: integer }',
    'email: { from: email, type: text, unique: true }',
    'level: { from: level, type: text, check: [low, high] }',
  ],
});
const person = (_id: number, email: string, more: object = {}) => ({ _id, email, ...more });
const kindsOf = (outcome: Parameters<typeof changesOf>[0]): readonly string[] =>
  outcome.documents.map(({ state, change: kind }) => `${state} ${kind}`);

/** Two collections that may refer to each other. */
const pairs = (orphansOfA: string, orphansOfB: string) => ({
  as: mappingYaml({
    collection: 'as',
    columns: [
      'id: { from: _id, type: integer }',
      `b: { from: b, type: integer, references: bs.id, orphans: ${orphansOfA} }`,
    ],
  }),
  bs: mappingYaml({
    collection: 'bs',
    columns: [
      'id: { from: _id, type: integer }',
      `a: { from: a, type: integer, references: as.id, orphans: ${orphansOfB} }`,
    ],
  }),
});

describe('documents of several collections in one transaction', () => {
  test('are seen together or not at all, with what the caller writes', async () => {
    await load({ orders: orders(), people }, { orders: [order(1, ['x'])], people: [person(1, 'a')] });
    change('orders', [order(1, ['y', 'p']), order(2, ['z'])]);
    change('people', [person(1, 'b')]);
    const ids = { orders: [1, 2], people: [1] };
    const before = await versions(['orders', 'lines', 'people']);
    await refreshBatches({ ids, end: (batch) => batch.rollback() });
    expect(await versions(['orders', 'lines', 'people'])).toEqual(before);
    const failing = refreshBatches({
      ids,
      end: (batch) =>
        batch.commit(async () => {
          throw new Error('no');
        }),
    });
    await expect(failing).rejects.toMatchObject({ code: 'internal' });
    expect(await versions(['orders', 'lines', 'people'])).toEqual(before);
    const [outcome] = await refreshBatches({
      ids,
      end: (batch) =>
        batch.commit(async (run) => {
          await run('create table public.noted as select $1::integer as n', [7]);
        }),
    });
    expect(await values('select n from noted')).toEqual([7]);
    await query('drop table noted');
    expect(kindsOf(outcome!['orders']!)).toEqual(['loaded updated', 'loaded inserted']);
    expect(kindsOf(outcome!['people']!)).toEqual(['loaded updated']);
    await pipeline.expectAsFresh(['orders', 'lines', 'parts', 'people']);
  });

  test('temporary tables that a rolled back batch made are made again, and are empty for each part', async () => {
    const numbers = Array.from({ length: 700 }, (_, n) => n);
    const before = numbers.map((n) => order(n, [`a${n}`, 'p']));
    await load({ orders: orders(), people }, { orders: before, people: [person(1, 'a')] });
    change(
      'orders',
      numbers.map((n) => order(n, [`b${n}`, 'p', 'q'])),
    );
    change('people', [person(1, 'b'), person(2, 'c')]);
    const ids = { people: [1, 2], orders: numbers };
    const options = { documentsPerTransaction: 300 };
    const [, outcome, again] = await refreshBatches(
      { ids, options, end: (batch) => batch.rollback() },
      { ids, options },
      { ids, options },
    );
    expect(new Set(kindsOf(outcome!['orders']!))).toEqual(new Set(['loaded updated']));
    expect(new Set(kindsOf(again!['orders']!))).toEqual(new Set(['loaded unchanged']));
    await pipeline.expectAsFresh(['orders', 'lines', 'parts', 'people']);
  });

  test('what did not change writes no row, whatever there is of documents that are rejected or gone', async () => {
    const bad = [person(2, 'b', { level: 'none' }), person(3, 'a')];
    await load(
      { orders: orders(), people },
      { orders: [order(1, ['x', 'p'])], people: [person(1, 'a'), ...bad] },
      6,
    );
    const written = () =>
      query(`select relname, n_tup_ins::int as i, n_tup_upd::int as u, n_tup_del::int as d
        from pg_stat_user_tables where schemaname = 'public' order by 1`);
    const before = await written();
    const ids = { orders: [1, 9], people: [1, 2, 3, 4] };
    for (let round = 0; round < 3; round++) await refreshBatches({ ids }, { ids: { people: [1] } });
    expect(await written()).toEqual(before);
    expect(await rejections()).toHaveLength(2);
  });
});

describe('documents that wait for others', () => {
  test('exchange unique values, and take one that a later part gives up', async () => {
    const all = [person(1, 'a'), person(2, 'b'), person(3, 'c'), person(4, 'd')];
    await load({ people }, { people: all });
    change('people', [person(1, 'd'), person(2, 'c'), person(3, 'b'), person(4, 'e')]);
    const options = { documentsPerTransaction: 1 };
    const [outcome] = await refreshBatches({ ids: { people: [1, 4] }, options }, { ids: { people: [2, 3] } });
    expect(kindsOf(outcome!['people']!)).toEqual(['loaded updated', 'loaded updated']);
    await pipeline.expectAsFresh(['people']);
  });

  test('even where each part has what the other one needs, with those that refer to them', async () => {
    const notes = mappingYaml({
      collection: 'notes',
      columns: [
        'id: { from: _id, type: integer }',
        'person: { from: person, type: integer, references: people.id, orphans: "null" }',
      ],
    });
    const own = [1, 2].map((n) => ({ _id: n, person: n }));
    await load({ people, notes }, { people: [person(1, 'a'), person(2, 'b')], notes: own });
    change('people', [person(1, 'b'), person(2, 'a')]);
    await refreshBatches({ ids: { people: [1, 2] }, options: { documentsPerTransaction: 1 } });
    expect(await values('select email from people order by id')).toEqual(['b', 'a']);
    await pipeline.expectAsFresh(['people', 'notes']);
  });

  test('one takes the place of another that is rejected in the same part', async () => {
    await load({ people }, { people: [person(1, 'a')] });
    change('people', [person(1, 'a'), person(2, 'new', { level: 'none' }), person(3, 'new')]);
    await query("alter table people add constraint own check (id <> 4 or email = 'x')");
    const [outcome] = await refreshBatches({ ids: { people: [1, 2, 3] } });
    expect(kindsOf(outcome!['people']!)).toEqual([
      'loaded unchanged',
      'rejected rejected',
      'loaded inserted',
    ]);
  });

  test.each(['reject', 'null'])(
    'a referenced document comes and goes with its own, orphans: %s',
    async (orphans) => {
      const mappings = pairs(orphans, 'reject');
      const noA = mappings.bs.replace(/, references: as.id, orphans: reject/, '');
      await load({ ...mappings, bs: noA }, { as: [{ _id: 1, b: 1 }], bs: [{ _id: 1 }] });
      change('as', [
        { _id: 1, b: 2 },
        { _id: 2, b: 2 },
        { _id: 3, b: 9 },
      ]);
      change('bs', [{ _id: 2 }]);
      await refreshBatches({ ids: { as: [1, 2, 3], bs: [1, 2] } });
      expect(await values('select id from "as" order by 1')).toEqual(orphans === 'null' ? [1, 2, 3] : [1, 2]);
      await pipeline.expectAsFresh(['as', 'bs']);
      change('as', []);
      change('bs', []);
      const [outcome] = await refreshBatches({ ids: { as: [1, 2, 3], bs: [1, 2] } });
      expect(outcome!['as']!.documents.map(({ state }) => state)).toEqual(['absent', 'absent', 'absent']);
      expect(outcome!['as']!.followers).toEqual([]);
      expect(await rejections()).toEqual([]);
      await pipeline.expectAsFresh(['as', 'bs']);
    },
  );
});

describe('a circle of references between two collections', () => {
  const none = { as: [], bs: [] };
  const ids = { as: [1, 2, 3, 4], bs: [1, 2, 3, 4] };

  test.each([
    ['reject', 'reject'],
    ['reject', '"null"'],
    ['"null"', 'reject'],
    ['"null"', '"null"'],
  ])('%s and %s: both are loaded', async (a, b) => {
    await load(pairs(a, b), none);
    change('as', [
      { _id: 1, b: 1 },
      { _id: 2, b: 2 },
    ]);
    change('bs', [
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
    ]);
    const [outcome] = await refreshBatches({ ids: { as: [1, 2], bs: [1, 2] } });
    for (const name of ['as', 'bs']) {
      expect(kindsOf(outcome![name]!)).toEqual(['loaded inserted', 'loaded inserted']);
    }
    expect(await rejections()).toEqual([]);
    await pipeline.expectAsFresh(['as', 'bs']);
  });

  test('those that lead out of it to nowhere are rejected, and with them those that refer to them', async () => {
    await load(pairs('reject', 'reject'), none);
    change('as', [
      { _id: 1, b: 1 },
      { _id: 2, b: 2 },
      { _id: 3, b: 9 },
      { _id: 4, b: 4 },
    ]);
    change('bs', [
      { _id: 1, a: 1 },
      { _id: 2, a: 3 },
      { _id: 4, a: 2 },
    ]);
    await refreshBatches({ ids });
    expect(await values('select id from "as"')).toEqual([1]);
    expect(await values('select id from bs')).toEqual([1]);
    await pipeline.expectAsFresh(['as', 'bs']);
  });
});

test('the counts of the load are left alone, and what is rejected is recorded all the same', async () => {
  await load({ people }, { people: [person(1, 'a'), person(2, 'b', { level: 'none' }), person(3, 'c')] }, 6);
  const counts = () =>
    query(
      'select to_jsonb(c) - $$finished_at$$ as c, to_jsonb(r) as r from docrow.collection_run c, docrow.range r',
    );
  const before = await counts();
  change('people', [person(2, 'b'), person(3, 'c', { level: 'none' })]);
  const [outcome] = await refreshBatches({ ids: { people: [1, 2, 3] } });
  expect(kindsOf(outcome!['people']!)).toEqual(['absent deleted', 'loaded inserted', 'rejected rejected']);
  const bytes = outcome!['people']!.documents.map((document) => document.bytes > 0);
  expect(bytes).toEqual([false, true, true]);
  expect(await rejections()).toEqual(['people value-check-failed level {"$numberInt":"3"}']);
  expect(await counts()).toEqual(before);
});

test('a lost connection surfaces as such, and nothing remains', async () => {
  await load({ people }, { people: [person(1, 'a')] });
  change('people', [person(1, 'b')]);
  const kill = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and state = 'idle in transaction'`;
  const lost = refreshBatches({
    ids: { people: [1] },
    end: async (batch) => {
      await query(kill);
      await batch.commit(async (run) => {
        await run('select 1', []);
      });
    },
  });
  await expect(lost).rejects.toMatchObject({ code: 'target-unreachable' });
  expect(await values('select email from people')).toEqual(['a']);
});
