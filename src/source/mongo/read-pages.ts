import { throwIfAborted } from '../throw-if-aborted.ts';
import type { DocumentPage, PageCursor } from './document-page.ts';
import { ResumingCursor } from './resuming-cursor.ts';
import { toMongoError } from './to-mongo-error.ts';

/**
 * Gives the pages of a query, the next one being fetched while the caller uses the last.
 * @param open opens a cursor behind the last page that went through `receive`
 * @param receive sees each page as soon as it is there, so that a lost cursor is opened again behind it; returns
 *   the number of documents to leave out at its beginning
 * @throws DocrowError `source-cursor-lost`, `source-unreachable`, `source-denied`, `source-refused`, `interrupted`
 */
export async function* readPages(
  collection: string,
  open: (signal: AbortSignal) => Promise<PageCursor>,
  receive: (page: DocumentPage, reopened: boolean) => number,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly page: DocumentPage; readonly skip: number }> {
  // A caller that stops early must not have to wait for the page in flight.
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const cursor = new ResumingCursor(() => open(either), either);
  let pending = cursor.next();
  try {
    for (;;) {
      const answer = await pending;
      if (answer === undefined) return;
      const { page, reopened } = answer;
      const skip = receive(page, reopened);
      pending = cursor.next();
      // It may fail before it is awaited, while the caller is still busy with the page.
      pending.catch(() => {});
      if (skip < page.count) yield { page, skip };
      throwIfAborted(signal);
    }
  } catch (error) {
    throwIfAborted(signal);
    throw toMongoError(error, { collection });
  } finally {
    stop.abort();
    await pending.catch(() => {});
    await cursor.close();
  }
}
