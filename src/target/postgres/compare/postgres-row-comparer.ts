import type { RejectionCode } from '../../../errors/error-codes.ts';
import { toDocrowError } from '../../../errors/to-docrow-error.ts';
import type { CollectionMapping } from '../../../mapping/mapping.ts';
import type {
  BatchFindings,
  CompareOptions,
  CountedRows,
  ExpectedDocument,
  KeyPair,
  RecordedExceptions,
  RowComparer,
  RowKey,
  UnseenRow,
} from '../../row-comparer.ts';
import { countTableRows } from '../catalogue.ts';
import type { PostgresClient } from '../connect.ts';
import { IdleConnection } from '../idle-connection.ts';
import { quoteTable } from '../quote.ts';
import { keySql } from '../send-functions.ts';
import { compareBatch, missingRows } from './compare-batch.ts';
import { selectEqualKeys, selectRowKeys, selectRowsExist } from './match-keys.ts';
import { readSnapshot } from './read-snapshot.ts';
import { selectExceptions } from './recorded-exceptions.ts';
import { selectUnseen } from './unseen-rows.ts';

/** Compares rows in PostgreSQL, over connections of its own that only read. */
export class PostgresRowComparer implements RowComparer {
  readonly #connection: IdleConnection;
  /** Records are asked for while rows are compared. */
  readonly #second: IdleConnection;
  readonly #schema: string;

  /** @param schema of the mapped tables */
  constructor(uri: string, schema: string) {
    this.#connection = new IdleConnection(uri);
    this.#second = new IdleConnection(uri);
    this.#schema = schema;
  }

  exceptions(
    runId: string,
    collection: string,
    codes: readonly RejectionCode[],
    ids: readonly Uint8Array[],
  ): Promise<RecordedExceptions> {
    return this.#use((client) => selectExceptions(client, runId, collection, codes, ids), this.#second);
  }

  compareDocuments(
    collection: CollectionMapping,
    documents: readonly ExpectedDocument[],
    options: CompareOptions,
    signal: AbortSignal,
  ): Promise<BatchFindings> {
    return this.#use((client) => this.#compare(client, collection, documents, options, signal));
  }

  countRows(collection: CollectionMapping, signal: AbortSignal): Promise<CountedRows> {
    return this.#use((client) =>
      readSnapshot(client, signal, async () => {
        const tables: number[] = [];
        for (const { name } of collection.tables) {
          tables.push(await countTableRows(client, this.#schema, name));
        }
        if (collection.idColumn !== undefined) return { tables, documentKeys: undefined };
        const { rows } = await client.query(
          'select count(*) as pairs from docrow.document_key where collection = $1',
          [collection.collection],
        );
        return { tables, documentKeys: Number(rows[0].pairs) };
      }),
    );
  }

  idsWithoutRow(
    { collection, tables }: CollectionMapping,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly Uint8Array[]> {
    const root = tables[0]!;
    return this.#use((client) =>
      readSnapshot(client, signal, async () => {
        const { rows } = await client.query(
          `select k.id from docrow.document_key k where k.collection = $1 and not exists (
            select from ${quoteTable(this.#schema, root.name)} t where ${keySql(root, root.key, 't')} = k.key
          ) limit $2`,
          [collection, limit],
        );
        return rows.map(({ id }) => id as Buffer);
      }),
    );
  }

  findUnseen(
    collection: CollectionMapping,
    table: number,
    seen: Int32Array,
    take: (rows: readonly UnseenRow[]) => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#use((client) =>
      readSnapshot(client, signal, async () => {
        const pages = selectUnseen(client, this.#schema, collection, collection.tables[table]!, seen);
        for await (const page of pages) if (!(await take(page))) break;
      }),
    );
  }

  rowsExist(
    collection: CollectionMapping,
    table: number,
    keys: readonly RowKey[],
  ): Promise<readonly boolean[]> {
    return this.#use((client) => selectRowsExist(client, this.#schema, collection.tables[table]!, keys));
  }

  rowKeys(
    collection: CollectionMapping,
    table: number,
    documentKeys: readonly (readonly string[])[],
    limit: number,
  ): Promise<readonly RowKey[]> {
    return this.#use((client) =>
      selectRowKeys(client, this.#schema, collection, collection.tables[table]!, documentKeys, limit),
    );
  }

  equalKeys(collection: CollectionMapping, pairs: readonly KeyPair[]): Promise<readonly boolean[]> {
    return this.#use((client) => this.#equalKeys(client, collection, pairs));
  }

  async close(): Promise<void> {
    await Promise.all([this.#connection.close(), this.#second.close()]);
  }

  /** Compares in one snapshot; where a value is refused, halves until its document stands alone. */
  async #compare(
    client: PostgresClient,
    collection: CollectionMapping,
    documents: readonly ExpectedDocument[],
    options: CompareOptions,
    signal: AbortSignal,
  ): Promise<BatchFindings> {
    try {
      return await readSnapshot(client, signal, () =>
        compareBatch(client, this.#schema, collection, documents, options),
      );
    } catch (error) {
      if (!isRefusedValue(error)) throw error;
      await client.query('rollback');
    }
    if (documents.length === 1) return refusedDocument(collection, documents[0]!);
    const middle = documents.length >> 1;
    const first = await this.#compare(client, collection, documents.slice(0, middle), options, signal);
    const second = await this.#compare(client, collection, documents.slice(middle), options, signal);
    return {
      findings: [
        ...first.findings,
        ...second.findings.map((finding) => ({ ...finding, document: finding.document + middle })),
      ],
      seen: collection.tables.map((_, table) => [
        ...(first.seen[table] ?? []),
        ...(second.seen[table] ?? []),
      ]),
    };
  }

  /** What the target does not take is equal to nothing. */
  async #equalKeys(
    client: PostgresClient,
    collection: CollectionMapping,
    pairs: readonly KeyPair[],
  ): Promise<readonly boolean[]> {
    if (pairs.length === 0) return [];
    try {
      return await selectEqualKeys(client, collection, pairs);
    } catch (error) {
      if (!isRefusedValue(error)) throw error;
    }
    if (pairs.length === 1) return [false];
    const middle = pairs.length >> 1;
    const first = await this.#equalKeys(client, collection, pairs.slice(0, middle));
    return [...first, ...(await this.#equalKeys(client, collection, pairs.slice(middle)))];
  }

  async #use<T>(
    work: (client: PostgresClient) => Promise<T>,
    connection: IdleConnection = this.#connection,
  ): Promise<T> {
    try {
      return await connection.use(work, 'any');
    } catch (error) {
      throw toDocrowError(error, 'finish');
    }
  }
}

/** SQLSTATE class 22: a text that is no value of its type. */
const isRefusedValue = (error: unknown): boolean =>
  error instanceof Error && 'severity' in error && 'code' in error && String(error.code).startsWith('22');

/** What PostgreSQL does not take cannot be there. */
function refusedDocument({ tables }: CollectionMapping, { rows }: ExpectedDocument): BatchFindings {
  const findings = tables.flatMap((table, index) => missingRows(table, 0, rows?.[index] ?? []));
  return { findings, seen: tables.map(() => []) };
}
