import type { PostgresClient } from './connect.ts';
import { quoteNames, quoteTable } from './quote.ts';
import type { MadeObject } from './table-sql.ts';

const indexSql = `select from pg_catalog.pg_index i
  join pg_catalog.pg_class c on c.oid = i.indexrelid
  join pg_catalog.pg_class t on t.oid = i.indrelid
  join pg_catalog.pg_namespace n on n.oid = t.relnamespace
  where n.nspname = $1 and t.relname = $2 and c.relname = $3 and i.indisvalid`;

const constraintSql = `select from pg_catalog.pg_constraint c
  join pg_catalog.pg_class t on t.oid = c.conrelid
  join pg_catalog.pg_namespace n on n.oid = t.relnamespace
  where n.nspname = $1 and t.relname = $2 and c.conname = $3`;

const primaryKeySql = `select from pg_catalog.pg_constraint c
  join pg_catalog.pg_class t on t.oid = c.conrelid
  join pg_catalog.pg_namespace n on n.oid = t.relnamespace
  where n.nspname = $1 and t.relname = $2 and c.contype = 'p' and array(
    select a.attname::text from unnest(c.conkey) with ordinality as k (number, place)
    join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = k.number order by k.place
  ) = $3::text[]`;

/** Whether an index or constraint is in the catalogue. */
export async function isMade(client: PostgresClient, made: MadeObject): Promise<boolean> {
  const { schema, table, name, primaryKey } = made;
  const sql = made.kind === 'index' ? indexSql : constraintSql;
  const found = await client.query(sql, [schema, table, name]);
  if (found.rowCount !== 0) return true;
  if (primaryKey === undefined) return false;
  return (await client.query(primaryKeySql, [schema, table, [...primaryKey]])).rowCount !== 0;
}

/** Columns of a unique index over whole rows and plain columns; none for another one. */
export async function uniqueColumns(
  client: PostgresClient,
  schema: string,
  table: string,
  index: string,
): Promise<readonly string[]> {
  const { rows } = await client.query(
    `select array(
      select a.attname::text from unnest(i.indkey) with ordinality as k (number, place)
      join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = k.number
      where k.place <= i.indnkeyatts order by k.place
    ) as columns
    from pg_catalog.pg_index i
    join pg_catalog.pg_class c on c.oid = i.indexrelid
    join pg_catalog.pg_class t on t.oid = i.indrelid
    join pg_catalog.pg_namespace n on n.oid = t.relnamespace
    where n.nspname = $1 and t.relname = $2 and c.relname = $3
      and i.indisunique and i.indexprs is null and i.indpred is null`,
    [schema, table, index],
  );
  return rows[0]?.columns ?? [];
}

/** A constraint as PostgreSQL prints it; undefined when it is not there. */
export async function constraintDefinition(
  client: PostgresClient,
  schema: string,
  table: string,
  name: string,
): Promise<string | undefined> {
  const { rows } = await client.query(
    `select pg_catalog.pg_get_constraintdef(c.oid) as definition from pg_catalog.pg_constraint c
    join pg_catalog.pg_class t on t.oid = c.conrelid
    join pg_catalog.pg_namespace n on n.oid = t.relnamespace
    where n.nspname = $1 and t.relname = $2 and c.conname = $3`,
    [schema, table, name],
  );
  return rows[0]?.definition;
}

export async function schemaExists(client: PostgresClient, schema: string): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_catalog.pg_namespace where nspname = $1', [schema]);
  return rowCount !== 0;
}

export async function tableExists(client: PostgresClient, schema: string, table: string): Promise<boolean> {
  const { rows } = await client.query('select pg_catalog.to_regclass($1) is not null as found', [
    quoteTable(schema, table),
  ]);
  return rows[0].found === true;
}

/** Tables outside of `tables` that refer to one of them. */
export async function referringTables(
  client: PostgresClient,
  schema: string,
  tables: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await client.query(
    `select distinct r.relname as name from pg_catalog.pg_constraint c
    join pg_catalog.pg_class r on r.oid = c.conrelid
    join pg_catalog.pg_class t on t.oid = c.confrelid
    join pg_catalog.pg_namespace n on n.oid = t.relnamespace
    where c.contype = 'f' and n.nspname = $1 and t.relname = any($2::text[])
      and not (r.relnamespace = t.relnamespace and r.relname = any($2::text[]))
    order by 1`,
    [schema, [...tables]],
  );
  return rows.map((row) => String(row.name));
}

export async function countTableRows(client: PostgresClient, schema: string, table: string): Promise<number> {
  const { rows } = await client.query(`select count(*) as rows from ${quoteTable(schema, table)}`);
  return Number(rows[0].rows);
}

/** Drops constraints of a table, those of these names that are there. */
export async function dropConstraints(
  client: PostgresClient,
  schema: string,
  table: string,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    await client.query(
      `alter table ${quoteTable(schema, table)} drop constraint if exists ${quoteNames([name])}`,
    );
  }
}
