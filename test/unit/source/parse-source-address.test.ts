import { describe, expect, it } from 'vitest';
import { parseSourceAddress } from '../../../src/source/parse-source-address.ts';

describe('parseSourceAddress', () => {
  it.each([
    ['mongodb://host/shop', 'shop'],
    ['mongodb://host:27017/shop?replicaSet=rs0', 'shop'],
    ['mongodb://user:p%40ss@a:1,b:2,c:3/my%20shop?w=1', 'my shop'],
    ['mongodb+srv://cluster.example.com/shop', 'shop'],
    ['MONGODB://host/shop', 'shop'],
    ['mongodb://host', undefined],
    ['mongodb://host/', undefined],
    ['mongodb://host/?tls=true', undefined],
    ['mongodb://host?tls=true', undefined],
    ['mongodb://%2Ftmp%2Fmongodb.sock/shop', 'shop'],
  ])('finds the database in %s', (uri, database) => {
    expect(parseSourceAddress(uri)).toEqual({ kind: 'mongo', uri, database });
  });

  it('lets a database that is named go first, and keeps the URI as it is', () => {
    const uri = 'mongodb://host/admin';
    expect(parseSourceAddress(uri, { database: 'shop' })).toEqual({ kind: 'mongo', uri, database: 'shop' });
  });

  it.each(['dump', './dump/shop', '/var/dump.archive.gz', 'C:\\dump', 'a:b'])(
    'takes %s as a path',
    (path) => {
      expect(parseSourceAddress(path)).toEqual({ kind: 'dump', path, database: undefined });
      expect(parseSourceAddress(path, { database: 'x' })).toMatchObject({ database: 'x' });
    },
  );

  it.each(['users.json', './out/db.users.JSONL', '/var/x.ndjson', 'x.json.gz', 'x.jsonl.gz'])(
    'takes %s as an export',
    (path) => {
      expect(parseSourceAddress(path)).toEqual({ kind: 'export', path, database: undefined });
      expect(parseSourceAddress(`file:///var/${path.replace(/^.*\//, '')}`)).toMatchObject({
        kind: 'export',
      });
    },
  );

  it('takes a file URL', () => {
    expect(parseSourceAddress('file:///var/my%20dump')).toMatchObject({ kind: 'dump', path: '/var/my dump' });
  });

  it.each([
    '',
    ' ',
    'postgres://host/shop',
    'mongo://host/shop',
    'https://user:canary@example.com',
    'mongodb://',
    'mongodb:///shop',
    'mongodb://user:can/ary@host/shop',
    'mongodb://host/%zz',
    'file://elsewhere/dump',
  ])('refuses %j without repeating it', (text) => {
    const error = caught(() => parseSourceAddress(text));
    expect(error).toMatchObject({ code: 'settings-invalid' });
    expect(String(error)).not.toMatch(/canary|ary@/);
  });
});

function caught(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
