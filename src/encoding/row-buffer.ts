import { DocrowError } from '../errors/docrow-error.ts';
import { createMemory, type Memory } from './memory.ts';

/** One write to PostgreSQL. Smaller ones cost a third of the speed. */
export const pageBytes = 64 * 1024;
/** Room behind a full page, so that most rows that start in it end in it. */
const slackBytes = 16 * 1024;
/**
 * A document of 16 MB may grow twelvefold where it is nothing but `undefined`s in arrays. A row that asks for more than
 * this is no lack of room but an error that looks like one.
 */
const largestBuffer = 512 * 1024 * 1024;

/** Writes the row of the current document. */
export interface RowWriter {
  writeRow(output: Memory, position: number): number;
}

/** A full page: rows in COPY BINARY form, whole ones only. */
export interface Page {
  readonly memory: Memory;
  readonly length: number;
  /** Gives the memory back for use again, once no byte of it waits to be sent. */
  release(): void;
}

/**
 * Where the rows of one table are written until they make a page. A row that fails leaves no trace: the position
 * only moves on when `append` returns.
 */
export class RowBuffer {
  #memory = createMemory(pageBytes + slackBytes);
  #position = 0;
  readonly #spare: Memory[] = [];

  get length(): number {
    return this.#position;
  }

  get isFull(): boolean {
    return this.#position >= pageBytes;
  }

  /**
   * Writes a row, again in a larger buffer if it did not fit.
   * @param writer its `writeRow` returns the position after the row; see Memory for what happens past the end
   */
  append(writer: RowWriter): void {
    for (;;) {
      try {
        const end = writer.writeRow(this.#memory, this.#position);
        if (end <= this.#memory.bytes.length) {
          this.#position = end;
          return;
        }
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
      this.#grow();
    }
  }

  /** Takes back everything after `length`. */
  truncate(length: number): void {
    this.#position = length;
  }

  /** The bytes written so far, for reading back. */
  get memory(): Memory {
    return this.#memory;
  }

  /** Hands over what was written and starts a new page. */
  takePage(): Page {
    const memory = this.#memory;
    const length = this.#position;
    this.#memory = this.#spare.pop() ?? createMemory(pageBytes + slackBytes);
    this.#position = 0;
    return {
      memory,
      length,
      release: () => {
        if (memory.bytes.length === pageBytes + slackBytes) this.#spare.push(memory);
      },
    };
  }

  #grow(): void {
    const capacity = this.#memory.bytes.length * 2;
    if (capacity > largestBuffer) {
      // No page is taken in the middle of a document, so all the rows of its child tables have to fit.
      if (this.#position > largestBuffer / 4) {
        throw new DocrowError('document-too-large', 'The rows made from the document take too much memory', {
          bytes: capacity,
        });
      }
      throw new DocrowError('internal', 'A row does not fit into 1 GB', { bytes: capacity });
    }
    const larger = createMemory(capacity);
    this.#memory.bytes.copy(larger.bytes, 0, 0, this.#position);
    this.#memory = larger;
  }
}
