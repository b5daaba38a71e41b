import type { ColumnType, TableMapping } from '../../../mapping/mapping.ts';
import { quoteName } from '../quote.ts';

/** SQL expressions that add a column up; undefined where it has no meaning for the type. All are of type text. */
export interface ColumnSql {
  readonly name: string;
  readonly min: string | undefined;
  readonly max: string | undefined;
  readonly sum: string | undefined;
  readonly totalLength: string | undefined;
  readonly distinct: string | undefined;
}

/** What a value is ordered and shown by. Only what all of PostgreSQL 13 to 18 have. */
function comparedSql(value: string, { name, array }: ColumnType): string | undefined {
  if (array) return undefined;
  switch (name) {
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return value;
    case 'numeric':
      // Equal numbers may have different scales.
      return `pg_catalog.trim_scale(${value})`;
    case 'real':
    case 'double precision':
      // -0 becomes 0, to which it is equal.
      return `(${value} + 0)`;
    case 'text':
    case 'varchar':
      return `${value}::text collate "C"`;
    case 'uuid':
    case 'boolean':
      return `${value}::text collate "C"`;
    default:
      return undefined;
  }
}

const sumTypes: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint', 'numeric']);

/** Expressions over the rows of `alias`, for all columns of a table and its rest column. */
export function columnSql(table: TableMapping, alias: string): readonly ColumnSql[] {
  const columns = [
    ...table.columns,
    ...(table.rest === undefined
      ? []
      : [{ name: table.rest.name, type: { name: 'jsonb', array: false } as const }]),
  ];
  return columns.map(({ name, type }) => {
    const value = `${alias}.${quoteName(name)}`;
    const compared = comparedSql(value, type);
    return {
      name,
      min: compared && `min(${compared})::text`,
      max: compared && `max(${compared})::text`,
      sum:
        type.array || !sumTypes.has(type.name)
          ? undefined
          : `pg_catalog.trim_scale(sum(${value}::numeric))::text`,
      totalLength: lengthSql(value, type),
      distinct: compared && `count(distinct ${compared})::text`,
    };
  });
}

/** Characters of texts; bytes of bytea. */
function lengthSql(value: string, { name, array }: ColumnType): string | undefined {
  if (array) return undefined;
  if (name === 'text' || name === 'varchar') return `sum(pg_catalog.char_length(${value}))::text`;
  if (name === 'json') return `sum(pg_catalog.char_length(${value}::text))::text`;
  return name === 'bytea' ? `sum(pg_catalog.octet_length(${value}))::text` : undefined;
}
