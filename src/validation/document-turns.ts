import { setImmediate as turn } from 'node:timers/promises';
import { DocrowError } from '../errors/docrow-error.ts';

const documentsPerTurn = 16;
const bytesPerTurn = 256 * 1024;

/**
 * Lets in, between documents, what came in the meantime: answers of the target, and a signal. A large document is the
 * only one between two such turns.
 */
export class DocumentTurns {
  readonly #signal: AbortSignal;
  #documents = 0;
  #bytes = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * To be called before each document.
   * @param bytes of its BSON
   * @throws DocrowError `interrupted`
   */
  async before(bytes: number): Promise<void> {
    const isDue =
      this.#documents >= documentsPerTurn || (this.#documents > 0 && this.#bytes + bytes > bytesPerTurn);
    if (isDue) {
      await turn();
      this.#documents = 0;
      this.#bytes = 0;
    }
    if (this.#signal.aborted) throw new DocrowError('interrupted', 'Comparing documents was stopped');
    this.#documents++;
    this.#bytes += bytes;
  }
}
