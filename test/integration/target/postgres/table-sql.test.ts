import { expect, onTestFinished, test } from 'vitest';
import { loadMappings } from '../../../../src/mapping/load-mappings.ts';
import type { CollectionMapping } from '../../../../src/mapping/mapping.ts';
import { PostgresSchema } from '../../../../src/target/postgres/postgres-schema.ts';
import { createProject, mappingYaml } from '../../../support/bson-dump.ts';
import { usePipeline } from '../../../support/use-pipeline.ts';

const pipeline = usePipeline();

const users = mappingYaml({ collection: 'users', columns: ['id: { from: _id, type: bigint }'] });
const orders = mappingYaml({
  collection: 'orders',
  key: ['tenant', 'id'],
  columns: ['tenant: { from: tenant, type: varchar(8) }', 'id: { from: id, type: "numeric(10,2)" }'],
  children: {
    lines: {
      key: ['tenant', 'order_id', 'n'],
      columns: [
        'tenant: { from: ^tenant }',
        'order_id: { from: ^id }',
        'n: { from: $index, type: integer }',
        'kind: { from: kind, type: text, check: [a, b] }',
        'serial: { from: serial, type: text, unique: true }',
        'user_id: { from: user, type: bigint, references: users.id, orphans: "null" }',
      ],
      more: [
        'each: lines',
        'rest: { column: extra, type: jsonb }',
        'indexes:',
        '  - { columns: [kind] }',
        '  - { columns: [order_id], unique: true, where: "kind = \'a\'" }',
      ],
    },
    notes: {
      key: ['tenant', 'order_id', 'line', 'note'],
      columns: [
        'tenant: { from: ^tenant }',
        'order_id: { from: ^order_id }',
        'line: { from: ^n }',
        'note: { from: $item, type: text }',
      ],
      more: ['parent: lines', 'each: notes'],
    },
  },
});

async function loadCollections(): Promise<readonly CollectionMapping[]> {
  const project = createProject({ 'mappings/orders.yaml': orders, 'mappings/users.yaml': users });
  onTestFinished(() => project.remove());
  return (await loadMappings({ projectFolder: project.dir })).collections;
}

const definitions = (): Promise<unknown[]> =>
  pipeline.values(
    `select t.relname || ' ' || c.conname || ' ' || pg_get_constraintdef(c.oid) from pg_constraint c
      join pg_class t on t.oid = c.conrelid where t.relnamespace = 'public'::regnamespace and c.contype <> 'n'
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable
      from information_schema.columns where table_schema = 'public'
    order by 1`,
  );

test('what `docrow schema` prints runs, and is what a migration makes', async () => {
  const collections = await loadCollections();
  const schema = new PostgresSchema(pipeline.uri, 'public');
  await schema.apply(collections);
  await schema.close();
  const applied = await definitions();
  expect(applied).toContain(
    'notes notes_parent_fkey FOREIGN KEY (tenant, order_id, line) REFERENCES lines(tenant, order_id, n) DEFERRABLE INITIALLY DEFERRED',
  );
  expect(applied).toContain('lines order_id numeric NO');
  expect(applied).toContain('lines n integer NO');
  expect(applied).toContain('lines kind text YES');

  await pipeline.query('drop schema public cascade; create schema public');
  pipeline.project = createProject(
    { 'mappings/orders.yaml': orders, 'mappings/users.yaml': users },
    {
      users: [{ _id: 1 }],
      orders: [
        {
          _id: 'any',
          tenant: 't',
          id: 1.5,
          lines: [
            { kind: 'a', serial: 's', user: 1, notes: ['x'] },
            { kind: 'b', user: 2, notes: ['x', 'y'], more: true },
          ],
        },
      ],
    },
  );
  const report = await pipeline.migrate();
  expect(report).toMatchObject({ exitCode: 0, validation: { verdict: 'match' } });
  expect(report.totals.rows).toBe(7);
  expect(await definitions()).toEqual(applied);
});
