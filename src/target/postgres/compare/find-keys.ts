import type { CollectionMapping } from '../../../mapping/mapping.ts';
import { typeSql } from '../../../mapping/type-sql.ts';
import { documentKeyTable, type ExpectedDocument, type RowFinding, type RowKey } from '../../row-comparer.ts';
import type { PostgresClient } from '../connect.ts';
import { documentKeyPrefix } from '../document-key-prefix.ts';
import { quoteName, quoteTable } from '../quote.ts';
import { keyTextsSql } from '../row-locator.ts';
import { keySql, sendSql } from '../send-functions.ts';

/** The key of a document's row, as texts. */
export interface KeyOfDocument {
  readonly document: number;
  readonly key: readonly string[];
}

export interface FoundKeys {
  /** Rows with these keys belong to the documents. */
  readonly keys: readonly KeyOfDocument[];
  /** Documents whose key belongs to another one: their rows are nowhere. */
  readonly ousted: ReadonlySet<number>;
  readonly findings: readonly RowFinding[];
}

/** Finds out by which keys the rows of documents are found. */
export async function findKeys(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  documents: readonly ExpectedDocument[],
): Promise<FoundKeys> {
  const expected = documents.flatMap((one, document) =>
    one.rows === undefined ? [] : [{ document, key: rootKey(collection, one) }],
  );
  if (collection.idColumn !== undefined) {
    const root = collection.tables[0]!;
    const isKey = root.key.length === 1 && root.key[0] === collection.idColumn;
    // Where it is no part of the key, a row with the `_id` of a document may have another key than the document.
    const led = documents.flatMap(({ rows, idText }, document) =>
      idText === undefined || (isKey && rows !== undefined) ? [] : [{ document, key: [idText] }],
    );
    const keys = isKey ? led : await keysByIdColumn(client, schema, collection, led);
    return { keys: [...expected, ...keys], ousted: new Set(), findings: [] };
  }
  const others = documents.flatMap(({ rows, id }, document) =>
    rows === undefined && id !== undefined ? [{ document, id }] : [],
  );
  const paired = await checkPairs(client, collection, documents, expected);
  const led = await keysByPairs(client, schema, collection, others);
  const keys = expected.filter(({ document }) => !paired.ousted.has(document));
  return {
    keys: [...keys, ...led.keys],
    ousted: paired.ousted,
    findings: [...paired.findings, ...led.findings],
  };
}

function rootKey({ tables: [root] }: CollectionMapping, { rows }: ExpectedDocument): readonly string[] {
  const row = rows![0]![0]!;
  return root!.key.map((name) => row[root!.columns.findIndex((column) => column.name === name)] ?? '');
}

/** A key with its columns. */
export const namedKey = (columns: readonly string[], values: readonly (string | null)[]): RowKey =>
  Object.fromEntries(
    columns.flatMap((name, index) => (values[index] == null ? [] : [[name, values[index]]])),
  );

async function keysByIdColumn(
  client: PostgresClient,
  schema: string,
  { tables, idColumn }: CollectionMapping,
  known: readonly KeyOfDocument[],
): Promise<readonly KeyOfDocument[]> {
  if (known.length === 0) return [];
  const root = tables[0]!;
  const { type } = root.columns.find(({ name }) => name === idColumn)!;
  const { rows } = await client.query(
    `select g.d, ${keyTextsSql(root.key, 't')} as key
    from (select d, v::${typeSql(type)} as v from unnest($1::integer[], $2::text[]) as given (d, v)) g
    join ${quoteTable(schema, root.name)} t on t.${quoteName(idColumn!)} = g.v`,
    [known.map(({ document }) => document), known.map(({ key }) => key[0])],
  );
  return rows.map(({ d, key }) => ({ document: Number(d), key }));
}

/** Joins `docrow.document_key k` to `_id`s in `g.id`. */
const joinPairs = (parameter: string): string =>
  `join docrow.document_key k on k.collection = ${parameter}
    and ${documentKeyPrefix('k.id')} = ${documentKeyPrefix('g.id')} and k.id = g.id`;

/** Looks whether the pair of `_id` and key is there for each document that should have rows. */
async function checkPairs(
  client: PostgresClient,
  collection: CollectionMapping,
  documents: readonly ExpectedDocument[],
  keys: readonly KeyOfDocument[],
): Promise<Omit<FoundKeys, 'keys'>> {
  if (keys.length === 0) return { ousted: new Set(), findings: [] };
  const root = collection.tables[0]!;
  const given = root.key.map((_, index) => `k${index}`);
  const types = root.key.map((name) => root.columns.find((column) => column.name === name)!.type);
  const casts = types.map((type, index) => `k${index}::${typeSql(type)} as c${index}`);
  const sent = types.map((type, index) => sendSql({ name: `c${index}`, type }, 'n'));
  const { rows } = await client.query(
    `with g as materialized (
      select n.d, n.id, array[${sent.join(', ')}] as key from (
        select d, id, ${casts.join(', ')}
        from unnest($2::integer[], $3::bytea[], ${given.map((_, index) => `$${index + 4}::text[]`).join(', ')})
          as given (d, id, ${given.join(', ')})
      ) n
    ), unpaired as materialized (
      select g.d, g.key from g left ${joinPairs('$1')} group by g.d, g.key
      having not coalesce(bool_or(k.key = g.key), false)
    )
    select d, exists (
      select from docrow.document_key k where k.collection = $1 and k.key = unpaired.key
    ) as is_taken from unpaired`,
    [
      collection.collection,
      keys.map(({ document }) => document),
      keys.map(({ document }) => Buffer.from(documents[document]!.id ?? [])),
      ...given.map((_, index) => keys.map(({ key }) => key[index])),
    ],
  );
  const keyOf = new Map(keys.map(({ document, key }) => [document, key]));
  return {
    ousted: new Set(rows.filter(({ is_taken }) => is_taken === true).map(({ d }) => Number(d))),
    findings: rows.map(({ d }) => ({
      document: Number(d),
      table: documentKeyTable,
      kind: 'missing-row',
      key: namedKey(root.key, keyOf.get(Number(d)) ?? []),
      cells: [],
      bucket: undefined,
    })),
  };
}

/** Looks for pairs of documents that should have no rows. There are none unless something is wrong. */
async function keysByPairs(
  client: PostgresClient,
  schema: string,
  { collection, tables }: CollectionMapping,
  documents: readonly { readonly document: number; readonly id: Uint8Array }[],
): Promise<Omit<FoundKeys, 'ousted'>> {
  if (documents.length === 0) return { keys: [], findings: [] };
  const root = tables[0]!;
  const pairs = await client.query(
    `select g.d, k.key from unnest($2::integer[], $3::bytea[]) as g (d, id) ${joinPairs('$1')}`,
    [collection, documents.map(({ document }) => document), documents.map(({ id }) => Buffer.from(id))],
  );
  if (pairs.rows.length === 0) return { keys: [], findings: [] };
  const { rows } = await client.query(
    `select g.d, case when t.ctid is not null then ${keyTextsSql(root.key, 't')} end as key
    from unnest($2::integer[], $3::bytea[]) as g (d, id) ${joinPairs('$1')}
    left join ${quoteTable(schema, root.name)} t on ${keySql(root, root.key, 't')} = k.key`,
    [collection, documents.map(({ document }) => document), documents.map(({ id }) => Buffer.from(id))],
  );
  return {
    keys: rows.flatMap(({ d, key }) => (key === null ? [] : [{ document: Number(d), key }])),
    findings: rows.map(({ d, key }) => ({
      document: Number(d),
      table: documentKeyTable,
      kind: 'extra-row',
      key: namedKey(root.key, key ?? []),
      cells: [],
      bucket: undefined,
    })),
  };
}
