import type { CollectionMapping, TableMapping } from '../../../mapping/mapping.ts';
import { typeSql } from '../../../mapping/type-sql.ts';
import type { KeyPair, RowKey } from '../../row-comparer.ts';
import type { PostgresClient } from '../connect.ts';
import { quoteName, quoteTable } from '../quote.ts';
import { documentKeyColumns, keyTextsSql } from '../row-locator.ts';
import { namedKey } from './find-keys.ts';

const keyTypes = ({ key, columns }: TableMapping): readonly string[] =>
  key.map((name) => typeSql(columns.find((column) => column.name === name)!.type));

const lists = (count: number): string =>
  Array.from({ length: count }, (_, index) => `$${index + 1}::text[]`).join(', ');

/** Whether there is a row with each of these keys. */
export async function selectRowsExist(
  client: PostgresClient,
  schema: string,
  table: TableMapping,
  keys: readonly RowKey[],
): Promise<readonly boolean[]> {
  const given = table.key.map((_, index) => `k${index}`);
  const equal = keyTypes(table).map(
    (type, index) => `t.${quoteName(table.key[index]!)} is not distinct from g.k${index}::${type}`,
  );
  const { rows } = await client.query(
    `select exists (
      select from ${quoteTable(schema, table.name)} t where ${equal.join(' and ')}
    ) as is_there
    from unnest(${lists(given.length)}) with ordinality as g (${given.join(', ')}, n) order by g.n`,
    table.key.map((name) => keys.map((key) => key[name] ?? null)),
  );
  return rows.map((row) => row.is_there === true);
}

/** Keys of the rows with these values in the columns that hold the key of the root table's row. */
export async function selectRowKeys(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  table: TableMapping,
  documentKeys: readonly (readonly string[])[],
  limit: number,
): Promise<readonly RowKey[]> {
  const columns = documentKeyColumns(collection, table);
  const types = keyTypes(table);
  const equal = columns.map((name, index) => `t.${quoteName(name)} = g.k${index}::${types[index]!}`);
  const { rows } = await client.query(
    `select ${keyTextsSql(table.key, 't')} as key
    from (select distinct * from unnest(${lists(columns.length)}) as u (${columns.map((_, index) => `k${index}`).join(', ')})) g
    join ${quoteTable(schema, table.name)} t on ${equal.join(' and ')}
    order by ${table.key.map((name) => `t.${quoteName(name)}`).join(', ')} limit $${columns.length + 1}`,
    [...columns.map((_, index) => documentKeys.map((key) => key[index])), limit],
  );
  return rows.map(({ key }) => namedKey(table.key, key as readonly string[]));
}

/** Whether the two keys of each pair are equal; a key with NULL is equal to none. */
export async function selectEqualKeys(
  client: PostgresClient,
  { tables }: CollectionMapping,
  pairs: readonly KeyPair[],
): Promise<readonly boolean[]> {
  const root = tables[0]!;
  const given = root.key.flatMap((_, index) => [`a${index}`, `b${index}`]);
  const equal = keyTypes(root).map(
    (type, index) => `coalesce(a${index}::${type} = b${index}::${type}, false)`,
  );
  const { rows } = await client.query(
    `select ${equal.join(' and ')} as is_equal
    from unnest(${lists(given.length)}) with ordinality as g (${given.join(', ')}, n) order by n`,
    root.key.flatMap((_, index) => [pairs.map(({ a }) => a[index]), pairs.map(({ b }) => b[index])]),
  );
  return rows.map((row) => row.is_equal === true);
}
