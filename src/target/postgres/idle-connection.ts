import { closePostgres, connectPostgres, type PostgresClient } from './connect.ts';
import { joinRun } from './run-lock.ts';

/** Longer than between two operations, and shorter than what firewalls give a silent connection. */
const idleLimitMs = 10_000;

/**
 * Lends connections to one operation each. The last one that came back is kept for a while, since making one takes
 * longer than most operations.
 */
export class IdleConnection {
  readonly #uri: string;
  #idle: PostgresClient | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** Connections that were told to belong to the run that works on the target. */
  readonly #joined = new WeakSet<PostgresClient>();

  constructor(uri: string) {
    this.#uri = uri;
  }

  /** @param whose `of the run` for work that the next process has to wait for when this one is killed */
  async use<T>(work: (client: PostgresClient) => Promise<T>, whose: 'of the run' | 'any'): Promise<T> {
    const client = this.#take() ?? (await connectPostgres(this.#uri));
    let isGood = false;
    try {
      if (whose === 'of the run' && !this.#joined.has(client)) {
        await joinRun(client);
        this.#joined.add(client);
      }
      const result = await work(client);
      isGood = true;
      return result;
    } finally {
      // After an error nobody knows what state the session is in.
      if (isGood && this.#idle === undefined && !this.#isClosed) this.#keep(client);
      else await closePostgres(client);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = this.#take();
    if (client !== undefined) await closePostgres(client);
  }

  #take(): PostgresClient | undefined {
    const client = this.#idle;
    client?.off('end', this.#forget);
    clearTimeout(this.#expiry);
    this.#idle = undefined;
    return client;
  }

  #keep(client: PostgresClient): void {
    this.#idle = client;
    client.once('end', this.#forget);
    this.#expiry = setTimeout(() => {
      const expired = this.#take();
      if (expired !== undefined) void closePostgres(expired);
    }, idleLimitMs).unref();
  }

  readonly #forget = (): void => {
    this.#take();
  };
}
