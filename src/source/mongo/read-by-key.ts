import { compareIds } from '../../bson/compare-ids.ts';
import {
  type DocumentBatch,
  type ReadOptions,
  releaseNothing,
  type SourceRange,
} from '../document-source.ts';
import { checkOrder, idAt, orderError } from './check-order.ts';
import { type CollectionInfo, checkUnchanged } from './collection-info.ts';
import type { DocumentPage } from './document-page.ts';
import { idBounds } from './id-filter.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { openCursor } from './open-cursor.ts';
import { readPages } from './read-pages.ts';

/**
 * Reads a range of a collection in the order of `_id`; a position is the `_id` of a document.
 * Where the `_id` index has a collation of its own it is the server that both sorts and compares, so that reading on
 * is right, but the order cannot be checked here.
 * @throws DocrowError `source-order-broken`, `source-changed` and those of `readPages`
 */
export async function* readByKey(
  connection: MongoConnection,
  info: CollectionInfo,
  range: SourceRange,
  options: ReadOptions,
): AsyncGenerator<DocumentBatch> {
  const { name: collection, simpleCollation } = info;
  let after = options.after;
  const open = async (signal: AbortSignal) => {
    await checkUnchanged(connection, info, signal);
    const bounds = idBounds({ lower: range.lower, upper: range.upper, after }, connection.wireVersion);
    return openCursor(connection, collection, { ...bounds, sort: { _id: 1 } }, signal);
  };
  const receive = (page: DocumentPage): number => {
    if (page.count === 0) return 0;
    const first = idAt(page, 0, collection);
    // The document that a cursor was opened behind may come again, and is done.
    const repeated = after !== undefined && isSame(after, first);
    if (simpleCollation) {
      if (!repeated && after !== undefined && compareIds(after, first) > 0) throw orderError(collection);
      checkOrder(page, collection);
    }
    after = idAt(page, page.count - 1, collection);
    return repeated ? 1 : 0;
  };
  for await (const { page, skip } of readPages(collection, open, receive, options.signal)) {
    const { bytes, view, count } = page;
    const starts = page.starts.subarray(skip, count);
    const positionAfter = (index: number): Uint8Array => idAt(page, index + skip, collection);
    yield { bytes, view, starts, count: count - skip, positionAfter, release: releaseNothing };
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => compareIds(a, b) === 0;
