import { DocrowError } from '../../errors/docrow-error.ts';

/** Bytes behind `end` that must exist, so that looking a little ahead stays inside the buffer. */
export const lookaheadBytes = 64;

/** Thrown where the text ends within a document. One object, since that happens at the end of every block. */
export const endOfText = new DocrowError('source-corrupt', 'the last document is cut short');

/**
 * JSON text that is being read: the bytes, and the place where the reader stands.
 *
 * Whoever moves on in a loop stops at `end`; single steps may look up to `lookaheadBytes` behind it. There stands
 * either more of the same text, or zero bytes, which are no JSON.
 */
export class JsonInput {
  bytes: Buffer = Buffer.alloc(lookaheadBytes);
  at = 0;
  end = 0;

  /** Begins with a block. `end` lies at least `lookaheadBytes` before its end. */
  reset(bytes: Buffer, end: number): void {
    this.bytes = bytes;
    this.at = 0;
    this.end = end;
  }

  /** @returns the first byte that is no white space, where the reader then stands */
  skipSpace(): number {
    const { bytes, end } = this;
    let at = this.at;
    let byte = bytes[at] as number;
    while ((byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) && at < end) {
      byte = bytes[++at] as number;
    }
    this.at = at;
    return byte;
  }

  /**
   * Says what is wrong, unless the text just ends here.
   * @param at of the byte that does not fit
   * @param place to name, where it is another
   * @throws DocrowError `source-corrupt` with `offset`, or `endOfText`
   */
  fail(what: string, at = this.at, place = at): never {
    if (at >= this.end) throw endOfText;
    throw new DocrowError('source-corrupt', what, { offset: place });
  }
}
