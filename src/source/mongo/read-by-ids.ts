import type { Document } from 'mongodb';
import { type DocumentBatch, releaseNothing } from '../document-source.ts';
import { idAt } from './check-order.ts';
import { boundValue } from './id-value.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { openCursor } from './open-cursor.ts';
import { readPages } from './read-pages.ts';

const maxIds = 1000;
const maxIdBytes = 1_000_000;

/**
 * Reads single documents by `_id`, those that are there, in any order. A lost cursor begins its part again, so
 * that a document may come twice.
 * @param ids each `{_id: value}`
 * @param projection of the `find` command; whole documents when left out
 * @throws DocrowError those of `readPages`
 */
export async function* readMongoByIds(
  connection: MongoConnection,
  collection: string,
  ids: readonly Uint8Array[],
  projection?: Document,
): AsyncGenerator<DocumentBatch> {
  for (const part of partsOf(ids)) {
    const filter = { _id: { $in: part.map(boundValue) } };
    const query = projection === undefined ? { filter } : { filter, projection };
    const open = async (signal: AbortSignal) => openCursor(connection, collection, query, signal);
    for await (const { page } of readPages(collection, open, () => 0, undefined)) {
      const { bytes, view, starts, count } = page;
      const positionAfter = (index: number): Uint8Array => idAt(page, index, collection);
      yield { bytes, view, starts, count, positionAfter, release: releaseNothing };
    }
  }
}

/** Cuts a list so that each part makes a command of moderate size. */
function* partsOf(ids: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  let part: Uint8Array[] = [];
  let bytes = 0;
  for (const id of ids) {
    if (part.length === maxIds || (part.length > 0 && bytes + id.length > maxIdBytes)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(id);
    bytes += id.length;
  }
  if (part.length > 0) yield part;
}
