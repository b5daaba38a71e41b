import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { MigrationReport } from '../../../src/report/migration-report.ts';
import { bsonOf, createProject, type TestProject } from '../../support/bson-dump.ts';
import { createControl, migrateDirectly, stopAfter } from '../../support/migrate-directly.ts';
import { planDirectly } from '../../support/plan-directly.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres-server.ts';
import { queryTarget } from '../../support/target-content.ts';

/** The repository is itself a project: its mappings are those of the fixture. */
const repository = fileURLToPath(new URL('../../..', import.meta.url));

const orders = `collection: orders
tables:
  orders:
    key: [id]
    columns:
      id: { from: _id, type: integer }
      status: { from: status, type: text, default: open }
      total: { from: total, type: numeric }
      shipped: { from: shipped, type: date, mismatch: "null" }
    rest: extra
  order_lines:
    each: lines
    key: [order_id, position]
    columns:
      order_id: { from: ^id }
      position: { from: $index }
      sku: { from: sku, type: text, required: true }
    rest: extra
`;
const documents = Array.from({ length: 200 }, (_, n) => ({
  _id: n,
  ...(n % 10 === 0 ? {} : { status: 'sent' }),
  total: n % 50 === 0 ? 'much' : n,
  ...(n % 4 === 0 ? { shipped: 'never' } : {}),
  ...(n % 5 === 0 ? { color: 'red', size: { height: 1 } } : {}),
  lines: Array.from({ length: n % 3 }, (_line, at) => (n === 7 ? {} : { sku: `s${at}`, gift: true })),
}));

let database: TestDatabase;
let project: TestProject;

const sql = (text: string) => queryTarget(database.uri, text);
const options = (more: Readonly<Record<string, unknown>> = {}) => ({
  source: project.source,
  target: database.uri,
  dir: project.dir,
  ...more,
});
/** Everything that a catalogue says about relations, schemas, types and privileges. */
const catalogue = async () =>
  JSON.stringify([
    await sql(
      'select oid::text, relname, relnamespace::text, relfilenode::text, relacl::text from pg_class order by oid',
    ),
    await sql('select oid::text, nspname, nspacl::text from pg_namespace order by oid'),
    await sql('select oid::text, typname from pg_type order by oid'),
    await sql('select relname, n_tup_ins::text, n_tup_del::text from pg_stat_user_tables order by relname'),
  ]);

beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql('drop schema if exists docrow cascade; drop schema public cascade; create schema public');
  project = createProject({ 'mappings/orders.yaml': orders }, { orders: documents });
  return () => project.remove();
});

const groups = ({ rejections }: Pick<MigrationReport, 'rejections'>) =>
  rejections.map(({ code, path, documents: count }) => `${code} ${path} ${count}`).sort();

const keys = ['table', 'column', 'kind', 'path', 'documents'];

describe('plan', () => {
  test('predicts what migrate then does, and leaves no trace in the target', async () => {
    const before = await catalogue();
    const plan = await planDirectly(options());
    expect(await catalogue()).toBe(before);
    const report = await migrateDirectly(options());
    const [planned] = plan.collections;
    const [loaded] = report.collections;
    expect(planned).toMatchObject({
      read: loaded?.read,
      loaded: loaded?.loaded,
      rejected: loaded?.rejected,
      filtered: loaded?.filtered,
      bytes: loaded?.bytes,
      rows: loaded?.rows,
    });
    expect(planned?.rejected).toBe(5);
    expect(
      groups({ rejections: planned!.rejections.map((one) => ({ collection: 'orders', ...one })) }),
    ).toEqual(groups(report));
    const inOrder = (adjustments: readonly object[]) =>
      adjustments.map((one) => JSON.stringify(one, keys)).sort();
    expect(inOrder(planned!.adjustments)).toEqual(inOrder(report.adjustments));
  });

  test('declares losses with their documents', async () => {
    const { collections } = await planDirectly(options());
    const losses = collections[0]!.declaredLosses.map(
      ({ path, kind, documents: count }) => `${path} ${kind} ${count}`,
    );
    const loaded = documents.filter(({ _id, total }) => total !== 'much' && _id !== 7);
    expect(losses).toEqual([
      `lines empty-array ${loaded.filter(({ lines }) => lines.length === 0).length}`,
      `shipped mismatch-null ${loaded.filter(({ shipped }) => shipped !== undefined).length}`,
      `status filled-in ${loaded.filter(({ status }) => status === undefined).length}`,
      `total number-type ${loaded.length}`,
    ]);
  });

  test('proposes columns for fields that no column takes', async () => {
    const { collections } = await planDirectly(options());
    expect(collections[0]!.newFields).toEqual(
      expect.arrayContaining([
        {
          table: 'orders',
          path: 'color',
          documents: 36,
          type: 'text',
          alter: 'alter table "public"."orders" add column "color" text;',
          mapping: 'color: { from: color, type: text }',
        },
        expect.objectContaining({ table: 'orders', path: 'size', type: undefined }),
        expect.objectContaining({
          table: 'order_lines',
          path: 'gift',
          alter: 'alter table "public"."order_lines" add column "gift" boolean;',
        }),
      ]),
    );
  });

  test('says what it costs, with the tables and the DDL', async () => {
    const plan = await planDirectly(options({ maxRejects: '5' }));
    expect(plan).toMatchObject({
      verdict: 'ready, with losses declared',
      exitCode: 0,
      reasons: [],
      errors: [],
    });
    expect(plan.time.seconds).toBeGreaterThan(0);
    expect(plan.time.basis).toContain('temporary tables');
    expect(plan.disk.tableBytes).toBeGreaterThan(8192);
    expect(plan.disk.indexBytes).toBeGreaterThan(8192);
    expect(plan.tables).toEqual([
      { table: 'orders', state: 'missing' },
      { table: 'order_lines', state: 'missing' },
    ]);
    expect(plan.ddl).toContain('create table "public"."order_lines"');
    expect(plan.changeHistory).toEqual({ kind: 'none', reason: 'Files do not change' });
  });

  test('more documents than --max-rejects allows: not ready, exit 6', async () => {
    const plan = await planDirectly(options({ maxRejects: '4' }));
    expect(plan).toMatchObject({ verdict: 'not ready', exitCode: 6 });
  });

  test('a sample is projected to all documents, and says so', async () => {
    const many = Array.from({ length: 2000 }, (_, n) => ({ _id: n, total: 1, lines: [{ sku: 'a' }] }));
    writeFileSync(project.file('orders'), bsonOf(many));
    const plan = await planDirectly(options({ sample: 100 }));
    expect(plan.isSample).toBe(true);
    const [planned] = plan.collections;
    expect(planned?.examined).toBe(100);
    expect(planned!.read).toBeGreaterThan(1500);
    expect(planned!.read).toBeLessThan(2500);
    expect(planned!.rows['order_lines']).toBe(planned!.read);
  });

  test('is stopped by a signal', async () => {
    const control = createControl();
    const soft = AbortSignal.abort();
    await expect(
      planDirectly(options(), { ...control, signal: { ...control.signal, soft } }),
    ).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('without a target it says what is not known', async () => {
    const plan = await planDirectly({ source: project.source, dir: project.dir });
    expect(plan.notes.join()).toContain('No target is given');
    expect(plan.time.seconds).toBeGreaterThan(0);
    expect(plan.tables).toEqual([]);
  });

  test('an embedded PostgreSQL that does not run is not started', async () => {
    const plan = await planDirectly(options({ target: 'embedded:' }));
    expect(plan.notes.join()).toContain('is not running');
    expect(existsSync(join(project.dir, '.docrow'))).toBe(false);
  });

  test('a target that cannot be reached stands in the way, and the rest is told', async () => {
    const plan = await planDirectly(options({ target: 'postgres://127.0.0.1:1/none', maxRejects: '9' }));
    expect(plan).toMatchObject({ verdict: 'not ready', exitCode: 4 });
    expect(plan.errors.map(({ code }) => code)).toEqual(['target-unreachable']);
    expect(plan.collections[0]?.read).toBe(200);
  });

  test('a collection that the source does not have', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'docrow-empty-'));
    writeFileSync(join(empty, 'others.bson'), bsonOf([{ _id: 1 }]));
    const plan = await planDirectly(options({ source: empty }));
    rmSync(empty, { recursive: true });
    expect(plan.errors).toMatchObject([{ code: 'source-not-found', location: 'mappings/orders.yaml' }]);
    expect(plan.verdict).toBe('not ready');
  });
});

describe('the dump of a real tool', () => {
  test('the rejections predicted are those that migrate makes, but for what only the loaded tables tell', async () => {
    const given = options({ source: join(repository, 'test/fixtures/imagegen/dump'), dir: repository });
    const plan = await planDirectly(given);
    const report = await migrateDirectly(given);
    const later = new Set(['duplicate-value', 'reference-missing', 'reference-set-aside']);
    const ofPlan = plan.collections.flatMap(({ collection, rejections }) =>
      rejections.map((one) => ({ collection, ...one })),
    );
    const ofLoad = report.rejections.filter(({ code }) => !later.has(code));
    expect(ofPlan.length).toBeGreaterThan(3);
    expect(groups({ rejections: ofPlan })).toEqual(groups({ rejections: ofLoad }));
    for (const one of [plan.time.seconds, plan.disk.tableBytes, plan.disk.indexBytes]) {
      expect(one).toBeGreaterThan(0);
      expect(Number.isFinite(one)).toBe(true);
    }
    const [{ bytes }] = (await sql(
      "select sum(pg_table_size(oid))::float8 as bytes from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
    )) as [{ bytes: number }];
    expect(plan.disk.tableBytes / bytes).toBeGreaterThan(0.5);
    expect(plan.disk.tableBytes / bytes).toBeLessThan(2);
  });
});

describe('a target that is not empty', () => {
  test('rows of others: exit 5', async () => {
    await sql(
      'create table orders (id integer not null, status text, total numeric, shipped date, extra jsonb); insert into orders values (1)',
    );
    const plan = await planDirectly(options({ maxRejects: '9' }));
    expect(plan.exitCode).toBe(5);
    expect(plan.errors).toMatchObject([{ code: 'target-not-empty', location: 'orders' }]);
    expect(plan.tables).toContainEqual({ table: 'orders', state: 'unusable' });
  });

  test('a run that is not finished goes on; one with another mapping does not', async () => {
    await migrateDirectly(options({ chunkDocuments: '50' }), stopAfter(1));
    const before = await catalogue();
    const plan = await planDirectly(options({ maxRejects: '9' }));
    expect(await catalogue()).toBe(before);
    expect(plan.exitCode).toBe(0);
    expect(plan.run).toContain('unfinished run');
    expect(plan.tables).toContainEqual({ table: 'orders', state: 'loaded' });
    writeFileSync(join(project.dir, 'mappings/orders.yaml'), orders.replace('default: open', 'default: new'));
    const changed = await planDirectly(options({ maxRejects: '9' }));
    expect(changed.errors).toMatchObject([{ code: 'mapping-changed', location: 'mappings/orders.yaml' }]);
    expect(changed.exitCode).toBe(5);
  });
});

describe('a role without privileges', () => {
  const role = `plan_reader_${process.pid}`;
  const asRole = () => {
    const uri = new URL(database.uri);
    uri.username = role;
    uri.password = 'secret';
    return uri.href;
  };
  beforeEach(async () => {
    await sql(`drop role if exists ${role}`);
    await sql(`create role ${role} login password 'secret'`);
    await sql(`revoke all on schema public from public`);
    const [{ name }] = (await sql('select current_database() as name')) as [{ name: string }];
    await sql(`revoke temporary on database ${name} from public`);
    return async () => {
      await sql(`drop owned by ${role}; drop role ${role}; grant temporary on database ${name} to public`);
    };
  });

  test('learns the exact statements, which then are enough', async () => {
    const plan = await planDirectly(options({ target: asRole(), maxRejects: '9', insecureArgv: true }));
    expect(plan).toMatchObject({ verdict: 'not ready', exitCode: 4 });
    expect(plan.time.basis).toContain('could not be had');
    const statements = plan.privileges.map(({ statement }) => statement);
    expect(statements).toEqual([
      expect.stringMatching(new RegExp(`^grant create on database "docrow_test_.*" to "${role}";$`)),
      `grant usage, create on schema "public" to "${role}";`,
    ]);
    for (const statement of statements) await sql(statement);
    const after = await planDirectly(options({ target: asRole(), maxRejects: '9', insecureArgv: true }));
    expect(after).toMatchObject({ exitCode: 0, privileges: [] });
    const report = await migrateDirectly(options({ target: asRole(), maxRejects: '9', insecureArgv: true }));
    expect(report.exitCode).toBe(0);
  });
});
