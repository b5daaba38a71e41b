import type { CollectionEncoder } from '../encoding/compile-collection.ts';
import type { Page } from '../encoding/row-buffer.ts';
import type { ChunkTally } from './chunk-tally.ts';

/** The documents of a chunk as far as they are encoded: what is known of them, and the pages that wait to be sent. */
export class FillingChunk {
  readonly tally: ChunkTally;
  documents = 0;
  /** BSON bytes of the documents. */
  bytes = 0;
  /** Position after the last document; undefined before the end of the first batch. */
  position: Uint8Array | undefined;
  readonly #encoder: CollectionEncoder;
  readonly #pages: Page[][];
  #pageBytes = 0;
  /** Bytes in the pages of later tables that are not full yet. */
  #openBytes = 0;

  constructor(encoder: CollectionEncoder, tally: ChunkTally) {
    this.tally = tally;
    this.#encoder = encoder;
    this.#pages = encoder.tables.map(() => []);
  }

  /** Bytes that have to be kept until they are sent or, for rejected documents, committed. */
  get keptBytes(): number {
    return this.tally.rejectedBytes + this.#pageBytes + this.#openBytes;
  }

  /** Takes the pages that are full over from the encoder. @returns whether there were any */
  takeFullPages(): boolean {
    const { tables } = this.#encoder;
    let hasTaken = false;
    this.#openBytes = 0;
    for (let table = 0; table < tables.length; table++) {
      const { buffer } = tables[table]!;
      if (buffer.isFull) {
        this.#take(table);
        hasTaken = true;
      } else if (table > 0) this.#openBytes += buffer.length;
    }
    return hasTaken;
  }

  /** Takes all that the encoder has written, so that it can begin with the next chunk. */
  takeAllPages(): void {
    for (const [table, { buffer }] of this.#encoder.tables.entries()) {
      if (buffer.length > 0) this.#take(table);
    }
    this.#openBytes = 0;
  }

  /** The waiting page of a table that is to be sent next. */
  nextPage(table: number): Page | undefined {
    const page = this.#pages[table]!.shift();
    if (page !== undefined) this.#pageBytes -= page.length;
    return page;
  }

  #take(table: number): void {
    const page = this.#encoder.tables[table]!.buffer.takePage();
    this.#pages[table]!.push(page);
    this.#pageBytes += page.length;
  }
}
