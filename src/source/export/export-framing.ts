import type { JsonInput } from './json-input.ts';

/** What a file is: documents one after the other, or one array of them. */
export type ExportForm = 'sequence' | 'array';

/** What may come next. */
type State =
  | 'beginning'
  /** Documents with white space between them, or with nothing. */
  | 'sequence'
  | 'array: first'
  | 'array: behind a document'
  | 'array: behind a comma'
  | 'end';

const comma = 0x2c;
const slash = 0x2f;
const star = 0x2a;
const openArray = 0x5b;
const closeArray = 0x5d;
const openDocument = 0x7b;

/** Finds the documents in the text of a file, and what stands between them. */
export class ExportFraming {
  readonly #input: JsonInput;
  #state: State;

  /** @param form undefined at the beginning of a file, what it is behind one of its documents */
  constructor(input: JsonInput, form: ExportForm | undefined) {
    this.#input = input;
    this.#state = form === undefined ? 'beginning' : form === 'array' ? 'array: behind a document' : form;
  }

  /** What the file is; undefined while only white space was seen. */
  get form(): ExportForm | undefined {
    if (this.#state === 'beginning') return undefined;
    return this.#state === 'sequence' ? 'sequence' : 'array';
  }

  /**
   * Moves to the `{` of the next document.
   * @returns false when the text ends before
   * @throws DocrowError `source-corrupt`
   */
  findDocument(): boolean {
    const input = this.#input;
    if (this.#state === 'beginning' && !this.#begin()) return false;
    for (;;) {
      const byte = input.skipSpace();
      if (input.at >= input.end) return false;
      switch (this.#state) {
        case 'sequence':
          if (byte === openDocument) return true;
          if (byte !== slash) input.fail('there is no document where one must be');
          if (!this.#skipComment()) return false;
          break;
        case 'array: behind a document':
          if (byte !== comma && byte !== closeArray)
            input.fail('a document of the array has no comma behind it');
          this.#state = byte === comma ? 'array: behind a comma' : 'end';
          input.at++;
          break;
        case 'array: first':
        case 'array: behind a comma':
          if (byte === openDocument) return true;
          if (byte !== closeArray || this.#state !== 'array: first') {
            input.fail('there is no document where one must be');
          }
          this.#state = 'end';
          input.at++;
          break;
        default:
          input.fail('something stands behind the end of the array');
      }
    }
  }

  /** To be called when the document that was found is behind the input. */
  passDocument(): void {
    if (this.#state !== 'sequence') this.#state = 'array: behind a document';
  }

  /** What is wrong when the file ends between two documents. */
  damageAtEnd(): string | undefined {
    return this.#state.startsWith('array') ? 'the array has no end' : undefined;
  }

  /** Passes a byte order mark, and finds out what the file is. */
  #begin(): boolean {
    const input = this.#input;
    const { bytes } = input;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf && input.at === 0) input.at = 3;
    if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
      input.fail('the file is UTF-16, and only UTF-8 is read');
    }
    const byte = input.skipSpace();
    if (input.at >= input.end) return false;
    this.#state = byte === openArray ? 'array: first' : 'sequence';
    if (byte === openArray) input.at++;
    return true;
  }

  /** Some tools number the documents that they print in comments. */
  #skipComment(): boolean {
    const input = this.#input;
    if (input.bytes[input.at + 1] !== star)
      input.fail('there is no document where one must be', input.at + 1, input.at);
    const stop = input.bytes.indexOf('*/', input.at + 2, 'latin1');
    if (stop === -1 || stop + 2 > input.end) return false;
    input.at = stop + 2;
    return true;
  }
}
