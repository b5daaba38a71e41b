import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const pollMs = 5;

/** Looks again and again which of the timed documents have a row, and notes when it saw each first. */
export class ProbeWatch {
  readonly #client: pg.Client;
  /** Milliseconds since 1970, by number. */
  readonly #seenAt = new Map<number, number>();

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open(uri: string): Promise<ProbeWatch> {
    const client = new pg.Client({ connectionString: uri });
    await client.connect();
    return new ProbeWatch(client);
  }

  /**
   * Waits until the condition holds.
   * @throws Error when it takes too long; the reason of the signal
   */
  async until(
    isDone: (seenAt: ReadonlyMap<number, number>) => boolean,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, number>> {
    const startedAt = performance.now();
    while (!isDone(this.#seenAt)) {
      signal.throwIfAborted();
      if (performance.now() - startedAt > timeoutMs) {
        throw new Error('A change did not come to the table in time: docrow sync --follow is too far behind');
      }
      await this.#look();
      await pause(pollMs);
    }
    return this.#seenAt;
  }

  async #look(): Promise<void> {
    const last = Math.max(-1, ...[...this.#seenAt.keys()].slice(-1));
    const { rows } = await this.#client.query<{ number: number }>({
      name: 'look',
      text: 'select _id as number from public.probes where _id > $1 order by _id',
      values: [last],
    });
    const now = Date.now();
    for (const { number } of rows) this.#seenAt.set(number, now);
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}
