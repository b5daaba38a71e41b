import type { Memory } from '../encoding/memory.ts';

/** Words per value of a tape: where its text begins and ends, the place of the next value, and its flags. */
export const tapeStride = 4;

/** The string has a backslash in it, so that its bytes are not its value. */
export const hasEscapes = 1;
/** PostgreSQL writes this value in another way. */
export const needsRewriting = 2;

const quote = 0x22;
const backslash = 0x5c;

/** False for words that hold neither a quote nor a backslash. A carry may find one too many, never too few. */
function mayEndString(word: number): boolean {
  const quotes = word ^ 0x22222222;
  const backslashes = word ^ 0x5c5c5c5c;
  return (
    ((((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes)) & 0x80808080) !== 0
  );
}

/**
 * Where the values of a JSON text are, keys as strings before their values, in the order of the text. It is filled in
 * one pass, without calls in each other, however deep the text is nested. The text has to be well formed.
 */
export class JsonTape {
  words = new Int32Array(256 * tapeStride);
  readonly #open: number[] = [];

  /** Fills the tape with the text in [at, end). */
  scan(input: Memory, at: number, end: number): void {
    const { bytes } = input;
    const open = this.#open;
    open.length = 0;
    let words = this.words;
    let count = 0;
    while (at < end) {
      const byte = bytes[at]!;
      if (byte === 0x2c || byte === 0x3a || byte <= 0x20) {
        at++;
        continue;
      }
      if (byte === 0x7d || byte === 0x5d) {
        at++;
        const container = open.pop()!;
        words[container + 1] = at;
        words[container + 2] = count;
        continue;
      }
      if (count === words.length) words = this.#grow();
      words[count] = at;
      words[count + 3] = 0;
      if (byte === quote) {
        at = this.#endString(input, at + 1, end, count);
        words[count + 1] = at;
      } else if (byte === 0x7b || byte === 0x5b) {
        open.push(count);
        at++;
      } else {
        at = this.#endScalar(bytes, at, end, count);
        words[count + 1] = at;
      }
      count += tapeStride;
      words[count - 2] = count;
      // Behind a value mostly comes one of these.
      const after = bytes[at];
      if (after === 0x2c || after === 0x3a) at++;
    }
  }

  /** @returns the offset after the closing quote */
  #endString(input: Memory, at: number, end: number, token: number): number {
    const { bytes, view } = input;
    const last = end - 4;
    for (;;) {
      while (at <= last && !mayEndString(view.getInt32(at, true))) at += 4;
      const byte = bytes[at];
      if (byte === quote || byte === undefined) return at + 1;
      if (byte === backslash) {
        const letter = bytes[at + 1]!;
        // The encoder escapes as PostgreSQL does; of other escapes there are too many to tell.
        const isOther = letter === 0x75 || letter === 0x2f;
        this.words[token + 3]! |= isOther ? hasEscapes | needsRewriting : hasEscapes;
        at += 2;
      } else at++;
    }
  }

  /** @returns the offset after a number or a literal */
  #endScalar(bytes: Buffer, at: number, end: number, token: number): number {
    const isNumber = bytes[at]! <= 0x39;
    // numeric has no negative zero.
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x30) this.words[token + 3] = needsRewriting;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === 0x2c || byte === 0x7d || byte === 0x5d || byte <= 0x20) break;
      if (isNumber && (byte | 0x20) === 0x65) this.words[token + 3] = needsRewriting;
    }
    return at;
  }

  #grow(): Int32Array<ArrayBuffer> {
    const larger = new Int32Array(this.words.length * 2);
    larger.set(this.words);
    this.words = larger;
    return larger;
  }
}
