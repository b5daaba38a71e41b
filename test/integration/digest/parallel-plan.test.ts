import { expect, test } from 'vitest';
import { digestForms } from '../../../src/digest/digest-form.ts';
import { loadMappings } from '../../../src/mapping/load-mappings.ts';
import { closePostgres, connectPostgres, type PostgresClient } from '../../../src/target/postgres/connect.ts';
import { selectBucketSums } from '../../../src/target/postgres/digest/select-digests.ts';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();

const types = [
  'smallint',
  'integer',
  'bigint',
  'numeric',
  'numeric(12,3)',
  'real',
  'double precision',
  'boolean',
  'text',
  'varchar(5)',
  'uuid',
  'bytea',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'jsonb',
  'json',
  'text[]',
  'numeric[]',
];

const mapping = mappingYaml({
  collection: 'c',
  columns: [
    'id: { from: _id, type: integer }',
    ...types.map((type, n) => `c${n}: { from: f${n}, type: "${type}" }`),
  ],
  children: {
    items: {
      key: ['c_id', 'n'],
      columns: ['c_id: { from: ^id }', 'n: { from: $index }', 'item: { from: $item, type: text }'],
      more: ['each: items'],
    },
  },
});

/** Asks for the plan of each query in place of its rows. */
const planning = (client: PostgresClient, plans: string[]): PostgresClient =>
  ({
    query: async (config: { text: string }) => {
      const { rows } = await client.query({ ...config, text: `explain ${config.text}` } as never);
      plans.push((rows as unknown[][]).join('\n'));
      return { rows: [] };
    },
  }) as never;

test.each(digestForms)('PostgreSQL may use workers of its own for digests of the form %s', async (form) => {
  pipeline.project = createProject({ 'mappings/c.yaml': mapping }, { c: [{ _id: 1, items: ['a'] }] });
  await pipeline.migrate({ validate: false });
  const { collections } = await loadMappings({ projectFolder: pipeline.project.dir, schema: 'public' });
  const collection = collections[0]!;
  const client = await connectPostgres(pipeline.uri);
  try {
    // Puts every plan that may run in a worker into one; it was renamed in version 16.
    await client.query(
      "select set_config(name, 'on', false) from pg_settings where name in ('debug_parallel_query', 'force_parallel_mode')",
    );
    const plans: string[] = [];
    for (const table of collection.tables) {
      for (const leftOut of [[], [1n, -5n]]) {
        const plan = { form, buckets: 256 };
        await selectBucketSums(planning(client, plans), 'public', collection, table, plan, leftOut);
      }
    }
    expect(plans).toHaveLength(4);
    for (const plan of plans) expect(plan).toMatch(/^Gather/);
  } finally {
    await closePostgres(client);
  }
});
