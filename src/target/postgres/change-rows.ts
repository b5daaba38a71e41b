import { type RunSql, saveRejections } from '../../checkpoint/postgres/save-chunk.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { OffendingRow, PostLoadStep, SetAside } from '../target-schema.ts';
import { inTransaction, type PostgresClient } from './connect.ts';
import { CopyRows } from './copy-rows.ts';
import { copySql } from './copy-sql.ts';
import { locatedSql } from './offending-rows.ts';
import { quoteName, quoteTable } from './quote.ts';

/** Deletes rows, writes those that stay, records rejections and moves the counts, in one transaction. */
export async function setAsideRows(
  client: PostgresClient,
  schema: string,
  runId: string,
  change: SetAside,
): Promise<void> {
  const { collection, locators } = change;
  const table = collection.tables[0]!;
  const run: RunSql = (sql, parameters) => client.query(sql, [...parameters]);
  await inTransaction(client, async () => {
    const { condition, parameters } = locatedSql(collection, table, locators, 1);
    await run(`delete from ${quoteTable(schema, table.name)} t where ${condition}`, parameters);
    await deleteKeys(run, collection, locators);
    for (const [index, target] of change.tables.entries()) {
      const pages = change.pages[index] ?? [];
      if (pages.length === 0) continue;
      const copy = new CopyRows(client, copySql(schema, target));
      for (const page of pages) await copy.write(page);
      await copy.finish();
    }
    await saveRejections(run, runId, change.rejections);
    await run(
      'update docrow.collection_run set set_aside = set_aside + $3 where run_id = $1 and collection = $2',
      [runId, collection.collection, change.rejections.length],
    );
  });
}

async function deleteKeys(
  run: RunSql,
  collection: CollectionMapping,
  locators: readonly string[],
): Promise<void> {
  if (collection.idColumn !== undefined) return;
  await run('delete from docrow.document_key where collection = $1 and id = any($2::bytea[])', [
    collection.collection,
    locators.map((locator) => Buffer.from(locator, 'hex')),
  ]);
}

/** Sets references to NULL, and records each document in `docrow.audit`. */
export async function clearRowReferences(
  client: PostgresClient,
  schema: string,
  runId: string,
  collection: CollectionMapping,
  step: PostLoadStep & { kind: 'foreign-key' },
  rows: readonly (OffendingRow & { readonly idText: string })[],
): Promise<void> {
  const run: RunSql = (sql, parameters) => client.query(sql, [...parameters]);
  const { condition, parameters } = locatedSql(
    collection,
    step.table,
    rows.map((row) => row.locator),
    1,
  );
  await inTransaction(client, async () => {
    const column = quoteName(step.column.name);
    await run(
      `update ${quoteTable(schema, step.table.name)} t set ${column} = null where ${condition}`,
      parameters,
    );
    await run(
      `insert into docrow.audit (run_id, action, collection, id, id_text, table_name, column_name)
      select $1, 'orphan-null', $2, ids.id, ids.id_text, $3, $4
      from unnest($5::bytea[], $6::text[]) as ids (id, id_text)`,
      [
        runId,
        collection.collection,
        step.table.name,
        step.column.name,
        rows.map((row) => Buffer.from(row.id)),
        rows.map((row) => row.idText),
      ],
    );
  });
}
