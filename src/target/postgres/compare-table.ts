import { DocrowError } from '../../errors/docrow-error.ts';
import type { ColumnType, TableMapping } from '../../mapping/mapping.ts';
import type { PostgresClient } from './connect.ts';
import { quoteTable } from './quote.ts';

interface ExistingColumn {
  readonly name: string;
  /** As `format_type` prints it. */
  readonly type: string;
  readonly isNeeded: boolean;
  readonly isNotNull: boolean;
}

/** A column type as PostgreSQL's `format_type` prints it. */
export function catalogueType(type: ColumnType): string {
  const array = type.array ? '[]' : '';
  switch (type.name) {
    case 'varchar':
      return type.length === undefined
        ? `character varying${array}`
        : `character varying(${type.length})${array}`;
    case 'numeric':
      return type.precision === undefined
        ? `numeric${array}`
        : `numeric(${type.precision},${type.scale ?? 0})${array}`;
    case 'time':
      return `time without time zone${array}`;
    case 'timestamp':
      return `timestamp without time zone${array}`;
    case 'timestamptz':
      return `timestamp with time zone${array}`;
    default:
      return type.name + array;
  }
}

export async function readColumns(
  client: PostgresClient,
  schema: string,
  table: string,
): Promise<ExistingColumn[]> {
  const { rows } = await client.query(
    `select a.attname as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = '' as is_needed,
      a.attnotnull as is_not_null
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
    order by a.attnum`,
    [schema, table],
  );
  return rows.map((row) => ({
    name: row.name,
    type: row.type,
    isNeeded: row.is_needed,
    isNotNull: row.is_not_null,
  }));
}

/**
 * Compares a table that is there with its mapping.
 *
 * COPY BINARY writes bytes that PostgreSQL trusts to be of the column's type, so types must be the very same. Columns
 * that the mapping does not know are left alone, unless they cannot be left out.
 * @returns false when there is no such table
 * @throws DocrowError `target-table-differs` with every difference
 */
export async function compareTable(
  client: PostgresClient,
  schema: string,
  table: TableMapping,
): Promise<boolean> {
  const existing = await readColumns(client, schema, table.name);
  if (existing.length === 0) return false;
  const wanted = new Map(table.columns.map((column) => [column.name, catalogueType(column.type)]));
  if (table.rest !== undefined) wanted.set(table.rest.name, 'jsonb');
  const problems: string[] = [];
  for (const [name, type] of wanted) {
    const found = existing.find((column) => column.name === name);
    if (found === undefined) problems.push(`column ${name} is missing`);
    else if (found.type !== type)
      problems.push(`column ${name} is ${found.type} and the mapping says ${type}`);
  }
  for (const column of existing) {
    if (column.isNeeded && !wanted.has(column.name))
      problems.push(`column ${column.name} must have a value and is not in the mapping`);
  }
  if (problems.length > 0) {
    throw new DocrowError(
      'target-table-differs',
      `Table ${table.name} differs from its mapping: ${problems.join('; ')}`,
      {
        table: table.name,
      },
    );
  }
  return true;
}

/** @throws DocrowError `target-not-empty` when the table has a row */
export async function requireEmpty(client: PostgresClient, schema: string, table: string): Promise<void> {
  const { rows } = await client.query(`select exists (select from ${quoteTable(schema, table)}) as found`);
  if (rows[0].found === true) {
    throw new DocrowError('target-not-empty', `Table ${table} is there already and holds rows`, { table });
  }
}
