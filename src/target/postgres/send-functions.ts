import type { ColumnMapping, PlainTypeName, TableMapping } from '../../mapping/mapping.ts';
import { quoteName } from './quote.ts';

/** Functions that give a value in the binary form that COPY BINARY carries (pg_proc). */
const sendFunctions: Readonly<Record<PlainTypeName, string>> = {
  smallint: 'int2send',
  integer: 'int4send',
  bigint: 'int8send',
  numeric: 'numeric_send',
  real: 'float4send',
  'double precision': 'float8send',
  boolean: 'boolsend',
  text: 'textsend',
  varchar: 'varcharsend',
  uuid: 'uuid_send',
  bytea: 'byteasend',
  date: 'date_send',
  time: 'time_send',
  timestamp: 'timestamp_send',
  timestamptz: 'timestamptz_send',
  jsonb: 'jsonb_send',
  json: 'json_send',
};

/** SQL that gives a column of `alias` in binary form. */
export function sendSql(column: Pick<ColumnMapping, 'name' | 'type'>, alias: string): string {
  const name = column.type.array ? 'array_send' : sendFunctions[column.type.name];
  return `pg_catalog.${name}(${alias}.${quoteName(column.name)})`;
}

/**
 * SQL that gives the key of a document's row as `docrow.document_key` holds it.
 * @param columns those of the table that hold it
 */
export function keySql(table: TableMapping, columns: readonly string[], alias: string): string {
  const parts = columns.map((name) => {
    const column = table.columns.find((candidate) => candidate.name === name)!;
    return sendSql(column, alias);
  });
  return `array[${parts.join(', ')}]`;
}
