import { bsonType } from '../../bson/bson-type.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { BsonOutput } from './bson-output.ts';
import { writeCommonValue } from './common-values.ts';
import { convertExtendedValue } from './extended-values.ts';
import { endOfText, type JsonInput } from './json-input.ts';
import { writeNumber } from './json-number.ts';
import { copyText } from './json-text.ts';
import { writeWord } from './shell-values.ts';

/** Deeper nesting is refused: no MongoDB server takes more than 200 levels, and no stack is needed for these. */
export const maxDepth = 10_000;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const dollar = 0x24;
const openArray = 0x5b;
const closeArray = 0x5d;
const openDocument = 0x7b;
const closeDocument = 0x7d;

/**
 * Turns JSON documents into BSON without building values in between: keys keep their order and stand as often as
 * they are written, texts are copied, numbers get the type that Extended JSON gives them.
 *
 * Works without recursion: of each open document or array it knows where its type byte and its length are, and how
 * many members came before.
 */
export class DocumentParser {
  readonly #input: JsonInput;
  readonly #output: BsonOutput;
  readonly #typePlaces = new Int32Array(maxDepth);
  readonly #starts = new Int32Array(maxDepth);
  readonly #counts = new Int32Array(maxDepth);
  readonly #arrays = new Uint8Array(maxDepth);
  #hasId = false;

  constructor(input: JsonInput, output: BsonOutput) {
    this.#input = input;
    this.#output = output;
  }

  /** Whether the document that was parsed last has a field `_id`. */
  get hasId(): boolean {
    return this.#hasId;
  }

  /**
   * Writes the document at whose `{` the input stands, and moves behind it.
   * @returns false when the text ends first; then nothing is written and the input stays
   * @throws DocrowError `source-corrupt`, with the `offset` in the input where that is known
   */
  parse(): boolean {
    const from = this.#input.at;
    const start = this.#output.at;
    try {
      this.#parseDocument();
      return true;
    } catch (error) {
      this.#output.at = start;
      if (!(error instanceof DocrowError)) throw error;
      if (error !== endOfText) throw error;
      this.#input.at = from;
      return false;
    }
  }

  #parseDocument(): void {
    const input = this.#input;
    const output = this.#output;
    const { end } = input;
    this.#hasId = false;
    input.at++;
    output.ensure(64);
    this.#starts[0] = output.at;
    output.at += 4;
    let depth = 0;
    let isArray = false;
    let count = 0;
    for (;;) {
      // At the beginning of a member, or at the end of an empty document or array.
      let byte = input.skipSpace();
      if (input.at >= end) throw endOfText;
      const typeAt = output.at;
      let type = -1;
      if (count > 0 || byte !== (isArray ? closeArray : closeDocument)) {
        output.ensure(64);
        output.at = typeAt + 1;
        if (isArray) writeArrayKey(output, count);
        else {
          if (byte !== quote) input.fail('there is no key in quotes where one must be');
          input.at++;
          this.#copyKey(typeAt + 1, depth);
          if (input.skipSpace() !== colon) input.fail('a key has no colon behind it');
          input.at++;
          byte = input.skipSpace();
          if (input.at >= end) throw endOfText;
          output.ensure(64);
        }
        if (byte === openDocument || byte === openArray) {
          if (byte === openDocument) type = this.#writeWrapped();
          if (type === -1) {
            this.#counts[depth] = count;
            if (++depth >= maxDepth) input.fail(`documents are nested deeper than ${maxDepth} levels`);
            isArray = byte === openArray;
            input.at++;
            count = 0;
            this.#typePlaces[depth] = typeAt;
            this.#starts[depth] = output.at;
            this.#arrays[depth] = isArray ? 1 : 0;
            output.bytes[typeAt] = isArray ? bsonType.array : bsonType.document;
            output.at += 4;
            continue;
          }
        } else type = this.#writeScalar(byte);
        output.bytes[typeAt] = type;
        byte = input.skipSpace();
      }
      // Behind a member: a comma, or the end of one or several documents and arrays.
      while (byte !== comma) {
        if (input.at >= end) throw endOfText;
        if (byte !== (isArray ? closeArray : closeDocument)) input.fail(whatIsMissing(isArray));
        input.at++;
        this.#close(depth);
        if (depth === 0) return;
        depth--;
        isArray = this.#arrays[depth] === 1;
        count = this.#counts[depth] as number;
        byte = input.skipSpace();
      }
      input.at++;
      count++;
    }
  }

  #copyKey(start: number, depth: number): void {
    const output = this.#output;
    copyText(this.#input, output, true);
    const { bytes } = output;
    // Only bytes that stand there as they are can be zero; escaped ones were refused.
    bytes[output.at] = 0;
    if (depth === 0 && output.at - start === 3 && isIdKey(bytes, start)) this.#hasId = true;
    output.at++;
  }

  /** @returns the type of a wrapped value that was written at once, or -1 */
  #writeWrapped(): number {
    const input = this.#input;
    const start = input.at;
    input.at++;
    if (input.skipSpace() === quote && input.bytes[input.at + 1] === dollar && input.at < input.end) {
      const type = writeCommonValue(input, this.#output);
      if (type !== 0) return type;
    }
    input.at = start;
    return -1;
  }

  #writeScalar(byte: number): number {
    const input = this.#input;
    const output = this.#output;
    if (byte === quote) {
      input.at++;
      const start = output.at;
      output.at += 4;
      copyText(input, output, false);
      output.bytes[output.at++] = 0;
      output.setInt32(start, output.at - start - 4);
      return bsonType.string;
    }
    if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return writeNumber(input, output);
    return writeWord(input, output);
  }

  #close(depth: number): void {
    const output = this.#output;
    const start = this.#starts[depth] as number;
    output.ensure(64);
    output.bytes[output.at++] = 0;
    output.setInt32(start, output.at - start);
    const firstLetter = start + 5;
    if (
      depth > 0 &&
      this.#arrays[depth] === 0 &&
      firstLetter < output.at &&
      output.bytes[firstLetter] === dollar
    ) {
      const type = convertExtendedValue(output, start, depth);
      if (type !== 0) output.bytes[this.#typePlaces[depth] as number] = type;
    }
  }
}

const isIdKey = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0x5f && bytes[at + 1] === 0x69 && bytes[at + 2] === 0x64;

const whatIsMissing = (isArray: boolean): string =>
  `there is neither a comma nor the end of the ${isArray ? 'array' : 'document'} behind a value`;

/** The position as digits, and the zero byte. Room for both was made. */
function writeArrayKey(output: BsonOutput, index: number): void {
  const { bytes } = output;
  let at = output.at;
  if (index >= 10) {
    let divisor = 10;
    while (index >= divisor * 10) divisor *= 10;
    for (let rest = index; divisor >= 10; divisor /= 10) {
      bytes[at++] = 0x30 + (Math.floor(rest / divisor) % 10);
    }
  }
  bytes[at++] = 0x30 + (index % 10);
  bytes[at++] = 0;
  output.at = at;
}
