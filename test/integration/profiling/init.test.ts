import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Binary, type Document, Double, Int32, Long, ObjectId, serialize, Timestamp, UUID } from 'bson';
import { beforeEach, expect, test } from 'vitest';
import { loadSettings } from '../../../src/config/load-settings.ts';
import type { InitReport } from '../../../src/report/init-report.ts';
import { init } from '../../../src/resources/init.ts';
import { createProject } from '../../support/bson-dump.ts';
import { compareCopy } from '../../support/independent-check/compare-copy.ts';
import { createControl } from '../../support/migrate-directly.ts';
import { nestedDocument, raw, rawDocument } from '../../support/raw-bson.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();

const id = (n: number): ObjectId => new ObjectId(n.toString(16).padStart(24, '0'));
const many = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

async function proposeHere(force = false): Promise<InitReport> {
  const { dir, source } = pipeline.project;
  const settings = await loadSettings('init', { dir, source }, {}, '/');
  return init(settings, createControl(), { sample: undefined, force, names: 'snake' });
}

const read = (file: string): string => readFileSync(join(pipeline.project.dir, file), 'utf8');

function writeMetadata(collection: string, indexes: readonly Document[]): void {
  const text = JSON.stringify({
    indexes,
    uuid: 'a'.repeat(32),
    collectionName: collection,
    type: 'collection',
  });
  writeFileSync(join(pipeline.project.source, 'shop', `${collection}.metadata.json`), text);
}

/** Everything at once that a mapping could stumble over. */
const nasty: Readonly<Record<string, readonly (Document | Uint8Array)[]>> = {
  users: many(50, (n) => ({
    _id: id(n),
    email: `user${n}@example.org`,
    seenAt: new Date(n * 1e9),
    level: n % 2 === 0 ? 'gold' : 'silver',
    address: n % 10 === 0 ? null : { city: `city ${n}`, geo: { lat: n + 0.5, lon: -n - 0.25 } },
  })),
  orders: many(60, (n) => ({
    _id: new Int32(n),
    userId: id(n % 50),
    formerUser: id(n),
    total: new Double(n / 4),
    lines: many(n % 4, (line) => ({
      sku: `sku-${line}`,
      count: new Int32(line),
      discounts: many(line % 2, () => ({ code: 'X', rate: new Double(0.5) })),
      tags: ['a', null, 'b\0c'],
    })),
    path: [
      [new Double(1.5), new Double(2.5)],
      [new Double(3.5), new Double(n + 0.5)],
    ],
    polygon: [[[new Double(0.5), new Double(1)]], []],
  })),
  'odd.names & keys': many(40, (n) => ({
    _id: n % 3 === 0 ? `text ${n}` : n % 3 === 1 ? new Long(n) : new UUID(),
    userName: 'a',
    user_name: 'b',
    UserName: 'c',
    order: n,
    'a.b': { '': 1, $c: 'x', '"': 'y', xmin: true },
    id: n,
    extra: 'taken',
    __proto__x: 1,
  })),
  maps: many(30, (n) => ({
    _id: { tenant: n, number: new Long(n) },
    byDay: Object.fromEntries(many(n, (day) => [`2024-01-${day}`, new Int32(day)])),
    mixed: n % 2 === 0 ? new Int32(n) : `text ${n}`,
    shape: n % 3 === 0 ? {} : n % 3 === 1 ? { a: 1 } : undefined,
    ts: new Timestamp({ t: n, i: 1 }),
    bytes: new Binary(Buffer.from([n]), 0),
  })),
  wide: many(3, (n) => ({
    _id: id(n),
    ...Object.fromEntries(
      many(900, (key) => [
        `field${String.fromCharCode(97 + (key % 26))}${key}x`,
        `value ${key} ${'y'.repeat(40)}`,
      ]),
    ),
  })),
  keys: [serialize({ _id: 1, ...Object.fromEntries(many(95_000, (key) => [`k${key}`, key])) })],
  deep: [
    rawDocument([
      ['_id', raw.objectId('65a1b2c3d4e5f60718293a4b')],
      ['nested', { type: 3, bytes: nestedDocument(500) }],
    ]),
    rawDocument([
      ['_id', raw.objectId('65a1b2c3d4e5f60718293a4c')],
      ['twice', raw.int32(1)],
      ['twice', raw.int32(2)],
    ]),
    rawDocument([
      ['_id', raw.objectId('65a1b2c3d4e5f60718293a4d')],
      ['text', raw.string(Buffer.from([0xff]))],
    ]),
  ],
  long: many(3, (n) => ({ _id: `${n}${'x'.repeat(4000)}`, n })),
  empty: [],
};

beforeEach(() => {
  pipeline.project = createProject({}, nasty);
  writeMetadata('users', [
    { v: 2, key: { _id: 1 }, name: '_id_' },
    { v: 2, key: { email: 1 }, name: 'email_1', unique: true },
    { v: 2, key: { 'address.city': 1, level: -1 }, name: 'city' },
    { v: 2, key: { seenAt: 1 }, name: 'ttl', expireAfterSeconds: 3600 },
    { v: 2, key: { level: 1 }, name: 'gold', partialFilterExpression: { level: 'gold' } },
    { v: 2, key: { _fts: 'text', _ftsx: 1 }, name: 'search', weights: { email: 1 } },
  ]);
  writeMetadata('orders', [
    { v: 2, key: { _id: 1 }, name: '_id_' },
    { v: 2, key: { 'lines.sku': 1 }, name: 'skus' },
    { v: 2, key: { userId: 'hashed' }, name: 'user_hashed' },
  ]);
});

test('a nasty database loads with what init proposes, but for documents that are damaged', async () => {
  const report = await proposeHere();
  expect(report.exitCode).toBe(0);
  const migration = await pipeline.migrate();
  expect(await pipeline.rejections()).toEqual([
    expect.stringContaining('deep document-duplicate-key twice'),
    expect.stringContaining('deep value-invalid-utf8 text'),
  ]);
  expect(migration.errors).toEqual([]);
  const documents = Object.values(nasty).reduce((sum, list) => sum + list.length, 0);
  expect(migration.totals).toMatchObject({ read: documents, loaded: documents - 2 });
});

test('values arrive in columns, child tables, grandchild tables and the rest column', async () => {
  await proposeHere();
  await pipeline.migrate();
  expect(await pipeline.query('select * from orders where id = 7')).toMatchObject([
    { user_id: id(7).toHexString(), total: 1.75 },
  ]);
  expect(await pipeline.values('select count(*)::int from order_lines')).toEqual([90]);
  expect(await pipeline.query('select * from order_line_discounts where order_id = 7')).toMatchObject([
    { order_id: 7, order_line_position: 1, position: 0, code: 'X', rate: 0.5 },
  ]);
  expect(await pipeline.values('select tags from order_lines where order_id = 1')).toEqual([
    ['a', null, 'b\\0c'],
  ]);
  expect(
    await pipeline.values('select "values" from order_path where order_id = 7 order by position'),
  ).toEqual([
    [1.5, 2.5],
    [3.5, 7.5],
  ]);
  expect(await pipeline.values('select extra from users where address_city is null limit 1')).toEqual([
    { address: null },
  ]);
});

test('an `_id` too long for an index has a key made from it, and a column of its own', async () => {
  await proposeHere();
  await pipeline.migrate();
  expect(await pipeline.values('select left(_id #>> array[]::text[], 2) from long order by n')).toEqual([
    '0x',
    '1x',
    '2x',
  ]);
});

test('references are found in the data, and indexes translated', async () => {
  await proposeHere();
  const orders = read('mappings/orders.yaml');
  expect(orders).toMatch(/user_id: .*references: users\.id \}/);
  expect(orders).toMatch(/former_user: .*references: users\.id, orphans: allow/);
  expect(orders).toContain('83.3 % of 60 exist in users.id');
  expect(orders).toContain('{ columns: [user_id], method: hash }');
  expect(orders).toContain('{ columns: [sku] }');
  const users = read('mappings/users.yaml');
  expect(users).toContain('{ columns: [email], unique: true }');
  expect(users).toContain('{ columns: [address_city, level] }');
  expect(users).toContain(`where: "\\"level\\" = 'gold'"`);
  expect(users).toContain(`delete from "users" where "seen_at" < now() - interval '3600 seconds'`);
  expect(users).toContain('check: [gold, silver]  (2 values in 50)');
});

test('what is unique because others refer to it is not said twice', async () => {
  const emails = many(30, (n) => `reader${n}@example.org`);
  pipeline.project = createProject(
    {},
    {
      users: emails.map((email, n) => ({ _id: id(n), email })),
      loans: emails.map((user, n) => ({ _id: n, user })),
      transactions: many(5, (n) => ({ _id: n, transactions: [{ amount: n }, { amount: 2 }] })),
    },
  );
  writeMetadata('users', [
    { v: 2, key: { _id: 1 }, name: '_id_' },
    { v: 2, key: { email: 1 }, name: 'email_1', unique: true },
  ]);
  await proposeHere();
  expect(read('mappings/loans.yaml')).toContain('references: users.email');
  const users = read('mappings/users.yaml');
  expect(users).toMatch(/email: .*unique: true/);
  expect(users).not.toContain('indexes:');
  expect(read('mappings/transactions.yaml')).toContain('transaction_items:');
  expect(await pipeline.migrate()).toMatchObject({ exitCode: 0 });
});

test('the same data gives the same files, which are not overwritten', async () => {
  const { files } = await proposeHere();
  const first = files.map(read);
  await expect(proposeHere()).rejects.toMatchObject({ code: 'project-exists' });
  const again = await proposeHere(true);
  expect(again.kept).toEqual(['docrow.yaml']);
  expect(files.map(read)).toEqual(first);
  expect(existsSync(join(pipeline.project.dir, 'transforms'))).toBe(false);
});

test('every field of every document is in PostgreSQL, as a program sees that shares no code', async () => {
  await proposeHere();
  await pipeline.migrate();
  const { dir, source } = pipeline.project;
  // Its key is made from the `_id`, so that program cannot look for it.
  rmSync(join(dir, 'mappings', 'long.yaml'));
  const compared = await compareCopy(dir, join(source, 'shop'), pipeline.uri);
  expect(
    compared.flatMap(({ collection, differences }) => differences.map((one) => `${collection}: ${one}`)),
  ).toEqual([]);
  expect(compared.reduce((sum, { documents }) => sum + documents, 0)).toBeGreaterThan(100);
});
