import { once } from 'node:events';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { ColumnType, TableMapping } from '../../src/mapping/mapping.ts';
import { typeSql } from '../../src/mapping/type-sql.ts';
import { quoteName, quoteNames } from '../../src/target/postgres/quote.ts';
import { createTableSql } from '../../src/target/postgres/table-sql.ts';
import { rowTypes } from './fast-encoder.ts';

/** An open connection, which the caller ends. */
export async function connectTo(uri: string): Promise<Client> {
  const client = new Client({ connectionString: uri });
  await client.connect();
  return client;
}

/** A row whose two forms are not the same to PostgreSQL. */
export interface TwinDifference {
  /** Position among the rows, from 1. */
  readonly n: number;
  readonly column: string;
  readonly copied: string | null;
  readonly inserted: string | null;
}

const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const trailer = Buffer.from([0xff, 0xff]);

/**
 * Sends rows into one table as COPY BINARY and into its twin as texts that PostgreSQL casts, and lets PostgreSQL
 * compare the binary forms of what it stored, of jsonb the text.
 * @param copied rows in COPY BINARY form
 * @param texts the same rows as text input, null for NULL
 */
export async function differencesInPostgres(
  client: Client,
  table: TableMapping,
  copied: Buffer,
  texts: readonly (readonly (string | null)[])[],
): Promise<readonly TwinDifference[]> {
  const types = rowTypes(table);
  const names = [...table.columns.map(({ name }) => name), ...(table.rest ? [table.rest.name] : [])];
  await client.query('begin');
  try {
    for (const name of ['copied', 'inserted']) await createTwin(client, { ...table, name, key: [] });
    await copyRows(client, names, copied);
    await insertTexts(client, names, types, texts);
    const { rows: counts } = await client.query(
      'select (select count(*)::int from copied) as copied, (select count(*)::int from inserted) as inserted',
    );
    if (counts[0].copied !== texts.length || counts[0].inserted !== texts.length) {
      throw new RangeError(`${texts.length} rows became ${JSON.stringify(counts[0])}`);
    }
    const differences: TwinDifference[] = [];
    for (const [index, name] of names.entries()) {
      const [a, b] = ['copied', 'inserted'].map((twin) => sendForm(twin, name, types[index]!));
      const { rows } = await client.query(
        `select n::int, copied.${quoteName(name)}::text as copied, inserted.${quoteName(name)}::text as inserted
        from copied join inserted using (n) where ${a} is distinct from ${b} order by n limit 10`,
      );
      differences.push(...rows.map((row) => ({ ...row, column: name })));
    }
    return differences;
  } finally {
    await client.query('rollback');
  }
}

async function createTwin(client: Client, table: TableMapping): Promise<void> {
  await client.query(createTableSql('public', table));
  await client.query(`alter table ${quoteName(table.name)} add column n bigint generated always as identity`);
}

async function copyRows(client: Client, names: readonly string[], rows: Buffer): Promise<void> {
  const stream = client.query(copyFrom(`copy copied (${quoteNames(names)}) from stdin with (format binary)`));
  stream.end(Buffer.concat([header, rows, trailer]));
  await once(stream, 'finish');
}

async function insertTexts(
  client: Client,
  names: readonly string[],
  types: readonly ColumnType[],
  texts: readonly (readonly (string | null)[])[],
): Promise<void> {
  const casts = types.map((type, index) => `t.v${index}::${typeSql(type)}`);
  const lists = types.map((_, index) => `$${index + 1}::text[]`);
  const fields = types.map((_, index) => `v${index}`);
  await client.query(
    `insert into inserted (${quoteNames(names)}) select ${casts.join(', ')}
    from unnest(${lists.join(', ')}) with ordinality as t (${fields.join(', ')}, n) order by n`,
    types.map((_, index) => texts.map((row) => row[index])),
  );
}

/** The binary form of a column; PostgreSQL says with `is distinct from` whether two are the same bytes. */
function sendForm(twin: string, name: string, type: ColumnType): string {
  const column = `${twin}.${quoteName(name)}`;
  if (type.name === 'json' || type.name === 'jsonb') return `${column}::text`;
  return `record_send(row(${column}))`;
}
