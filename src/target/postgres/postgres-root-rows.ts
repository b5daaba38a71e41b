import { toDocrowError } from '../../errors/to-docrow-error.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import { typeSql } from '../../mapping/type-sql.ts';
import type { RootRow, RootRows } from '../root-rows.ts';
import { closePostgres, connectPostgres, type PostgresClient } from './connect.ts';
import { idAccess, parametersOf } from './offending-rows.ts';
import { quoteName, quoteTable } from './quote.ts';
import { type KeyTexts, keyTextsSql } from './row-locator.ts';

/** Reads the root tables of PostgreSQL in the order of their keys, on a connection of its own. */
export class PostgresRootRows implements RootRows {
  readonly #uri: string;
  readonly #schema: string;
  #client: Promise<PostgresClient> | undefined;

  constructor(uri: string, schema: string) {
    this.#uri = uri;
    this.#schema = schema;
  }

  async *read(collection: CollectionMapping, rowsPerBatch: number): AsyncGenerator<readonly RootRow[]> {
    try {
      this.#client ??= connectPostgres(this.#uri);
      const client = await this.#client;
      let after: KeyTexts | undefined;
      do {
        const { rows, last } = await readPage(client, this.#schema, collection, after, rowsPerBatch);
        if (rows.length > 0) yield rows;
        after = last;
      } while (after !== undefined);
    } catch (error) {
      throw toDocrowError(error);
    }
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    if (client !== undefined) await closePostgres(client);
  }
}

/** @returns no `last` when there are no more rows */
async function readPage(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  after: KeyTexts | undefined,
  limit: number,
): Promise<{ readonly rows: readonly RootRow[]; readonly last: KeyTexts | undefined }> {
  const root = collection.tables[0]!;
  const { join, select, toId } = idAccess(schema, collection, root);
  const parameters: unknown[] = parametersOf(collection);
  const columns = root.key.map((name) => `t.${quoteName(name)}`).join(', ');
  const bounds = after?.map((text, index) => {
    const { type } = root.columns.find(({ name }) => name === root.key[index])!;
    return `$${parameters.push(text)}::text::${typeSql(type)}`;
  });
  const found = await client.query(
    `select ${select} as id, ${keyTextsSql(root.key, 't')} as key
    from (
      select * from ${quoteTable(schema, root.name)} t
      ${bounds === undefined ? '' : `where (${columns}) > (${bounds.join(', ')})`}
      order by ${columns} limit ${limit}
    ) t ${join === '' ? '' : `left ${join}`}
    order by ${columns}`,
    parameters,
  );
  const rows = found.rows.map(({ id, key }): RootRow => {
    const texts = key as KeyTexts;
    return {
      id: idOf(toId, id),
      key: Object.fromEntries(root.key.map((name, index) => [name, texts[index]!])),
    };
  });
  // A key that belongs to several documents would give more rows than were asked for.
  return { rows, last: rows.length < limit ? undefined : (found.rows.at(-1)!['key'] as KeyTexts) };
}

function idOf(toId: (value: unknown) => Uint8Array, value: unknown): Uint8Array | undefined {
  if (value === null) return undefined;
  try {
    return toId(value);
  } catch {
    // The column holds what is no `_id`, so the row is nobody's.
    return undefined;
  }
}
