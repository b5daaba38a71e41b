import { EJSON, Int32, ObjectId, serialize } from 'bson';
import type { CollectionMapping, ColumnMapping, TableMapping } from '../../mapping/mapping.ts';
import { typeSql } from '../../mapping/type-sql.ts';
import type { DuplicateRows, OffendingDocument, OrphanRow, PostLoadStep } from '../target-schema.ts';
import type { PostgresClient } from './connect.ts';
import { quoteName, quoteTable } from './quote.ts';
import { type DocumentLocator, documentKeyColumns, type KeyTexts, keyTextsSql } from './row-locator.ts';
import { keySql, sendSql } from './send-functions.ts';

/** How the document of a row is found: by a column that holds its `_id`, or through `docrow.document_key`. */
export interface IdAccess {
  /** Joins what is needed to the table called `t`. */
  readonly join: string;
  /** Gives what `toId` reads. */
  readonly select: string;
  readonly toId: (value: unknown) => Uint8Array;
}

export function idAccess(schema: string, collection: CollectionMapping, table: TableMapping): IdAccess {
  const root = collection.tables[0]!;
  const keyColumns = documentKeyColumns(collection, table);
  const column = root.columns.find((candidate) => candidate.name === collection.idColumn);
  if (column === undefined) {
    const key = keySql(table, keyColumns, 't');
    return {
      join: `join docrow.document_key k on k.collection = $1 and k.key = ${key}`,
      select: 'k.id',
      toId: (value) => value as Buffer,
    };
  }
  const toId = (value: unknown): Uint8Array => serialize({ _id: toIdValue(column, value) });
  if (table === root) return { join: '', select: `t.${quoteName(column.name)}`, toId };
  if (root.key.length === 1 && root.key[0] === column.name)
    return { join: '', select: `t.${quoteName(keyColumns[0]!)}`, toId };
  const pairs = root.key.map((name, index) => `r.${quoteName(name)} = t.${quoteName(keyColumns[index]!)}`);
  return {
    join: `join ${quoteTable(schema, root.name)} r on ${pairs.join(' and ')}`,
    select: `r.${quoteName(column.name)}`,
    toId,
  };
}

/** The `_id` that a value of the mapping's `idColumn` leads back to. */
export function toIdValue({ convert }: ColumnMapping, value: unknown): unknown {
  if (convert === 'hex') return new ObjectId(String(value));
  if (convert === 'ejson') return EJSON.parse(String(value), { relaxed: false });
  // smallint or integer: other numbers of the same value are the same `_id`.
  return new Int32(Number(value));
}

/** Parameters of the queries below: the collection where `document_key` is asked. */
export const parametersOf = (collection: CollectionMapping): unknown[] =>
  collection.idColumn === undefined ? [collection.collection] : [];

function toDocument({ toId }: IdAccess, row: Record<string, unknown>): OffendingDocument {
  const id = toId(row['id']);
  const locator: DocumentLocator = { key: row['key'] as KeyTexts, id: Buffer.from(id).toString('hex') };
  return { id, locator: JSON.stringify(locator) };
}

/** Documents with rows that share a value which must be unique. */
export async function selectDuplicates(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  step: PostLoadStep & { kind: 'primary-key' | 'unique' },
): Promise<readonly DuplicateRows[]> {
  const access = idAccess(schema, collection, step.table);
  const columns = step.kind === 'primary-key' ? step.table.key : step.columns;
  // The columns go by their positions, since one of them may be called `rows` or `number`.
  const shared = columns.map((name, index) => `${quoteName(name)} as c${index}`).join(', ');
  const pairs = columns.map((name, index) => `t.${quoteName(name)} = d.c${index}`).join(' and ');
  const where = step.kind === 'unique' && step.where !== undefined ? ` and (${step.where})` : '';
  const present = columns.map((name) => `${quoteName(name)} is not null`).join(' and ');
  const relation = quoteTable(schema, step.table.name);
  const key = keyTextsSql(documentKeyColumns(collection, step.table), 't');
  const { rows } = await client.query(
    `with doubled as (
      select ${shared}, count(*) as rows, row_number() over () as number
      from ${relation} where ${present}${where}
      group by ${columns.map(quoteName).join(', ')} having count(*) > 1
    )
    select d.number as "group", d.rows, ${access.select} as id, ${key} as key, count(*) as own_rows
    from doubled d join (select * from ${relation} where ${present}${where}) t on ${pairs} ${access.join}
    group by 1, 2, 3, 4 order by 1`,
    parametersOf(collection),
  );
  return rows.map((row) => ({
    ...toDocument(access, row),
    group: Number(row.group),
    rows: Number(row.rows),
    ownRows: Number(row.own_rows),
  }));
}

/**
 * Rows whose reference leads nowhere, with the referenced value in binary form.
 * @param among texts of referenced values, where only these are in question
 */
export async function selectOrphans(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  step: PostLoadStep & { kind: 'foreign-key' },
  among?: readonly string[],
): Promise<readonly OrphanRow[]> {
  const { table, column } = step;
  const access = idAccess(schema, collection, table);
  const key = keyTextsSql(documentKeyColumns(collection, table), 't');
  const parameters = parametersOf(collection);
  const isAmong =
    among === undefined
      ? ''
      : ` and t.${quoteName(column.name)} = any($${parameters.push(among)}::text[]::${typeSql(column.type)}[])`;
  const { rows } = await client.query(
    `select ${access.select} as id, ${key} as key, ${keyTextsSql(table.key, 't')} as row_locator,
      ${sendSql(column, 't')} as reference
    from ${quoteTable(schema, table.name)} t ${access.join}
    where ${orphanSql(schema, column, 't')}${isAmong}
    order by ${table.key.map((name) => `t.${quoteName(name)}`).join(', ')}`,
    parameters,
  );
  return rows.map((row) => ({
    ...toDocument(access, row),
    rowLocator: JSON.stringify(row.row_locator),
    reference: row.reference as Buffer,
  }));
}

/** A condition on rows of `alias`: the column refers to a row that is not there. */
export function orphanSql(schema: string, column: ColumnMapping, alias: string): string {
  const { table, column: referenced } = column.references!;
  const reference = `${alias}.${quoteName(column.name)}`;
  return `${reference} is not null and not exists (
    select from ${quoteTable(schema, table)} p where p.${quoteName(referenced)} = ${reference}
  )`;
}
