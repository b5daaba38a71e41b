import type { Socket } from 'node:net';
import { from as copyFrom } from 'pg-copy-streams';
import type { RowPage } from '../row-target.ts';
import { type PostgresClient, socketOf } from './connect.ts';

/** Signature, flags and header extension length of COPY BINARY (sql-copy, "File Header"). */
const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const trailer = Buffer.from([0xff, 0xff]);

/** A write of one page at a time is queued while the next one is encoded. */
const highWaterMark = 64 * 1024;

/** One COPY FROM STDIN in binary format. Only one at a time on a connection. */
export class CopyRows {
  readonly #stream: ReturnType<typeof copyFrom>;
  readonly #socket: Socket;
  #inFlight: RowPage[] = [];
  readonly #client: PostgresClient;
  readonly #failure: Promise<never>;
  #fail: (error: Error) => void = () => undefined;
  #error: Error | undefined;

  /** @param statement the COPY statement, `with (format binary)` */
  constructor(client: PostgresClient, statement: string) {
    this.#stream = client.query(copyFrom(statement, { highWaterMark }));
    // The page memory may be used again only when the socket has passed on every byte: the callback of a write comes
    // earlier, when the bytes were merely queued.
    this.#socket = socketOf(client);
    this.#client = client;
    this.#failure = new Promise((_, reject) => {
      this.#fail = (error) => {
        this.#error ??= error;
        reject(error);
      };
    });
    this.#failure.catch(() => undefined);
    this.#stream.on('error', this.#fail);
    // When the connection is lost, pg tells the client and not the stream.
    client.once('end', this.#onLost);
    this.#stream.write(header);
  }

  readonly #onLost = (): void =>
    this.#fail(Object.assign(new Error('The connection was lost'), { code: 'ECONNRESET' }));

  /** Accepts a page; resolves when there is room for the next one. @throws what PostgreSQL or the connection reports */
  async write(page: RowPage): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    this.#inFlight.push(page);
    const hasRoom = this.#stream.write(page.memory.bytes.subarray(0, page.length));
    if (!hasRoom) {
      let resume = (): void => undefined;
      const drained = new Promise<void>((resolve) => {
        resume = resolve;
        this.#stream.once('drain', resolve);
      });
      try {
        await Promise.race([drained, this.#failure]);
      } finally {
        this.#stream.off('drain', resume);
      }
    }
    if (this.#stream.writableLength === 0 && this.#socket.writableLength === 0) this.#release();
  }

  /** Ends the COPY. @returns rows that PostgreSQL counted */
  async finish(): Promise<number> {
    const finished = new Promise<void>((resolve) => this.#stream.once('finish', resolve));
    this.#stream.end(trailer);
    try {
      await Promise.race([finished, this.#failure]);
    } finally {
      this.#client.off('end', this.#onLost);
      this.#release();
    }
    return this.#stream.rowCount;
  }

  /** Gives the COPY up; PostgreSQL rolls it back. Resolves when the connection can be used again or is lost. */
  async abort(): Promise<void> {
    if (this.#error === undefined) {
      const closed = new Promise<void>((resolve) => this.#stream.once('close', resolve));
      this.#stream.destroy();
      await Promise.race([closed, this.#failure.catch(() => undefined)]);
    }
    this.#client.off('end', this.#onLost);
    this.#release();
  }

  #release(): void {
    for (const page of this.#inFlight) page.release();
    this.#inFlight = [];
  }
}
