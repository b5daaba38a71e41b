import type { CollectionMapping, TableMapping } from '../../../mapping/mapping.ts';
import { quoteName, quoteNames, quoteTable, quoteText } from '../quote.ts';
import { keySql } from '../send-functions.ts';
import { columnSql } from './aggregate-sql.ts';

/**
 * SQL by which a person checks a loaded target with psql and without docrow: counts, nulls, different values, extremes,
 * sums and average lengths of each column, references that lead nowhere, children without a parent, keys that are there
 * twice, differences to `docrow.document_key`, and rejections by reason. Valid from PostgreSQL 13 on; every name is
 * quoted. It reads only.
 */
export function validationSql(collections: readonly CollectionMapping[], schema: string): string {
  return [
    '-- Checks of the tables that docrow loaded. Run it with: psql -X -f validate.sql',
    '-- It reads only, and all of it at one moment.',
    '\\pset pager off',
    'begin isolation level repeatable read read only;',
    `set local search_path = '';`,
    `set local timezone = 'UTC';`,
    '',
    ...countsSql(collections),
    ...collections.flatMap((collection) => collectionSql(collection, schema)),
    'commit;',
    '',
  ].join('\n');
}

/** A statement with what it shows in front. */
const statement = (comment: string, sql: string): readonly string[] => [
  `-- ${oneLine(comment)}`,
  `${sql};`,
  '',
];

/** A name with a line break must not end its comment. */
const oneLine = (text: string): string => text.replace(/[\r\n\u0085\u2028\u2029]/g, ' ');

function countsSql(collections: readonly CollectionMapping[]): readonly string[] {
  const names = `array[${collections.map(({ collection }) => quoteText(collection)).join(', ')}]::text[]`;
  const latest = '(select run_id from docrow.run order by run_number desc limit 1)';
  return [
    ...statement(
      'What the newest run recorded: documents that were read, loaded, set aside and filtered, by collection. read = loaded + rejected + filtered',
      `select c.collection, c.status, coalesce(sum(r.read), 0) as read,
  coalesce(sum(r.loaded), 0) - c.set_aside as loaded, coalesce(sum(r.rejected), 0) + c.set_aside as rejected,
  coalesce(sum(r.filtered), 0) as filtered
from docrow.collection_run c left join docrow.range r on r.run_id = c.run_id and r.collection = c.collection
where c.run_id = ${latest} and c.collection = any(${names})
group by c.collection, c.status, c.set_aside order by c.collection collate "C"`,
    ),
    ...statement(
      'Documents that were set aside, by reason',
      `select collection, code, reason, count(*) as documents from docrow.rejection
where run_id = ${latest} and collection = any(${names})
group by collection, code, reason order by collection collate "C", documents desc`,
    ),
  ];
}

function collectionSql(collection: CollectionMapping, schema: string): readonly string[] {
  return [
    `-- Collection ${oneLine(collection.collection)}`,
    '',
    ...collection.tables.flatMap((table) => [
      ...columnsSql(table, schema),
      ...duplicatesSql(table, schema),
      ...childrenSql(collection, table, schema),
      ...orphansSql(table, schema),
    ]),
    ...(collection.idColumn === undefined ? documentKeySql(collection, schema) : []),
  ];
}

/** One row per column. The table is read once for each. */
function columnsSql(table: TableMapping, schema: string): readonly string[] {
  const selects = columnSql(table, 't').map(({ name, min, max, sum, totalLength, distinct }) => {
    const value = `t.${quoteName(name)}`;
    const average =
      totalLength === undefined ? 'null' : `round((${totalLength})::numeric / nullif(count(${value}), 0), 2)`;
    return `select ${quoteText(name)}::text as "column", count(*) as rows, count(*) - count(${value}) as nulls,
  ${distinct ?? 'null'}::bigint as distinct_values, ${min ?? 'null'}::text as min, ${max ?? 'null'}::text as max,
  ${sum ?? 'null'}::text as sum, ${average}::numeric as average_length from ${quoteTable(schema, table.name)} t`;
  });
  return statement(
    `Table ${table.name}: rows, nulls, different values, smallest, largest, sum and average length by column`,
    selects.join('\nunion all\n'),
  );
}

function duplicatesSql(table: TableMapping, schema: string): readonly string[] {
  const key = quoteNames(table.key);
  return statement(
    `Table ${table.name}: keys that are there twice; there should be none`,
    `select ${key}, count(*) as "rows of this key" from ${quoteTable(schema, table.name)}
group by ${key} having count(*) > 1 order by ${key} limit 100`,
  );
}

function childrenSql(collection: CollectionMapping, table: TableMapping, schema: string): readonly string[] {
  const { each } = table;
  const parent = collection.tables.find(({ name }) => name === each?.parent);
  if (each === undefined || parent === undefined) return [];
  const on = parent.key.map((name, index) => `p.${quoteName(name)} = t.${quoteName(each.parentKey[index]!)}`);
  return statement(
    `Table ${table.name}: rows without a row of ${parent.name} that they belong to; there should be none`,
    `select count(*) as children_without_parent from ${quoteTable(schema, table.name)} t
where not exists (select from ${quoteTable(schema, parent.name)} p where ${on.join(' and ')})`,
  );
}

function orphansSql(table: TableMapping, schema: string): readonly string[] {
  return table.columns.flatMap(({ name, references }) => {
    if (references === undefined) return [];
    const expected = references.orphans === 'allow' ? 'these are allowed' : 'there should be none';
    return statement(
      `Table ${table.name}: values of ${name} that no row of ${references.table} has; ${expected}`,
      `select count(*) as orphans from ${quoteTable(schema, table.name)} t
where t.${quoteName(name)} is not null and not exists (
  select from ${quoteTable(schema, references.table)} p where p.${quoteName(references.column)} = t.${quoteName(name)}
)`,
    );
  });
}

function documentKeySql({ collection, tables }: CollectionMapping, schema: string): readonly string[] {
  const root = tables[0]!;
  return statement(
    `Table ${root.name}: rows whose key docrow.document_key does not have, and the other way round; there should be none`,
    `select count(*) filter (where k.key is null) as rows_without_document,
  count(*) filter (where t.key is null) as documents_without_row
from (select ${keySql(root, root.key, 'r')} as key from ${quoteTable(schema, root.name)} r) t
full join (select key from docrow.document_key where collection = ${quoteText(collection)}) k on k.key = t.key`,
  );
}
