import { describe, expect, test } from 'vitest';
import { loadSettings } from '../../../src/config/load-settings.ts';
import { renderStatus } from '../../../src/report/text/status-text.ts';
import { createStyle } from '../../../src/report/text/style.ts';
import { status } from '../../../src/resources/status.ts';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { createControl } from '../../support/migrate-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const { migrate, values, rejections } = pipeline;

const node = (collection: string, reference: string, orphans: string, more: readonly string[] = []) =>
  mappingYaml({
    collection,
    columns: [
      'id: { from: _id, type: integer }',
      `parent: { from: parent, type: integer, references: ${reference}, orphans: ${orphans} }`,
      ...more,
    ],
  });
const root = (collection: string) =>
  mappingYaml({
    collection,
    columns: ['id: { from: _id, type: integer }', 'email: { from: email, type: text, unique: true }'],
  });

describe('references', () => {
  const parents = [{ _id: 1, email: 'a' }, { _id: 2, email: 'a' }, { _id: 3, email: 'b' }, { _id: 4.5 }];
  const children = [
    { _id: 10, parent: 1 },
    { _id: 11, parent: 2 },
    { _id: 12, parent: 99 },
    { _id: 13, parent: null },
    { _id: 14 },
    { _id: 15, parent: 3 },
  ];

  test('reject: what refers to nothing and what refers to a rejection go, with a reason each', async () => {
    pipeline.project = createProject(
      { 'mappings/p.yaml': root('p'), 'mappings/c.yaml': node('c', 'p.id', 'reject') },
      { p: parents, c: children },
    );
    const report = await migrate();
    expect(report.totals).toMatchObject({ read: 10, loaded: 6, rejected: 4 });
    expect(report.validation.verdict).toBe('match');
    expect(await rejections()).toEqual([
      'c reference-missing parent {"$numberInt":"12"}',
      'c reference-set-aside parent {"$numberInt":"11"}',
      'p duplicate-value email {"$numberInt":"2"}',
      'p value-mismatch _id {"$numberDouble":"4.5"}',
    ]);
    expect(await values("select count(*)::int from pg_constraint where conname = 'c_parent_fkey'")).toEqual([
      1,
    ]);
  });

  test('null: the reference is emptied and each document noted', async () => {
    pipeline.project = createProject(
      { 'mappings/p.yaml': root('p'), 'mappings/c.yaml': node('c', 'p.id', 'null') },
      { p: parents, c: children },
    );
    const report = await migrate();
    expect(report.totals).toMatchObject({ read: 10, loaded: 8, rejected: 2 });
    expect(report.adjustments).toEqual([
      { collection: 'c', table: 'c', column: 'parent', kind: 'orphan-null', documents: 2 },
    ]);
    expect(await values('select id from c where parent is null order by id')).toEqual([11, 12, 13, 14]);
    // Starting over forgets them: they are counted once.
    expect((await migrate({ fresh: true })).adjustments).toEqual(report.adjustments);
  });

  test('allow: everything stays, with an index and no constraint', async () => {
    pipeline.project = createProject(
      { 'mappings/p.yaml': root('p'), 'mappings/c.yaml': node('c', 'p.id', 'allow') },
      { p: parents, c: children },
    );
    expect((await migrate()).totals).toMatchObject({ read: 10, loaded: 8, rejected: 2 });
    expect(
      await values(
        "select count(*)::int from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace",
      ),
    ).toEqual([0]);
    expect(
      await values("select indexname from pg_indexes where tablename = 'c' and indexdef like '%(parent)%'"),
    ).toHaveLength(1);
  });

  test('a chain cascades to its end, and so does a reference to the own table', async () => {
    pipeline.project = createProject(
      {
        'mappings/a.yaml': node('a', 'b.id', 'reject'),
        'mappings/b.yaml': node('b', 'c.id', 'reject'),
        'mappings/c.yaml': node('c', 'c.id', 'reject'),
      },
      {
        // 3 leads nowhere, and 4, 5, 6 lead to 3, each over the one before; 7 leads to itself.
        c: [
          { _id: 1 },
          { _id: 2, parent: 1 },
          { _id: 3, parent: 99 },
          { _id: 4, parent: 3 },
          { _id: 5, parent: 4 },
          { _id: 6, parent: 5 },
          { _id: 7, parent: 7 },
        ],
        b: [
          { _id: 1, parent: 2 },
          { _id: 2, parent: 6 },
        ],
        a: [
          { _id: 1, parent: 1 },
          { _id: 2, parent: 2 },
        ],
      },
    );
    const report = await migrate();
    expect(report.totals).toMatchObject({ read: 11, loaded: 5, rejected: 6 });
    expect(report.validation.verdict).toBe('match');
    expect(await rejections()).toEqual([
      'a reference-set-aside parent {"$numberInt":"2"}',
      'b reference-set-aside parent {"$numberInt":"2"}',
      'c reference-missing parent {"$numberInt":"3"}',
      'c reference-set-aside parent {"$numberInt":"4"}',
      'c reference-set-aside parent {"$numberInt":"5"}',
      'c reference-set-aside parent {"$numberInt":"6"}',
    ]);
  });

  test('a collection that is loaded later is waited for, and so is what refers to the one that waits', async () => {
    pipeline.project = createProject(
      {
        'mappings/a.yaml': node('a', 'b.id', 'reject'),
        'mappings/b.yaml': node('b', 'c.id', 'reject'),
        'mappings/c.yaml': root('c'),
      },
      {
        c: [
          { _id: 1, email: 'x' },
          { _id: 2, email: 'x' },
        ],
        b: [
          { _id: 1, parent: 1 },
          { _id: 2, parent: 2 },
        ],
        a: [
          { _id: 1, parent: 1 },
          { _id: 2, parent: 2 },
        ],
      },
    );
    const foreignKeys = () =>
      values(
        "select conname from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace order by 1",
      );
    const notices: string[] = [];
    const control = createControl((event) => event.kind === 'notice' && notices.push(event.message));
    const early = await migrate({ only: 'a,b' }, control);
    expect(notices.join('\n')).toMatch(/of b wait for c, .*\n.*of a wait for b, /);
    expect(early.totals).toMatchObject({ read: 4, loaded: 4, rejected: 0 });
    expect(await foreignKeys()).toEqual([]);
    const { runs } = await status(await loadSettings('status', { target: pipeline.uri }, {}, '/'));
    expect(runs[0]).toMatchObject({
      state: 'finished',
      collections: [{ state: 'waiting' }, { state: 'waiting' }],
    });
    expect(
      renderStatus(createStyle(false, 120), { command: 'status', exitCode: 0, runs, errors: [] }),
    ).toMatch(/^■ .* is finished, but for foreign keys/);
    expect((await migrate({ only: 'c' })).totals).toMatchObject({ read: 2, loaded: 1, rejected: 1 });
    expect(await foreignKeys()).toEqual([]);
    // The one that is not asked for is known to be complete.
    expect((await migrate({ only: 'b' })).totals).toMatchObject({ read: 2, loaded: 1, rejected: 1 });
    expect(await foreignKeys()).toEqual(['b_parent_fkey']);
    const all = await migrate();
    expect(all.totals).toMatchObject({ read: 6, loaded: 3, rejected: 3 });
    expect(all.validation.verdict).toBe('match');
    expect(await foreignKeys()).toEqual(['a_parent_fkey', 'b_parent_fkey']);
    expect(await rejections()).toEqual([
      'a reference-set-aside parent {"$numberInt":"2"}',
      'b reference-set-aside parent {"$numberInt":"2"}',
      'c duplicate-value email {"$numberInt":"2"}',
    ]);
    expect(await migrate()).toMatchObject({ nothingToDo: true, exitCode: 6 });
  });

  test('starting over with a table that others refer to is refused, and names them', async () => {
    pipeline.project = createProject(
      { 'mappings/p.yaml': root('p'), 'mappings/c.yaml': node('c', 'p.id', 'reject') },
      { p: [{ _id: 1 }], c: [{ _id: 2, parent: 1 }] },
    );
    await migrate();
    await expect(migrate({ fresh: true, only: 'p' })).rejects.toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining('referred to by c'),
    });
    expect(await values('select count(*)::int from c')).toEqual([1]);
    expect(await migrate({ fresh: true })).toMatchObject({ exitCode: 0, totals: { loaded: 2 } });
  });
});
