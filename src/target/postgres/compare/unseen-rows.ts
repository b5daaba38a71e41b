import { serialize } from 'bson';
import type { CollectionMapping, TableMapping } from '../../../mapping/mapping.ts';
import type { UnseenRow } from '../../row-comparer.ts';
import type { PostgresClient } from '../connect.ts';
import { toIdValue } from '../offending-rows.ts';
import { quoteName, quoteTable } from '../quote.ts';
import { documentKeyColumns, keyTextsSql } from '../row-locator.ts';
import { keySql } from '../send-functions.ts';
import { bucketSql } from './bucket-sql.ts';
import { namedKey } from './find-keys.ts';

const rowsPerPage = 1_000;

/** Reads rows in the buckets that have more rows than were seen, within the caller's snapshot. */
export async function* selectUnseen(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  table: TableMapping,
  seen: Int32Array,
): AsyncGenerator<readonly UnseenRow[]> {
  const relation = quoteTable(schema, table.name);
  const bucket = bucketSql(table.key.map((name) => `t.${quoteName(name)}`));
  const counted = await client.query({
    rowMode: 'array',
    text: `select ${bucket}, count(*)::integer from ${relation} t group by 1`,
  });
  const fuller = (counted.rows as [number, number][]).filter(([number, rows]) => rows > seen[number]!);
  if (fuller.length === 0) return;
  const keyColumns = documentKeyColumns(collection, table);
  const id = idSql(schema, collection, table, keyColumns);
  await client.query(
    `declare docrow_unseen no scroll cursor for
    select ${keyTextsSql(table.key, 't')} as key, ${keyTextsSql(keyColumns, 't')} as document_key, ${id.select} as ids
    from ${relation} t ${id.join}
    where ${bucket} = any($1::integer[])`,
    [fuller.map(([number]) => number), ...id.parameters],
  );
  for (;;) {
    const { rows } = await client.query(`fetch ${rowsPerPage} from docrow_unseen`);
    if (rows.length === 0) break;
    yield rows.map((row) => ({
      key: namedKey(table.key, row.key),
      documentKey: row.document_key as readonly string[],
      ids: (row.ids as readonly unknown[]).flatMap((value) => (value === null ? [] : id.toIds(value))),
    }));
  }
  await client.query('close docrow_unseen');
}

/** How the `_id`s are found that a row leads back to: an array of what `toIds` takes. */
interface IdSql {
  readonly join: string;
  readonly select: string;
  readonly parameters: readonly unknown[];
  readonly toIds: (value: unknown) => readonly Uint8Array[];
}

function idSql(
  schema: string,
  collection: CollectionMapping,
  table: TableMapping,
  keyColumns: readonly string[],
): IdSql {
  const root = collection.tables[0]!;
  const column = root.columns.find(({ name }) => name === collection.idColumn);
  if (column === undefined) {
    const key = keySql(table, keyColumns, 't');
    return {
      join: `left join (
        select key, pg_catalog.array_agg(id) as ids from docrow.document_key where collection = $2 group by key
      ) k on k.key = ${key}`,
      select: `coalesce(k.ids, '{}')`,
      parameters: [collection.collection],
      toIds: (value) => [value as Buffer],
    };
  }
  const toIds = (value: unknown): readonly Uint8Array[] => {
    try {
      return [serialize({ _id: toIdValue(column, value) })];
    } catch {
      // Somebody changed it into what no `_id` becomes.
      return [];
    }
  };
  const isKey = root.key.length === 1 && root.key[0] === column.name;
  if (table === root || isKey) {
    const holder = table === root ? column.name : keyColumns[0]!;
    return { join: '', select: `array[t.${quoteName(holder)}]`, parameters: [], toIds };
  }
  const pairs = root.key.map((name, index) => `r.${quoteName(name)} = t.${quoteName(keyColumns[index]!)}`);
  return {
    join: `left join ${quoteTable(schema, root.name)} r on ${pairs.join(' and ')}`,
    select: `array[r.${quoteName(column.name)}]`,
    parameters: [],
    toIds,
  };
}
