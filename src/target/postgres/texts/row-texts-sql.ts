import type { CollectionMapping, TableMapping } from '../../../mapping/mapping.ts';
import { typeSql } from '../../../mapping/type-sql.ts';
import { documentKeyPrefix } from '../document-key-prefix.ts';
import { quoteName, quoteTable } from '../quote.ts';
import { documentKeyColumns } from '../row-locator.ts';
import { keySql } from '../send-functions.ts';

/** Casts of the given texts to the types of the root table's key. They keep names that no column of a mapping meets. */
const keyCasts = (root: TableMapping): readonly string[] =>
  root.key.map((name, index) => {
    const { type } = root.columns.find((column) => column.name === name)!;
    return `k${index}::${typeSql(type)} as k${index}`;
  });

/**
 * The rows of a table that belong to some documents, all columns as texts. Parameters: numbers of the documents, then a
 * list of texts per column of the root table's key. Its rows: number of the document, then the columns.
 */
export function rowTextsSql(schema: string, collection: CollectionMapping, table: TableMapping): string {
  const root = collection.tables[0]!;
  const names = [
    ...table.columns.map(({ name }) => name),
    ...(table.rest === undefined ? [] : [table.rest.name]),
  ];
  const texts = names.map((name) => `t.${quoteName(name)}::text`);
  const lists = root.key.map((_, index) => `$${index + 2}::text[]`);
  const given = root.key.map((_, index) => `k${index}`);
  const own = documentKeyColumns(collection, table);
  const on = root.key.map((_, index) => `t.${quoteName(own[index]!)} = k.k${index}`);
  return `with k as materialized (
      select d, ${keyCasts(root).join(', ')} from unnest($1::integer[], ${lists.join(', ')}) as given (d, ${given.join(', ')})
    )
    select k.d, ${texts.join(', ')} from k join ${quoteTable(schema, table.name)} t on ${on.join(' and ')}`;
}

/**
 * The documents whose pair of `_id` and key stands in `docrow.document_key`. Parameters: numbers of the documents, their
 * `_id`s, the collection, then a list of texts per column of the root table's key.
 */
export function hasPairSql({ tables }: CollectionMapping): string {
  const root = tables[0]!;
  const lists = root.key.map((_, index) => `$${index + 4}::text[]`);
  const given = root.key.map((_, index) => `k${index}`);
  const named = root.key.map((name, index) => `g.k${index} as ${quoteName(name)}`);
  return `with g as materialized (
      select d, id, ${keyCasts(root).join(', ')}
      from unnest($1::integer[], $2::bytea[], ${lists.join(', ')}) as given (d, id, ${given.join(', ')})
    )
    select distinct g.d from g cross join lateral (select ${named.join(', ')}) k
      join docrow.document_key p on p.collection = $3
        and ${documentKeyPrefix('p.id')} = ${documentKeyPrefix('g.id')} and p.id = g.id
        and p.key = ${keySql(root, root.key, 'k')}`;
}
