import type { CollectionMapping, TableMapping } from '../../../mapping/mapping.ts';
import { typeSql } from '../../../mapping/type-sql.ts';
import { orphanSql } from '../offending-rows.ts';
import { quoteName, quoteTable } from '../quote.ts';
import { documentKeyColumns } from '../row-locator.ts';
import { sendSql } from '../send-functions.ts';
import { bucketSql } from './bucket-sql.ts';
import { type RowColumn, rowColumns } from './row-columns.ts';

export interface CompareManner {
  /**
   * How rows of the table are found: by the keys of documents, which are given beside the rows; or by the keys of the
   * given rows, so that rows which are too much are not seen.
   */
  readonly foundBy: 'document' | 'row';
  /** Of the given rows only the key is given, and no value is compared. */
  readonly keyOnly: boolean;
  /** The buckets of all rows that were found are wanted. */
  readonly withSeen: boolean;
}

export interface CompareStatement {
  readonly sql: string;
  /** The columns whose values are given, and their positions in a whole row. */
  readonly columns: readonly (RowColumn & { readonly place: number })[];
}

/**
 * The statement that compares expected rows with a table's. Parameters: whether texts are wanted; how many documents
 * have rows at all, which come first; for each expected row the number of its document; a list of texts per column; and
 * when found by document the number of each document, and a list of texts per column of its key.
 *
 * Texts become values by PostgreSQL's own input functions, and values are compared by their binary forms: so 1.10 is not
 * 1.1, nor -0 equal to 0, though they find each other where they stand in a key. Rows of one key are numbered, so that
 * each meets one row at most. Columns go by their numbers, since one may be called like a name of this statement.
 * `offset 0` keeps what says which cells differ from being copied to each place that asks for it, one per column.
 */
export function compareStatement(
  schema: string,
  collection: CollectionMapping,
  table: TableMapping,
  { foundBy, keyOnly, withSeen }: CompareManner,
): CompareStatement {
  const columns = rowColumns(table)
    .map((column, place) => ({ ...column, place }))
    .filter(({ name }) => !keyOnly || table.key.includes(name));
  const aliasOf = (name: string): string => `c${columns.findIndex((column) => column.name === name)}`;
  const aliases = columns.map((_, index) => `c${index}`);
  const key = table.key.map(aliasOf);
  const documentKey = documentKeyColumns(collection, table);
  const foundKey = (foundBy === 'document' ? documentKey : table.key).map(aliasOf);
  const of = (alias: string, names: readonly string[]): string[] => names.map((name) => `${alias}.${name}`);
  const typeOf = (alias: string): string => typeSql(columns[Number(alias.slice(1))]!.type);
  const lists = (names: readonly string[], first: number): string =>
    [`$${first}::integer[]`, ...names.map((_, index) => `$${first + 1 + index}::text[]`)].join(', ');
  const cast = (names: readonly string[]): string =>
    names.map((name) => `g.${name}::${typeOf(name)} as ${name}`).join(', ');
  const documents = `select g.d, ${cast(foundKey)}
    from unnest(${lists(foundKey, columns.length + 4)}) as g (d, ${foundKey.join(', ')})`;
  const own = columns.map(({ name }, index) => `t.${quoteName(name)} as c${index}`);
  const onDocument = foundKey.map(
    (alias) => `t.${quoteName(columns[Number(alias.slice(1))]!.name)} = k.${alias}`,
  );
  const onRow = key.map((alias) => `e.${alias} = a.${alias}`);
  const compared = keyOnly ? [] : columns;
  const seen = `union all
    select null, 'seen', null, null, null, null, null, pg_catalog.array_agg(${bucketSql(of('a', key))})
    from a where a.d < $2::integer`;
  const sql = `with e as materialized (
      select r.*, row_number() over (partition by ${of('r', key).join(', ')}) as n
      from (
        select g.d, ${cast(aliases)} from unnest(${lists(aliases, 3)}) as g (d, ${aliases.join(', ')})
      ) r
    ), k as materialized (
      select min(g.d) as d, ${of('g', foundKey).join(', ')}
      from (${foundBy === 'document' ? documents : 'select * from e'}) g group by ${of('g', foundKey).join(', ')}
    ), a as materialized (
      select r.*, row_number() over (partition by ${of('r', key).join(', ')} order by r.place) as n
      from (
        select k.d, t.ctid as place, ${own.join(', ')}
        from ${quoteTable(schema, table.name)} t join k on ${onDocument.join(' and ')}
      ) r
    )
    select coalesce(e.d, a.d) as document,
      case when a.n is null then 'missing' when e.n is null then 'extra' else 'changed' end as kind,
      array[${key.map((alias) => `coalesce(a.${alias}, e.${alias})::text`).join(', ')}] as key, x.cells,
      case when $1::boolean then ${textsSql(compared.length, 'e')} end as expected,
      case when $1::boolean then ${textsSql(compared.length, 'a')} end as actual,
      ${orphansSql(schema, table, compared)} as orphans, case when e.n is null and $2::integer is not null then array[${bucketSql(of('a', key))}] end as seen
    from e full join a on ${onRow.join(' and ')} and e.n = a.n cross join lateral (
      select case when a.n is null or e.n is null then '{}'::integer[] else ${cellsSql(compared)} end as cells
      offset 0
    ) x
    where a.n is null or e.n is null or pg_catalog.cardinality(x.cells) > 0
    ${withSeen ? seen : ''}`;
  return { sql, columns };
}

const arraySql = (items: readonly string[], type: string): string => `array[${items.join(', ')}]::${type}[]`;

/** Numbers of the columns in which `e` and `a` differ. */
function cellsSql(columns: readonly RowColumn[]): string {
  const cells = columns.map(({ type }, index) => {
    const column = { name: `c${index}`, type };
    return `case when ${sendSql(column, 'e')} is distinct from ${sendSql(column, 'a')} then ${index} end`;
  });
  return `pg_catalog.array_remove(${arraySql(cells, 'integer')}, null)`;
}

/** Texts of those columns of `alias`. */
function textsSql(columns: number, alias: string): string {
  const texts = Array.from(
    { length: columns },
    (_, index) => `case when ${index} = any(x.cells) then ${alias}.c${index}::text end`,
  );
  return arraySql(texts, 'text');
}

/** Whether the expected value of each of those columns leads nowhere, where such references are emptied. */
function orphansSql(schema: string, table: TableMapping, columns: readonly RowColumn[]): string {
  const orphans = columns.map(({ name }, index) => {
    const mapped = table.columns.find((column) => column.name === name);
    return mapped?.references?.orphans === 'null'
      ? `${index} = any(x.cells) and ${orphanSql(schema, { ...mapped, name: `c${index}` }, 'e')}`
      : 'false';
  });
  return arraySql(orphans, 'boolean');
}
