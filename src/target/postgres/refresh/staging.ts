import type { CollectionMapping, TableMapping } from '../../../mapping/mapping.ts';
import type { TargetTable } from '../../row-target.ts';
import type { PostgresClient } from '../connect.ts';
import { quoteName, quoteNames, quoteTable } from '../quote.ts';
import { documentKeyColumns } from '../row-locator.ts';

/** A mapped table and the temporary one beside it. All names are quoted. */
export interface StagedTable {
  readonly mapping: TableMapping;
  readonly table: string;
  readonly staged: string;
  /** Columns that docrow writes, unquoted. */
  readonly columns: readonly string[];
  /** Columns that hold the key of the document's row. */
  readonly documentKey: readonly string[];
}

/** The temporary tables of a collection on one connection. They are empty outside of a transaction. */
export interface Staging {
  readonly collection: CollectionMapping;
  /** Parents before children. */
  readonly tables: readonly StagedTable[];
  /** Rows for `docrow.document_key`; undefined where the mapping has an id column. */
  readonly documentKeys: string | undefined;
  /** Values of the id column; undefined where the mapping has none. */
  readonly idValues: string | undefined;
  /** Keys of documents: the number of each, whether it is the staged one, and the key columns of the root table. */
  readonly owners: string;
  /** Names of the columns beside those of a table, quoted: number of the document or staged row; whether staged. */
  readonly number: string;
  readonly isNew: string;
  /** The COPY statements of the tables that the encoder writes. */
  readonly copies: readonly string[];
}

/**
 * Makes the temporary tables, outside of a transaction and once for a connection: making them each time would fill the
 * catalogue with dead rows. PostgreSQL empties them at each commit. Their columns are those of the tables, collations
 * included.
 * @param place number that no other collection has on this connection
 */
export async function createStaging(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  targets: readonly TargetTable[],
  place: number,
): Promise<Staging> {
  const name = (of: string | number): string => `docrow_refresh_${place}_${of}`;
  const relation = (of: string | number): string => quoteTable('pg_temp', name(of));
  const root = collection.tables[0]!;
  const taken = new Set(collection.tables.flatMap(({ columns }) => columns.map((column) => column.name)));
  for (const { rest } of collection.tables) if (rest !== undefined) taken.add(rest.name);
  const free = (wanted: string): string => (taken.has(wanted) ? free(`${wanted}_`) : quoteName(wanted));
  const number = free('docrow_number');
  const isNew = free('docrow_is_new');
  const create = (of: string | number, query: string): Promise<unknown> =>
    client.query(
      `create temporary table ${quoteName(name(of))} on commit delete rows as ${query} with no data`,
    );
  const tables: StagedTable[] = [];
  for (const [index, mapping] of collection.tables.entries()) {
    const { columns } = targets[index]!;
    const table = quoteTable(schema, mapping.name);
    await create(index, `select ${quoteNames(columns)} from ${table}`);
    const documentKey = documentKeyColumns(collection, mapping);
    tables.push({ mapping, table, staged: relation(index), columns, documentKey });
  }
  const rootTable = quoteTable(schema, root.name);
  await client.query(`alter table ${relation(0)} add column ${number} bigint generated always as identity`);
  await create(
    'owners',
    `select 0 as ${number}, false as ${isNew}, ${quoteNames(root.key)} from ${rootTable}`,
  );
  const { idColumn } = collection;
  if (idColumn !== undefined) {
    await create('ids', `select 0 as ${number}, ${quoteName(idColumn)} from ${rootTable}`);
  } else await create('keys', 'select collection, id, key from docrow.document_key');
  const copies = targets.map(
    ({ columns }, index) =>
      `copy ${relation(index < tables.length ? index : 'keys')} (${quoteNames(columns)}) from stdin with (format binary)`,
  );
  return {
    collection,
    tables,
    documentKeys: idColumn === undefined ? relation('keys') : undefined,
    idValues: idColumn === undefined ? undefined : relation('ids'),
    owners: relation('owners'),
    number,
    isNew,
    copies,
  };
}
