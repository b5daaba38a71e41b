import { requireEpoch, saveAudit } from '../../../checkpoint/postgres/save-refresh.ts';
import type { RefreshWriter } from '../../../checkpoint/refresh-record.ts';
import type { CollectionMapping, TableMapping } from '../../../mapping/mapping.ts';
import type { RemovedRows, RowKey } from '../../refresh-target.ts';
import { inTransaction, type PostgresClient } from '../connect.ts';
import { idAccess, parametersOf } from '../offending-rows.ts';
import { quoteTable } from '../quote.ts';
import { type KeyTexts, keyCondition, keyTextsSql } from '../row-locator.ts';
import { runOn } from '../run-on.ts';

/** Deletes rows that belong to no document by their key, with the rows below them, in one transaction. */
export async function removeRows(
  client: PostgresClient,
  schema: string,
  writer: RefreshWriter,
  collection: CollectionMapping,
  table: TableMapping,
  rows: readonly RowKey[],
  isDry: boolean,
): Promise<RemovedRows> {
  const gone = new Map<string, number>();
  let ids: readonly Uint8Array[] = [];
  const run = runOn(client);
  await inTransaction(client, async () => {
    await requireEpoch(run, writer);
    await client.query('set constraints all deferred');
    const all = rows.map((key) => table.key.map((name) => key[name]!));
    const owners = await ownersOfRows(client, schema, collection, table, all);
    ids = [...owners.values()];
    const keys = all.filter((key) => !owners.has(JSON.stringify(key)));
    if (keys.length === 0) return;
    for (const each of [table, ...tablesBelow(collection, table)].toReversed()) {
      const columns = each.key.slice(0, table.key.length);
      const { sql, parameters } = keyCondition(each, columns, 't', keys, 1);
      const from = `from ${quoteTable(schema, each.name)} t where ${sql}`;
      const { rowCount } = await run(isDry ? `select ${from}` : `delete ${from}`, parameters);
      if (rowCount !== null && rowCount > 0) gone.set(each.name, rowCount);
    }
    if (isDry || gone.size === 0) return;
    const entry = { action: 'repair-delete', id: undefined, table: table.name, column: undefined };
    const entries = keys.map((key) => ({ ...entry, idText: JSON.stringify(key) }));
    await saveAudit(run, writer, entries);
  });
  return { rows: gone, ids };
}

/** The documents that rows belong to, by the text of the row's key: rows may have become a document's since. */
async function ownersOfRows(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  table: TableMapping,
  keys: readonly KeyTexts[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { join, select, toId } = idAccess(schema, collection, table);
  const given = parametersOf(collection);
  const { sql, parameters } = keyCondition(table, table.key, 't', keys, given.length + 1);
  const { rows } = await client.query(
    `select ${select} as id, ${keyTextsSql(table.key, 't')} as key
    from ${quoteTable(schema, table.name)} t ${join} where ${sql}`,
    [...given, ...parameters],
  );
  const owners = new Map<string, Uint8Array>();
  for (const { id, key } of rows) {
    try {
      owners.set(JSON.stringify(key), toId(id));
    } catch {
      // The id column holds what is no `_id`, so the row is nobody's.
    }
  }
  return owners;
}

/** Child tables of a table at all levels, parents before children. */
function tablesBelow({ tables }: CollectionMapping, { name }: TableMapping): readonly TableMapping[] {
  const names = new Set([name]);
  return tables.filter((table) => {
    const isBelow = table.each !== undefined && names.has(table.each.parent);
    if (isBelow) names.add(table.name);
    return isBelow;
  });
}
