import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { DocumentSource } from '../../source/document-source.ts';
import type { RowKey } from '../../target/refresh-target.ts';
import { presentIds } from './deferred-deletes.ts';
import { reasonCodes } from './reason-codes.ts';
import type { ResyncParts } from './resync-parts.ts';

/** A server finds `_id`s by their index. */
const idsPerIndexLookup = 5_000;
/** A file is read to its end for each question; so many `_id`s, and their rows' keys, are in memory. */
const idsPerPass = 100_000;

/** How many `_id`s a source is asked for at once. */
export const idsPerQuestion = ({ readIds }: Pick<DocumentSource, 'readIds'>): number =>
  readIds === undefined ? idsPerPass : idsPerIndexLookup;

export interface GoneDocuments {
  /** BSON documents `{_id: value}` of what the source does not have. */
  readonly ids: readonly Uint8Array[];
  /** Keys of rows in the root table that no `_id` can be told of. */
  readonly strays: readonly RowKey[];
}

/**
 * Finds documents that the target has, as rows or as rejections, and the source has not. The source is asked for the
 * `_id`s that the target has, part by part, so that neither all of them are in memory nor documents are read where they
 * need not be.
 * @param withRows false: rejections alone
 */
export async function* findGone(
  { rootRows, source, syncStore, run }: Pick<ResyncParts, 'rootRows' | 'source' | 'syncStore' | 'run'>,
  mapping: CollectionMapping,
  withRows = true,
): AsyncGenerator<GoneDocuments> {
  const { collection } = mapping;
  const perQuestion = idsPerQuestion(source);
  const ask = async (ids: readonly Uint8Array[]): Promise<readonly Uint8Array[]> => {
    const present = await presentIds(source, collection, ids);
    return ids.filter((id) => !present.has(id));
  };
  for await (const rows of withRows ? rootRows.read(mapping, perQuestion) : []) {
    const strays = rows.flatMap(({ id, key }) => (id === undefined ? [key] : []));
    const ids = await ask(rows.flatMap(({ id }) => id ?? []));
    if (ids.length > 0 || strays.length > 0) yield { ids, strays };
  }
  const rejected = await syncStore.rejectedIds(run.runId, collection, reasonCodes);
  for (let start = 0; start < rejected.length; start += perQuestion) {
    const ids = await ask(rejected.slice(start, start + perQuestion));
    if (ids.length > 0) yield { ids, strays: [] };
  }
}
