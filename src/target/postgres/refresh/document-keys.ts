import type { PostgresClient } from '../connect.ts';
import { documentKeyPrefix } from '../document-key-prefix.ts';
import type { Staging } from './staging.ts';

/** Brings `docrow.document_key` in step for these `_id`s. Does nothing where the mapping has an id column. */
export async function refreshDocumentKeys(
  client: PostgresClient,
  { documentKeys, collection }: Staging,
  ids: readonly Uint8Array[],
): Promise<void> {
  if (documentKeys === undefined) return;
  const prefix = documentKeyPrefix('k.id');
  // `not in` is hashed; `not exists` would be looked up one by one, since so few rows of an array are expected.
  await client.query(
    `delete from docrow.document_key k using unnest($2::bytea[]) as g (id)
    where k.collection = $1 and ${prefix} = ${documentKeyPrefix('g.id')} and k.id = g.id
      and (k.id, k.key) not in (select n.id, n.key from ${documentKeys} n)`,
    [collection.collection, ids.map((id) => Buffer.from(id.buffer, id.byteOffset, id.byteLength))],
  );
  await client.query(
    `insert into docrow.document_key (collection, id, key)
    select n.collection, n.id, n.key from ${documentKeys} n where not exists (
      select from docrow.document_key k
      where k.collection = n.collection and ${prefix} = ${documentKeyPrefix('n.id')} and k.id = n.id and k.key = n.key
    )`,
  );
}
