import type { RefreshWriter } from '../../../checkpoint/refresh-record.ts';
import type { EarlierRejection, RefreshId } from '../../refresh-target.ts';
import type { PostgresClient } from '../connect.ts';
import { CopyRows } from '../copy-rows.ts';
import { documentKeyPrefix } from '../document-key-prefix.ts';
import { quoteName, quoteNames } from '../quote.ts';
import { binaryRows, numberField } from './binary-rows.ts';
import { columnsOf, equals } from './row-conditions.ts';
import type { Staging } from './staging.ts';

/** From so many documents on it pays to let PostgreSQL count what is staged, or it compares each row with each. */
const analyzedFrom = 200;

/**
 * Fills `owners` with the keys that the documents have in the tables and in staging.
 * @param staged numbers of the documents that were staged, in the order of their rows
 * @returns numbers of the documents that have a row in the root table
 */
export async function locateRows(
  client: PostgresClient,
  staging: Staging,
  staged: readonly number[],
  ids: readonly RefreshId[],
): Promise<ReadonlySet<number>> {
  const { owners, number, isNew, collection, tables } = staging;
  const root = tables[0]!;
  const { key } = root.mapping;
  await (collection.idColumn === undefined
    ? locateByDocumentKey(client, staging, ids)
    : locateByIdColumn(client, staging, collection.idColumn, ids));
  await client.query(
    `insert into ${owners} (${number}, ${isNew}, ${quoteNames(key)})
    select d.number, true, ${columnsOf(key, 'n')}
    from (select *, row_number() over (order by ${number}) as place from ${root.staged}) n
    join unnest($1::integer[]) with ordinality as d (number, place) on d.place = n.place`,
    [staged],
  );
  if (staged.length >= analyzedFrom) {
    const relations = [owners, staging.documentKeys, ...tables.map((each) => each.staged)];
    await client.query(`analyze ${relations.filter((name) => name !== undefined).join(', ')}`);
  }
  const { rows } = await client.query(
    `select distinct o.${number} as number from ${owners} o join ${root.table} t on ${equals(key, 'o', key, 't')}
    where not o.${isNew}`,
  );
  return new Set(rows.map((row) => Number(row.number)));
}

async function locateByIdColumn(
  client: PostgresClient,
  { owners, number, isNew, idValues, tables }: Staging,
  idColumn: string,
  ids: readonly RefreshId[],
): Promise<void> {
  const { table, mapping } = tables[0]!;
  const { key } = mapping;
  const fields = ids.flatMap(({ document, value }) =>
    value === undefined ? [] : [[numberField(document), value]],
  );
  await copyInto(client, idValues!, [number, quoteName(idColumn)], fields);
  const insert = `insert into ${owners} (${number}, ${isNew}, ${quoteNames(key)})`;
  // Where the `_id` is the key, it is known of a row that is missing, and so leads to what is left below it.
  if (key.length === 1 && key[0] === idColumn) {
    await client.query(
      `${insert} select distinct i.${number}, false, i.${quoteName(idColumn)} from ${idValues} i`,
    );
    return;
  }
  await client.query(
    `${insert} select distinct i.${number}, false, ${columnsOf(key, 't')}
    from ${idValues} i join ${table} t on ${equals([idColumn], 't', [idColumn], 'i')}`,
  );
}

/** The binary forms in `docrow.document_key` become values again on the way that they came: by COPY. */
async function locateByDocumentKey(
  client: PostgresClient,
  { owners, number, isNew, collection, tables }: Staging,
  ids: readonly RefreshId[],
): Promise<void> {
  const { rows } = await client.query(
    `select g.number, k.key from unnest($2::integer[], $3::bytea[]) as g (number, id)
    join docrow.document_key k on k.collection = $1 and k.id = g.id
      and ${documentKeyPrefix('k.id')} = ${documentKeyPrefix('g.id')}`,
    [
      collection.collection,
      ids.map(({ document }) => document),
      ids.map(({ id }) => Buffer.from(id.buffer, id.byteOffset, id.byteLength)),
    ],
  );
  const no = Buffer.of(0);
  const fields = rows.map((row) => [numberField(Number(row.number)), no, ...(row.key as Buffer[])]);
  const names = tables[0]!.mapping.key.map(quoteName);
  await copyInto(client, owners, [number, isNew, ...names], fields);
}

/** @param columns quoted */
async function copyInto(
  client: PostgresClient,
  relation: string,
  columns: readonly string[],
  rows: readonly (readonly Uint8Array[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const copy = new CopyRows(
    client,
    `copy ${relation} (${columns.join(', ')}) from stdin with (format binary)`,
  );
  await copy.write(binaryRows(rows));
  await copy.finish();
}

/** What is recorded of documents that were set aside. */
export async function earlierRejections(
  client: PostgresClient,
  { runId, collection }: RefreshWriter,
  ids: readonly RefreshId[],
): Promise<readonly EarlierRejection[]> {
  const { rows } = await client.query(
    `select g.number as document, r.rejection_number, r.code, r.path, r.reason
    from docrow.rejection r join unnest($3::integer[], $4::bytea[]) as g (number, id) on g.id = r.id
    where r.run_id = $1 and r.collection = $2`,
    [
      runId,
      collection,
      ids.map(({ document }) => document),
      ids.map(({ id }) => Buffer.from(id.buffer, id.byteOffset, id.byteLength)),
    ],
  );
  return rows.map((row) => ({
    document: Number(row.document),
    number: String(row.rejection_number),
    code: String(row.code),
    path: String(row.path),
    reason: String(row.reason),
  }));
}
