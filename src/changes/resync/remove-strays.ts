import { noSyncCounts, type SyncCounts } from '../../checkpoint/sync-store.ts';
import type { CollectionMapping, TableMapping } from '../../mapping/mapping.ts';
import type { RowKey } from '../../target/refresh-target.ts';
import type { StrayRows } from '../../validation/digests/find-suspects.ts';
import type { ResyncParts } from './resync-parts.ts';

export interface RemovedStrays {
  readonly counts: SyncCounts;
  /** BSON documents `{_id: value}` of the documents that rows turned out to belong to. */
  readonly ids: readonly Uint8Array[];
}

const keysPerTransaction = 5_000;

/** Deletes rows that belong to no document, with the rows below them. */
export async function removeStrays(
  parts: Pick<ResyncParts, 'target' | 'writer'>,
  mapping: CollectionMapping,
  strays: readonly Pick<StrayRows, 'table' | 'key'>[],
): Promise<RemovedStrays> {
  const { target, writer } = parts;
  const { collection, tables } = mapping;
  const documentKey = tables[0]!.key.length;
  const rows = new Map<string, number>();
  const ids: Uint8Array[] = [];
  for (const table of tables) {
    const keys = strays.flatMap(({ table: name, key }): RowKey[] =>
      name === table.name ? [Object.fromEntries(key)] : [],
    );
    // Strays are told by the key of their document, which is where the key of a child table begins.
    const byDocument: TableMapping = { ...table, key: table.key.slice(0, documentKey) };
    for (let start = 0; start < keys.length; start += keysPerTransaction) {
      const part = keys.slice(start, start + keysPerTransaction);
      const gone = await target.removeRows({ ...writer, collection }, mapping, byDocument, part, false);
      ids.push(...gone.ids);
      for (const [name, count] of gone.rows) rows.set(name, (rows.get(name) ?? 0) + count);
    }
  }
  const deleted = rows.get(tables[0]!.name) ?? 0;
  return { counts: { ...noSyncCounts, deleted, rows: Object.fromEntries(rows) }, ids };
}
