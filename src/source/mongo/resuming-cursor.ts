import pRetry from 'p-retry';
import type { DocumentPage, PageCursor } from './document-page.ts';
import { isCursorLoss } from './error-kind.ts';

/** An election takes up to 12 s; the pauses add up to 20 s, to which the time for selecting a server comes. */
const retries = { retries: 8, minTimeout: 100, maxTimeout: 6000, factor: 2 } as const;

/**
 * Reads page by page from a cursor that may get lost on the way (timeout, election, restart, network): it is then
 * opened again behind what was read. The number of attempts is bounded for each page, so that progress resets it.
 */
export class ResumingCursor {
  readonly #open: () => Promise<PageCursor>;
  readonly #signal: AbortSignal;
  #cursor: PageCursor | undefined;

  /** @param open opens a cursor behind the last page that `next` returned */
  constructor(open: () => Promise<PageCursor>, signal: AbortSignal) {
    this.#open = open;
    this.#signal = signal;
  }

  /**
   * @returns undefined when everything was read
   * @throws what the driver threw, when it cannot be survived or came too often
   */
  next(): Promise<{ readonly page: DocumentPage; readonly reopened: boolean } | undefined> {
    return pRetry(
      async () => {
        const reopened = this.#cursor === undefined;
        this.#cursor ??= await this.#open();
        const page = await this.#cursor.next();
        return page === undefined ? undefined : { page, reopened };
      },
      {
        ...retries,
        signal: this.#signal,
        shouldRetry: ({ error }) => isCursorLoss(error),
        onFailedAttempt: () => this.close(),
      },
    );
  }

  async close(): Promise<void> {
    const cursor = this.#cursor;
    this.#cursor = undefined;
    await cursor?.close();
  }
}
