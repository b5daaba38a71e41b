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

/** The temporary tables of a collection on one connection. They are emptied where a transaction begins. */
export interface Staging {
  readonly collection: CollectionMapping;
  /** Parents before children. */
  readonly tables: readonly StagedTable[];
  /** Rows for `docrow.document_key`; undefined where the mapping has an id column. */
  readonly documentKeys: string | undefined;
  /** Whether the id column is the key: then the key of a document follows from its `_id`, and no other one has it. */
  readonly isKeyId: boolean;
  /** Keys of documents: the number of each, whether it is the staged one, and the key columns of the root table. */
  readonly owners: string;
  /** Names of the columns beside those of a table, quoted: number of the document or staged row; whether staged. */
  readonly number: string;
  readonly isNew: string;
  /** The COPY statements of the tables that the encoder writes. */
  readonly copies: readonly string[];
  readonly state: StagingState;
}

export interface StagingState {
  /** Whether there may be rows of an earlier transaction. */
  isUsed: boolean;
  /** Rows that were written since the tables had new files. */
  written: number;
  /** Documents that were staged when PostgreSQL looked at the tables last; 0 for never. */
  analyzed: number;
}

/** TRUNCATE makes new files, and dead rows in the catalogue: too dear for few rows, and needed once they are many. */
const rowsBetweenFiles = 20_000;

/** Statements that empty the temporary tables, at the beginning of each transaction. */
export function emptyStaging({ tables, owners, documentKeys, state }: Staging): readonly string[] {
  if (!state.isUsed) return [];
  const relations = [...tables.map(({ staged }) => staged), owners];
  if (documentKeys !== undefined) relations.push(documentKeys);
  if (state.written < rowsBetweenFiles) return relations.map((relation) => `delete from ${relation}`);
  state.written = 0;
  state.analyzed = 0;
  return [`truncate ${relations.join(', ')}`];
}

/**
 * Makes the temporary tables, once for a connection: making them each time would fill the catalogue with dead rows.
 * They are not emptied by PostgreSQL at each commit (`on commit delete rows`), which does so with all of a connection
 * and takes milliseconds for each. Their columns are those of the tables, collations included.
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
    client.query(`create temporary table ${quoteName(name(of))} as ${query} with no data`);
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
  if (idColumn === undefined) await create('keys', 'select collection, id, key from docrow.document_key');
  const copies = targets.map(
    ({ columns }, index) =>
      `copy ${relation(index < tables.length ? index : 'keys')} (${quoteNames(columns)}) from stdin with (format binary)`,
  );
  return {
    collection,
    tables,
    documentKeys: idColumn === undefined ? relation('keys') : undefined,
    isKeyId: root.key.length === 1 && root.key[0] === idColumn,
    owners: relation('owners'),
    number,
    isNew,
    copies,
    state: { isUsed: false, written: 0, analyzed: 0 },
  };
}
