import { describe, expect, it } from 'vitest';
import { type OtherEvent, reactTo } from '../../../src/changes/event-reactions.ts';

const mapped = new Set(['users', 'tasks']);
const clusterTime = '1700000000:1';

const about = (operation: string, collection: string, to?: string): OtherEvent => ({
  kind: 'collection',
  operation,
  collection,
  clusterTime,
  ...(to === undefined ? {} : { to }),
});

describe('reactTo', () => {
  it('stops a mapped collection that was dropped, and passes over one that has no mapping', () => {
    expect(reactTo(about('drop', 'users'), mapped)).toMatchObject({
      kind: 'stop',
      collections: ['users'],
      code: 'collection-gone',
    });
    expect(reactTo(about('drop', 'logs'), mapped)).toEqual({ kind: 'nothing' });
  });

  it('stops both sides of a rename that have a mapping', () => {
    const stopped = (from: string, to: string): readonly string[] => {
      const reaction = reactTo(about('rename', from, to), mapped);
      return reaction.kind === 'stop' ? reaction.collections : [];
    };
    expect(stopped('users', 'users_old')).toEqual(['users']);
    expect(stopped('users_new', 'users')).toEqual(['users']);
    expect(stopped('tasks', 'users')).toEqual(['tasks', 'users']);
    expect(stopped('logs', 'logs_old')).toEqual([]);
  });

  it('stops everything when the database was dropped, and opens the feed anew after an invalidation', () => {
    expect(reactTo({ kind: 'database', operation: 'dropDatabase', clusterTime }, mapped)).toMatchObject({
      kind: 'stop',
      collections: ['users', 'tasks'],
    });
    expect(reactTo({ kind: 'database', operation: 'invalidate', clusterTime }, mapped)).toEqual({
      kind: 'reopen',
    });
  });

  it('tells of a new collection that has no mapping, and of nothing when it has one', () => {
    expect(reactTo(about('create', 'logs'), mapped)).toMatchObject({ kind: 'notice' });
    expect(reactTo(about('create', 'users'), mapped)).toEqual({ kind: 'nothing' });
  });

  it.each([
    'createIndexes',
    'dropIndexes',
    'modify',
    'shardCollection',
    'refineCollectionShardKey',
    'reshardCollection',
  ])('goes on after %s, and tells of it where the collection has a mapping', (operation) => {
    expect(reactTo(about(operation, 'users'), mapped)).toMatchObject({ kind: 'notice' });
    expect(reactTo(about(operation, 'logs'), mapped)).toEqual({ kind: 'nothing' });
  });

  it.each(['somethingNew', 'constructor', 'toString'])('stops what met an unknown event: %s', (operation) => {
    expect(reactTo(about(operation, 'users'), mapped)).toMatchObject({
      kind: 'stop',
      code: 'change-unknown',
    });
    expect(reactTo({ kind: 'database', operation, clusterTime }, mapped)).toMatchObject({
      kind: 'stop',
      collections: ['users', 'tasks'],
    });
  });
});
