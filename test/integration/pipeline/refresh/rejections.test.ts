import { describe, expect, test } from 'vitest';
import { mappingYaml } from '../../../support/bson-dump.ts';
import { changesOf } from '../../../support/refresh-directly.ts';
import { useRefresh } from '../../../support/use-refresh.ts';

const pipeline = useRefresh();
const { load, change, refresh, values, rejections, validateCounts, versions } = pipeline;

const users = (more: readonly string[] = []) =>
  mappingYaml({
    collection: 'users',
    columns: [
      'id: { from: _id, type: integer }',
      'email: { from: email, type: text, unique: true, required: true }',
      'level: { from: level, type: text, check: [low, high] }',
      ...more,
    ],
    children: {
      tags: {
        key: ['user_id', 'tag'],
        columns: ['user_id: { from: ^id }', 'tag: { from: $item, type: text }'],
        more: ['each: tags'],
      },
    },
  });
const user = (_id: number, email: unknown, tags: readonly string[] = [], more: object = {}) => ({
  _id,
  email,
  tags,
  ...more,
});
const three = [user(1, 'a', ['x']), user(2, 'b', ['y', 'z']), user(3, 'c')];

const expectTrue = async (): Promise<void> =>
  expect(await validateCounts()).toMatchObject({ verdict: 'match' });

describe('rejections', () => {
  test('a document that is rejected now loses its rows, and comes back when it is right', async () => {
    await load({ users: users() }, { users: three });
    change('users', [user(1, 'a', ['x']), user(2, 7, ['y', 'z']), user(3, 'c')]);
    expect(changesOf(await refresh('users', [1, 2, 3]))).toEqual([
      '{"$numberInt":"1"} unchanged',
      '{"$numberInt":"2"} rejected value-mismatch email',
      '{"$numberInt":"3"} unchanged',
    ]);
    expect(await values('select id from users order by 1')).toEqual([1, 3]);
    expect(await values('select user_id from tags')).toEqual([1]);
    await expectTrue();
    const again = user(2, 'b', ['y', 'y']);
    change('users', [three[0]!, again, three[2]!]);
    expect(changesOf(await refresh('users', [2]))).toEqual([
      '{"$numberInt":"2"} rejected duplicate-value tags',
    ]);
    expect(await rejections()).toEqual(['users duplicate-value tags {"$numberInt":"2"}']);
    await expectTrue();
    change('users', three);
    expect(changesOf(await refresh('users', [2]))).toEqual(['{"$numberInt":"2"} inserted']);
    expect(await rejections()).toEqual([]);
    await expectTrue();
    await pipeline.expectAsFresh(['users', 'tags']);
  });

  test('what PostgreSQL refuses is found among many: a check of its own, a value that is taken', async () => {
    const many = Array.from({ length: 300 }, (_, n) => user(n + 10, `m${n}`));
    await load({ users: users() }, { users: [...three, ...many] });
    await pipeline.query("alter table users add constraint own check (email <> 'forbidden')");
    const changed = many.map((each, n) => ({ ...each, email: n % 100 === 7 ? 'forbidden' : `changed${n}` }));
    change('users', [three[0]!, three[1]!, user(3, 'a'), ...changed]);
    const outcome = await refresh('users', [3, ...many.map(({ _id }) => _id)]);
    const bad = outcome.documents.filter((document) => document.change === 'rejected');
    expect(bad.map(({ problem }) => problem!.code)).toEqual([
      'duplicate-value',
      'row-refused',
      'row-refused',
      'row-refused',
    ]);
    expect(await rejections()).toContain('users duplicate-value email {"$numberInt":"3"}');
    expect(await values("select count(*)::int from users where email like 'changed%'")).toEqual([297]);
    await expectTrue();
    const kept = await versions(['users', 'tags']);
    await refresh('users', [3, ...many.map(({ _id }) => _id)]);
    expect(await versions(['users', 'tags'])).toEqual(kept);
    await expectTrue();
  });

  test('documents exchange unique values in one batch, in a circle, and with one that is new', async () => {
    await load({ users: users() }, { users: three });
    const four = [user(1, 'b', ['x']), user(2, 'c', ['y', 'z']), user(3, 'd'), user(4, 'a')];
    change('users', four);
    expect(changesOf(await refresh('users', [1, 2, 3, 4])).map((line) => line.split(' ')[1])).toEqual([
      'updated',
      'updated',
      'updated',
      'inserted',
    ]);
    await pipeline.expectAsFresh(['users', 'tags']);
  });

  test('onReject keep leaves the rows of before', async () => {
    await load({ users: users() }, { users: three });
    const before = await versions(['users', 'tags']);
    change('users', [user(1, 7), three[1]!, three[2]!]);
    await refresh('users', [1, 2], { onReject: 'keep' });
    expect(await versions(['users', 'tags'])).toEqual(before);
    expect(await rejections()).toEqual(['users value-mismatch email {"$numberInt":"1"}']);
    change('users', three);
    await refresh('users', [1]);
    expect(await rejections()).toEqual([]);
    expect(await versions(['users', 'tags'])).toEqual(before);
  });

  test('a document that was rejected and is filtered or gone is none of the rejected', async () => {
    const mapping = users().replace('tables:', 'where: { off: { $exists: false } }\ntables:');
    await load({ users: mapping }, { users: [...three, user(4, 4), user(5, 5)] }, 6);
    change('users', [...three, user(4, 4, [], { off: 1 })]);
    expect(changesOf(await refresh('users', [4, 5]))).toEqual([
      '{"$numberInt":"4"} unchanged',
      '{"$numberInt":"5"} unchanged',
    ]);
    expect(await rejections()).toEqual([]);
    const report = await validateCounts();
    expect(report).toMatchObject({ verdict: 'match' });
    expect(report.collections[0]).toMatchObject({ documents: 4, rejected: 0, filtered: 1 });
  });
});

describe.each(['reject', 'null'])('references that lead nowhere, orphans: %s', (orphans) => {
  const teams = mappingYaml({
    collection: 'teams',
    columns: ['id: { from: _id, type: integer }', 'name: { from: name, type: text, check: [A, B] }'],
  });
  const members = mappingYaml({
    collection: 'members',
    columns: [
      'id: { from: _id, type: integer }',
      `team: { from: team, type: integer, references: teams.id, orphans: ${orphans} }`,
      `boss: { from: boss, type: integer, references: members.id, orphans: ${orphans} }`,
    ],
  });
  const places = ['teams', 'members'];
  const all = [
    { _id: 1, team: 1 },
    { _id: 2, team: 2, boss: 1 },
    { _id: 3, team: 2, boss: 2 },
    { _id: 4, boss: 4 },
  ];
  const loadAll = () =>
    load(
      { teams, members },
      {
        teams: [
          { _id: 1, name: 'A' },
          { _id: 2, name: 'B' },
        ],
        members: all,
      },
    );

  test('of documents at hand', async () => {
    await loadAll();
    change('members', [
      all[0]!,
      { _id: 2, team: 9, boss: 1 },
      all[2]!,
      all[3]!,
      { _id: 5, team: 1, boss: 3 },
    ]);
    await refresh('members', [1, 2, 3, 4, 5]);
    const before = await versions(places);
    await refresh('members', [1, 2, 3, 4, 5]);
    expect(await versions(places)).toEqual(before);
    await pipeline.expectAsFresh(places);
  });

  test('of others, when a document goes or is set aside', async () => {
    await loadAll();
    change('teams', [
      { _id: 1, name: 'A' },
      { _id: 2, name: 'wrong' },
    ]);
    const outcome = await refresh('teams', [1, 2]);
    expect(outcome.followers.map(({ change: what }) => what)).toEqual(
      orphans === 'null' ? ['cleared', 'cleared'] : ['rejected', 'rejected'],
    );
    expect(await validateCounts()).toMatchObject({ verdict: 'match' });
    await pipeline.expectAsFresh(places);
  });

  test('of a document that comes back with those that refer to it', async () => {
    await loadAll();
    change('teams', [{ _id: 1, name: 'A' }]);
    await refresh('teams', [2]);
    change('teams', [
      { _id: 1, name: 'A' },
      { _id: 2, name: 'B' },
    ]);
    await refresh('teams', [2]);
    await refresh('members', [3, 2]);
    expect(await validateCounts()).toMatchObject({ verdict: 'match' });
    await pipeline.expectAsFresh(places);
  });
});
