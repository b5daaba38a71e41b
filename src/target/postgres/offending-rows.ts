import { EJSON, ObjectId, serialize } from 'bson';
import type { CollectionMapping, TableMapping } from '../../mapping/mapping.ts';
import type { OffendingRow, PostLoadStep } from '../target-schema.ts';
import type { PostgresClient } from './connect.ts';
import { quoteName, quoteTable } from './quote.ts';
import { keySql, sendSql } from './send-functions.ts';

/** How the document of a row is found: by a column that holds its `_id`, or through `docrow.document_key`. */
interface IdAccess {
  /** Joins what is needed to the table called `t`. */
  readonly join: string;
  /** Gives what `toLocator` and `toId` read. */
  readonly select: string;
  readonly toId: (value: unknown) => Uint8Array;
  readonly toLocator: (value: unknown) => string;
}

function idAccess(collection: CollectionMapping, table: TableMapping): IdAccess {
  const column = table.columns.find((candidate) => candidate.name === collection.idColumn);
  if (column === undefined) {
    return {
      join: `join docrow.document_key k on k.collection = $1 and k.key = ${keySql(table, 't')}`,
      select: 'k.id',
      toId: (value) => value as Buffer,
      toLocator: (value) => (value as Buffer).toString('hex'),
    };
  }
  const isHex = column.convert === 'hex';
  return {
    join: '',
    select: `t.${quoteName(column.name)}`,
    toId: (value) =>
      serialize({
        _id: isHex ? new ObjectId(String(value)) : EJSON.parse(String(value), { relaxed: false }),
      }),
    toLocator: String,
  };
}

/** Parameters of the queries below: the collection where `document_key` is asked. */
const parametersOf = (collection: CollectionMapping): unknown[] =>
  collection.idColumn === undefined ? [collection.collection] : [];

const toRow =
  (access: IdAccess) =>
  (row: Record<string, unknown>): OffendingRow => ({
    group: Number(row['group']),
    rows: Number(row['rows'] ?? 1),
    id: access.toId(row['id']),
    locator: access.toLocator(row['id']),
    ...(row['reference'] === undefined ? {} : { reference: row['reference'] as Buffer }),
  });

/** Rows that share a value which must be unique. */
export async function selectDuplicates(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  step: PostLoadStep & { kind: 'primary-key' | 'unique' },
): Promise<readonly OffendingRow[]> {
  const access = idAccess(collection, step.table);
  const columns = step.kind === 'primary-key' ? step.table.key : step.columns;
  const of = (alias: string): string => columns.map((name) => `${alias}.${quoteName(name)}`).join(', ');
  const where = step.kind === 'unique' && step.where !== undefined ? ` and (${step.where})` : '';
  const present = columns.map((name) => `${quoteName(name)} is not null`).join(' and ');
  const relation = quoteTable(schema, step.table.name);
  const { rows } = await client.query(
    `with doubled as (
      select ${columns.map(quoteName).join(', ')}, count(*) as rows, row_number() over () as number
      from ${relation} where ${present}${where}
      group by ${columns.map(quoteName).join(', ')} having count(*) > 1
    )
    select distinct d.number as "group", d.rows, ${access.select} as id
    from doubled d join (select * from ${relation} where ${present}${where}) t on (${of('t')}) = (${of('d')}) ${access.join}
    order by 1`,
    parametersOf(collection),
  );
  return rows.map(toRow(access));
}

/** Rows whose reference leads nowhere, with the referenced value in binary form. */
export async function selectOrphans(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  step: PostLoadStep & { kind: 'foreign-key' },
): Promise<readonly OffendingRow[]> {
  const access = idAccess(collection, step.table);
  const { table, column } = step.column.references!;
  const reference = `t.${quoteName(step.column.name)}`;
  const { rows } = await client.query(
    `select 0 as "group", ${access.select} as id, ${sendSql(step.column, 't')} as reference
    from ${quoteTable(schema, step.table.name)} t ${access.join}
    where ${reference} is not null and not exists (
      select from ${quoteTable(schema, table)} p where p.${quoteName(column)} = ${reference}
    )`,
    parametersOf(collection),
  );
  return rows.map(toRow(access));
}

/**
 * A condition on rows of the table called `t` that is true for given locators, as the parameter numbered `number`.
 * Uses a second parameter, `number + 1`, for the collection.
 */
export function locatedSql(
  collection: CollectionMapping,
  table: TableMapping,
  locators: readonly string[],
  number: number,
): { readonly condition: string; readonly parameters: readonly unknown[] } {
  if (collection.idColumn !== undefined) {
    return { condition: `t.${quoteName(collection.idColumn)} = any($${number})`, parameters: [locators] };
  }
  const ids = locators.map((locator) => Buffer.from(locator, 'hex'));
  return {
    condition: `${keySql(table, 't')} in (
      select k.key from docrow.document_key k where k.id = any($${number}::bytea[]) and k.collection = $${number + 1}
    )`,
    parameters: [ids, collection.collection],
  };
}
