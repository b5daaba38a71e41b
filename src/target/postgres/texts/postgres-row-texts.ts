import { DocrowError } from '../../../errors/docrow-error.ts';
import { toDocrowError } from '../../../errors/to-docrow-error.ts';
import type { CollectionMapping } from '../../../mapping/mapping.ts';
import type { DocumentTexts, RowTexts, WantedDocument } from '../../row-texts.ts';
import { type PostgresClient, socketOf } from '../connect.ts';
import { IdleConnection } from '../idle-connection.ts';
import { hasPairSql, rowTextsSql } from './row-texts-sql.ts';

const stopped = (): DocrowError => new DocrowError('interrupted', 'Reading rows was stopped');

/** Reads rows as texts from PostgreSQL, over a connection of its own, whose settings make the texts exact. */
export class PostgresRowTexts implements RowTexts {
  readonly #connection: IdleConnection;
  readonly #schema: string;

  /** @param schema of the mapped tables */
  constructor(uri: string, schema: string) {
    this.#connection = new IdleConnection(uri);
    this.#schema = schema;
  }

  async readRows(
    collection: CollectionMapping,
    documents: readonly WantedDocument[],
    signal: AbortSignal,
  ): Promise<readonly DocumentTexts[]> {
    try {
      return await this.#connection.use((client) => this.#read(client, collection, documents, signal), 'any');
    } catch (error) {
      if (signal.aborted) throw stopped();
      throw toDocrowError(error);
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #read(
    client: PostgresClient,
    collection: CollectionMapping,
    documents: readonly WantedDocument[],
    signal: AbortSignal,
  ): Promise<readonly DocumentTexts[]> {
    const stop = (): void => void socketOf(client).destroy();
    signal.addEventListener('abort', stop);
    try {
      if (signal.aborted) throw stopped();
      await client.query('begin isolation level repeatable read read only');
      const { tables } = collection;
      const rows = documents.map(() => tables.map((): (string | null)[][] => []));
      const keyTexts = tables[0]!.key.map((_, index) => documents.map(({ key }) => key[index]));
      const numbers = documents.map((_, index) => index);
      for (const [place, table] of tables.entries()) {
        const { rows: found } = await client.query({
          rowMode: 'array',
          text: rowTextsSql(this.#schema, collection, table),
          values: [numbers, ...keyTexts],
        });
        for (const [document, ...texts] of found as [number, ...(string | null)[]][]) {
          rows[document]![place]!.push(texts);
        }
      }
      const pairs = await readPairs(client, collection, documents, keyTexts);
      await client.query('commit');
      return rows.map((ofDocument, index) => ({ rows: ofDocument, hasPair: pairs.has(index) }));
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}

/** Numbers of the documents whose pair of `_id` and key is there. */
async function readPairs(
  client: PostgresClient,
  collection: CollectionMapping,
  documents: readonly WantedDocument[],
  keyTexts: readonly (readonly (string | undefined)[])[],
): Promise<ReadonlySet<number>> {
  if (collection.idColumn !== undefined) return new Set();
  const { rows } = await client.query({
    rowMode: 'array',
    text: hasPairSql(collection),
    values: [
      documents.map((_, index) => index),
      documents.map(({ id }) => (id === undefined ? null : Buffer.from(id))),
      collection.collection,
      ...keyTexts,
    ],
  });
  return new Set((rows as [number][]).map(([document]) => document));
}
