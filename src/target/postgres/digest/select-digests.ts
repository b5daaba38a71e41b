import { serialize } from 'bson';
import { BucketSums } from '../../../digest/bucket-sums.ts';
import type { CollectionMapping, TableMapping } from '../../../mapping/mapping.ts';
import type { DigestPlan, DocumentTotals, TableSums } from '../../digest-reader.ts';
import type { PostgresClient } from '../connect.ts';
import { toIdValue } from '../offending-rows.ts';
import { quoteName, quoteTable } from '../quote.ts';
import { documentKeyColumns } from '../row-locator.ts';
import { sendSql } from '../send-functions.ts';
import { bucketSql, digestSql } from './digest-sql.ts';

/** Adds up the digests of a table's rows by bucket. */
export async function selectBucketSums(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  table: TableMapping,
  { form, buckets }: DigestPlan,
  leftOut: readonly bigint[],
): Promise<TableSums> {
  const { document, row } = digestSql(table, 't', collection.tables[0]!.key.length, form);
  const hasLeftOut = leftOut.length > 0;
  const join = hasLeftOut
    ? `left join (select distinct d from unnest($1::bigint[]) d) l on l.d = ${document}`
    : '';
  const only = hasLeftOut ? ' filter (where l.d is null)' : '';
  const { rows } = await client.query({
    rowMode: 'array',
    text: `select ${bucketSql(document, buckets)}, count(*), count(*)${only}, sum(${row})${only}
      from ${quoteTable(schema, table.name)} t ${join} group by 1`,
    values: hasLeftOut ? [leftOut.map(String)] : [],
  });
  const sums = new BucketSums(buckets);
  let all = 0;
  for (const [bucket, counted, summed, sum] of rows as [number, string, string, string | null][]) {
    all += Number(counted);
    sums.set(bucket, Number(summed), BigInt(sum ?? 0));
  }
  return { table: table.name, rows: all, sums };
}

/** What each document in some buckets has in one table. */
export async function selectDocumentTotals(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  table: TableMapping,
  { form, buckets }: DigestPlan,
  wanted: readonly number[],
): Promise<readonly DocumentTotals[]> {
  const { document, row } = digestSql(table, 't', collection.tables[0]!.key.length, form);
  const keyColumns = documentKeyColumns(collection, table);
  const id = idOf(collection, table, keyColumns);
  const texts = keyColumns.map((name) => `(pg_catalog.array_agg(t.${quoteName(name)}::text))[1]`);
  const { rows } = await client.query(
    `select g.document, g.rows, g.sum, g.key, ${id.select} as id
    from (
      select ${document} as document, count(*) as rows, sum(${row}) as sum, array[${texts.join(', ')}] as key,
        ${id.inner} as id
      from ${quoteTable(schema, table.name)} t
      where ${bucketSql(document, buckets)} = any($1::integer[])
      group by 1
    ) g ${id.join}`,
    [wanted, ...id.parameters],
  );
  return mergeTotals(rows, keyColumns, id.toId);
}

/** How the `_id` of a document is found from the columns of a table that hold its key. */
interface IdOf {
  /** What is taken from the table's rows. */
  readonly inner: string;
  readonly join: string;
  readonly select: string;
  readonly parameters: readonly unknown[];
  readonly toId: (value: unknown) => Uint8Array | undefined;
}

const noId: IdOf = { inner: 'null', join: '', select: 'null', parameters: [], toId: () => undefined };

function idOf(collection: CollectionMapping, table: TableMapping, keyColumns: readonly string[]): IdOf {
  const root = collection.tables[0]!;
  const idColumn = root.columns.find(({ name }) => name === collection.idColumn);
  if (idColumn === undefined) {
    const parts = keyColumns.map((name) => {
      const column = table.columns.find((candidate) => candidate.name === name)!;
      return `(pg_catalog.array_agg(${sendSql(column, 't')}))[1]`;
    });
    return {
      inner: `array[${parts.join(', ')}]`,
      join: 'left join docrow.document_key k on k.collection = $2 and k.key = g.id',
      select: 'k.id',
      parameters: [collection.collection],
      toId: (value) => value as Buffer,
    };
  }
  const place = root.key.indexOf(idColumn.name);
  // Of child rows whose parent is there, the parent's row tells the `_id`.
  const holder = table === root ? idColumn.name : keyColumns[place];
  if (holder === undefined) return noId;
  const toId = (value: unknown): Uint8Array | undefined => {
    try {
      return serialize({ _id: toIdValue(idColumn, value) });
    } catch {
      // Somebody changed it into what no `_id` becomes.
      return undefined;
    }
  };
  const inner = `(pg_catalog.array_agg(t.${quoteName(holder)}))[1]`;
  return { inner, join: '', select: 'g.id', parameters: [], toId };
}

/** One entry per document, whose row is there several times when several `_id`s lead to it. */
function mergeTotals(
  rows: readonly Record<string, unknown>[],
  keyColumns: readonly string[],
  toId: IdOf['toId'],
): readonly DocumentTotals[] {
  const totals = new Map<bigint, DocumentTotals & { readonly ids: Uint8Array[] }>();
  for (const row of rows) {
    const document = BigInt(String(row['document']));
    let one = totals.get(document);
    if (one === undefined) {
      const texts = row['key'] as readonly string[];
      const key = new Map(keyColumns.map((name, index) => [name, texts[index] ?? '']));
      const sum = BigInt(String(row['sum']));
      one = { document, rows: Number(row['rows']), sum, ids: [], key };
      totals.set(document, one);
    }
    const id = row['id'] === null ? undefined : toId(row['id']);
    if (id !== undefined) one.ids.push(id);
  }
  return [...totals.values()];
}
