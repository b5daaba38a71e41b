import type { RowCounts } from '../../checkpoint/checkpoint-store.ts';
import { type RunSql, saveRejections, saveSetAside } from '../../checkpoint/postgres/save-chunk.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { LoadCounts } from '../refresh-target.ts';
import type { OrphanRow, PostLoadStep, SetAside } from '../target-schema.ts';
import { inTransaction, type PostgresClient } from './connect.ts';
import { CopyRows } from './copy-rows.ts';
import { copySql } from './copy-sql.ts';
import { documentKeyPrefix } from './document-key-prefix.ts';
import { orphanSql } from './offending-rows.ts';
import { quoteName, quoteTable } from './quote.ts';
import {
  type DocumentLocator,
  documentKeyColumns,
  type KeyTexts,
  keyCondition,
  parseLocators,
} from './row-locator.ts';
import { runOn } from './run-on.ts';
import { keySql } from './send-functions.ts';

/** Deletes rows, writes those that stay, records rejections and moves the counts, in one transaction. */
export async function setAsideRows(
  client: PostgresClient,
  schema: string,
  runId: string,
  change: SetAside,
): Promise<void> {
  await inTransaction(client, () => setAsideWithin(client, schema, runId, change, 'move'));
}

/** The same, in the caller's transaction, where the counts may be left as they are. */
export async function setAsideWithin(
  client: PostgresClient,
  schema: string,
  runId: string,
  change: SetAside,
  counts: LoadCounts,
): Promise<void> {
  const { collection } = change;
  const run = runOn(client);
  // Nothing is known yet of how many rows share the first columns of a child table's key. PostgreSQL would assume so
  // many that it reads the whole table, for each of these changes.
  await run('set local enable_seqscan = off', []);
  const documents = parseLocators(change.locators);
  const keys = documents.map(({ key }) => key);
  await deleteKeys(run, schema, collection, documents);
  const gone = await deleteRows(run, schema, collection, keys);
  const written = await writeRows(client, schema, change);
  if (counts === 'leave') {
    await saveRejections(run, runId, change.rejections);
    return;
  }
  const fewer = [...gone].map(([table, rows]) => [table, rows - (written.get(table) ?? 0)] as const);
  const rows: RowCounts = Object.fromEntries(fewer.filter(([, count]) => count !== 0));
  await saveSetAside(run, runId, collection.collection, change.rejections, rows);
}

/** Deletes the rows of documents, children first. @returns rows deleted, by table */
async function deleteRows(
  run: RunSql,
  schema: string,
  collection: CollectionMapping,
  keys: readonly KeyTexts[],
): Promise<Map<string, number>> {
  const gone = new Map<string, number>();
  for (const table of collection.tables.toReversed()) {
    const columns = documentKeyColumns(collection, table);
    const { sql, parameters } = keyCondition(table, columns, 't', keys, 1);
    const { rowCount } = await run(
      `delete from ${quoteTable(schema, table.name)} t where ${sql}`,
      parameters,
    );
    gone.set(table.name, rowCount ?? 0);
  }
  return gone;
}

/** Deletes what leads to the rows; the rows themselves have to be there still. */
async function deleteKeys(
  run: RunSql,
  schema: string,
  collection: CollectionMapping,
  documents: readonly DocumentLocator[],
): Promise<void> {
  if (collection.idColumn !== undefined) return;
  const root = collection.tables[0]!;
  const keys = documents.map(({ key }) => key);
  const { sql, parameters } = keyCondition(root, root.key, 't', keys, 3);
  await run(
    `delete from docrow.document_key where collection = $1 and id = any($2::bytea[])
      and ${documentKeyPrefix('id')} = any(array(select ${documentKeyPrefix('i')} from unnest($2::bytea[]) i)) and key in (
      select ${keySql(root, root.key, 't')} from ${quoteTable(schema, root.name)} t where ${sql}
    )`,
    [collection.collection, documents.map(({ id }) => Buffer.from(id, 'hex')), ...parameters],
  );
}

/** @returns rows written, by table */
async function writeRows(
  client: PostgresClient,
  schema: string,
  { tables, pages }: SetAside,
): Promise<Map<string, number>> {
  const written = new Map<string, number>();
  for (const [index, target] of tables.entries()) {
    const tablePages = pages[index] ?? [];
    if (tablePages.length === 0) continue;
    const copy = new CopyRows(client, copySql(schema, target));
    for (const page of tablePages) await copy.write(page);
    const rows = await copy.finish();
    if (target.place === 'mapped') written.set(target.name, rows);
  }
  return written;
}

/** Sets the references of these rows to NULL, and records each in `docrow.audit`, in the caller's transaction. */
export async function clearRowReferences(
  run: RunSql,
  schema: string,
  runId: string,
  collection: CollectionMapping,
  { table, column }: PostLoadStep & { kind: 'foreign-key' },
  rows: readonly (OrphanRow & { readonly idText: string })[],
): Promise<void> {
  const keys = rows.map((row) => JSON.parse(row.rowLocator) as KeyTexts);
  const { sql, parameters } = keyCondition(table, table.key, 't', keys, 1);
  await run(
    `update ${quoteTable(schema, table.name)} t set ${quoteName(column.name)} = null
    where ${sql} and ${orphanSql(schema, column, 't')}`,
    parameters,
  );
  await run(
    `insert into docrow.audit (run_id, action, collection, id, id_text, table_name, column_name)
    select $1, 'orphan-null', $2, ids.id, ids.id_text, $3, $4
    from unnest($5::bytea[], $6::text[]) as ids (id, id_text)`,
    [
      runId,
      collection.collection,
      table.name,
      column.name,
      rows.map((row) => Buffer.from(row.id)),
      rows.map((row) => row.idText),
    ],
  );
}
