import { decodeCountPosition, encodeCountPosition } from '../count-position.ts';
import { type DocumentBatch, type ReadOptions, releaseNothing } from '../document-source.ts';
import { type CollectionInfo, checkUnchanged } from './collection-info.ts';
import type { DocumentPage } from './document-page.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { openCursor } from './open-cursor.ts';
import { readPages } from './read-pages.ts';

/**
 * Reads all of a view or time-series collection, which have no `_id` index to sort and resume by: as the server
 * gives it. A position is a number of documents; reading on means reading again and passing over them, which is
 * right as long as the server gives the same order.
 * @throws DocrowError `source-changed` and those of `readPages`
 */
export async function* readByCount(
  connection: MongoConnection,
  info: CollectionInfo,
  options: ReadOptions,
): AsyncGenerator<DocumentBatch> {
  const skipFirst = options.after === undefined ? 0 : decodeCountPosition(options.after);
  /** Documents that are done, whatever cursor gave them. */
  let done = skipFirst;
  /** Documents that the cursor in use has given. */
  let given = 0;
  const open = async (signal: AbortSignal) => {
    await checkUnchanged(connection, info, signal);
    return openCursor(connection, info.name, {}, signal);
  };
  const receive = (page: DocumentPage, reopened: boolean): number => {
    if (reopened) given = 0;
    const skip = Math.min(page.count, Math.max(0, done - given));
    given += page.count;
    done = Math.max(done, given);
    return skip;
  };
  let before = skipFirst;
  for await (const { page, skip } of readPages(info.name, open, receive, options.signal)) {
    const { bytes, view } = page;
    const starts = page.starts.subarray(skip, page.count);
    const count = page.count - skip;
    const first = before;
    before += count;
    const positionAfter = (index: number): Uint8Array => encodeCountPosition(first + index + 1);
    yield { bytes, view, starts, count, positionAfter, release: releaseNothing };
  }
}
