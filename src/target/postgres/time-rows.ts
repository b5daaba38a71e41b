import type { ProbedTable, ProbeTable } from '../target-probe.ts';
import type { PostgresClient } from './connect.ts';
import { CopyRows } from './copy-rows.ts';
import { documentKeyPrefix } from './document-key-prefix.ts';
import { quoteName, quoteNames, quoteTable } from './quote.ts';

const secondsSince = (start: number): number => (performance.now() - start) / 1000;

/**
 * Copies rows into temporary tables and indexes them, to see how long it takes and how much room they need. The
 * transaction is rolled back, so that not even the catalogue keeps a trace.
 * @returns undefined when the role may not have temporary tables
 */
export async function timeRows(
  client: PostgresClient,
  tables: readonly ProbeTable[],
): Promise<readonly ProbedTable[] | undefined> {
  const allowed = await client.query(
    "select pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMP') as allowed",
  );
  if (allowed.rows[0].allowed !== true) return undefined;
  await client.query('begin');
  try {
    const probed: ProbedTable[] = [];
    for (const [index, table] of tables.entries()) {
      probed.push(await timeTable(client, `docrow_plan_${index}`, table));
    }
    return probed;
  } finally {
    await client.query('rollback').catch(() => undefined);
  }
}

async function timeTable(
  client: PostgresClient,
  name: string,
  { columns, key, pages }: ProbeTable,
): Promise<ProbedTable> {
  const relation = quoteTable('pg_temp', name);
  const definitions = columns.map((column) => `${quoteName(column.name)} ${column.type}`);
  await client.query(`create temporary table ${quoteName(name)} (${definitions.join(', ')}) on commit drop`);
  const start = performance.now();
  const copy = new CopyRows(
    client,
    `copy ${relation} (${quoteNames(columns.map((column) => column.name))}) from stdin with (format binary)`,
  );
  try {
    for (const page of pages) await copy.write(page);
    await copy.finish();
  } catch (error) {
    await copy.abort();
    throw error;
  }
  const copySeconds = secondsSince(start);
  const indexed = key === undefined ? documentKeyPrefix('id') : quoteNames(key);
  const indexStart = performance.now();
  // Not unique: a sample may hold documents that a load would set aside.
  await client.query(`create index ${quoteName(`${name}_key`)} on ${relation} (${indexed})`);
  const indexSeconds = secondsSince(indexStart);
  const { rows } = await client.query(
    `select pg_catalog.pg_table_size($1::regclass) as table_bytes, pg_catalog.pg_indexes_size($1::regclass) as index_bytes`,
    [relation],
  );
  return {
    copySeconds,
    indexSeconds,
    tableBytes: Number(rows[0].table_bytes),
    indexBytes: Number(rows[0].index_bytes),
  };
}
