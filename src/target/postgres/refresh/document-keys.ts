import { documentKeyPrefix } from '../document-key-prefix.ts';
import { binaryArray } from './binary-array.ts';
import type { RunStatement } from './run-statement.ts';
import type { Staging } from './staging.ts';

/** Brings `docrow.document_key` in step for these `_id`s. Does nothing where the mapping has an id column. */
export async function refreshDocumentKeys(
  run: RunStatement,
  { documentKeys, collection }: Staging,
  ids: readonly Uint8Array[],
): Promise<void> {
  if (documentKeys === undefined) return;
  const prefix = documentKeyPrefix('k.id');
  // `not in` is hashed; `not exists` would be looked up one by one, since so few rows of an array are expected. The two
  // do not see what the other one does, and need not: no key is in both.
  await run(
    `with gone as (
      delete from docrow.document_key k using unnest($2::bytea[]) as g (id)
      where k.collection = $1 and ${prefix} = ${documentKeyPrefix('g.id')} and k.id = g.id
        and (k.id, k.key) not in (select n.id, n.key from ${documentKeys} n)
    )
    insert into docrow.document_key (collection, id, key)
    select n.collection, n.id, n.key from ${documentKeys} n where not exists (
      select from docrow.document_key k
      where k.collection = n.collection and ${prefix} = ${documentKeyPrefix('n.id')} and k.id = n.id and k.key = n.key
    )`,
    [collection.collection, binaryArray('bytea', ids)],
  );
}
