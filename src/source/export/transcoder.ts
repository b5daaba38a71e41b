import { DocrowError } from '../../errors/docrow-error.ts';
import { maxDocumentBytes } from '../dump/block-scanner.ts';
import { BsonOutput } from './bson-output.ts';
import { DocumentParser } from './document-parser.ts';
import { type ExportForm, ExportFraming } from './export-framing.ts';
import { generatedIdField } from './generated-id.ts';
import { endOfText, JsonInput, lookaheadBytes } from './json-input.ts';

/** Documents are collected until they have so many bytes. */
const fullBytes = 1024 * 1024;
/** Room for one more document of the usual size. */
export const outputBytes = fullBytes + 512 * 1024;

/** Documents that were made from text, one after the other in one buffer. */
export interface Transcript {
  readonly bytes: Buffer;
  readonly starts: Int32Array;
  /** Offset after the text of each document, in the text since the beginning of the block. */
  readonly textEnds: Int32Array;
  readonly count: number;
  /** Number of the first of them. */
  readonly firstNumber: number;
  /** Why it ends here. */
  readonly stop:
    | { readonly reason: 'full' | 'needs text' | 'needs number' }
    | { readonly reason: 'damage'; readonly what: string; readonly at: number };
}

export interface TranscoderOptions {
  /** Name of the collection, for the `_id` of documents that have none. */
  readonly collection: string;
  /** What the file is, where reading begins behind one of its documents. */
  readonly form: ExportForm | undefined;
  /** Documents to be left out at the beginning. */
  readonly skip: number;
  /** Whether an array has to end where the text does. */
  readonly isWhole: boolean;
}

/** Turns the text of an export into BSON documents, block by block. */
export class Transcoder {
  readonly #collection: string;
  readonly #input = new JsonInput();
  readonly #output = new BsonOutput(Buffer.alloc(0));
  readonly #parser = new DocumentParser(this.#input, this.#output);
  readonly #framing: ExportFraming;
  readonly #isWhole: boolean;
  #toSkip: number;
  #expected = 1024;
  #isLast = false;
  #textBytes = 0;
  /** Documents that were passed since reading began. */
  documents = 0;
  /** Documents of the file before those, where that is known. */
  documentsBefore: number | undefined;
  /** Whether a document had no `_id`. */
  madeIds = false;

  constructor({ collection, form, skip, isWhole }: TranscoderOptions) {
    this.#collection = collection;
    this.#framing = new ExportFraming(this.#input, form);
    this.#toSkip = skip;
    this.#isWhole = isWhole;
  }

  get form(): ExportForm | undefined {
    return this.#framing.form;
  }

  /** Offset in the block of what is not used yet. */
  get at(): number {
    return this.#input.at;
  }

  /**
   * Goes on with the text in `block`, which begins with what was left of the block before.
   * @param isLast whether the file ends with it
   */
  setText(block: Buffer, isLast: boolean): void {
    this.#isLast = isLast;
    this.#textBytes = block.length;
    if (!isLast && block.length > lookaheadBytes) {
      this.#input.reset(block, block.length - lookaheadBytes);
      return;
    }
    const padded = Buffer.alloc(block.length + lookaheadBytes);
    padded.set(block);
    this.#input.reset(padded, isLast ? block.length : 0);
  }

  /** Makes documents from the text, up to the end of the block or until there are enough. */
  transcode(memory: Buffer): Transcript {
    const input = this.#input;
    const output = this.#output;
    output.reset(memory);
    let starts = new Int32Array(this.#expected);
    let textEnds = new Int32Array(this.#expected);
    let count = 0;
    let firstNumber = this.documents;
    let stop: Transcript['stop'] = { reason: 'full' };
    while (output.at < fullBytes) {
      const start = output.at;
      const failure = this.#next();
      if (failure !== undefined) {
        stop = failure;
        break;
      }
      this.documents++;
      if (this.#toSkip > 0) {
        this.#toSkip--;
        firstNumber = this.documents;
        output.at = start;
        continue;
      }
      if (count === starts.length) {
        starts = doubled(starts);
        textEnds = doubled(textEnds);
      }
      starts[count] = start;
      textEnds[count++] = input.at;
    }
    this.#expected = count + 16;
    return { bytes: output.bytes.subarray(0, output.at), starts, textEnds, count, firstNumber, stop };
  }

  /** Makes one document, or leaves no byte behind and says why. */
  #next(): Transcript['stop'] | undefined {
    const input = this.#input;
    const output = this.#output;
    const start = output.at;
    let from = input.at;
    try {
      const isThere = this.#framing.findDocument();
      from = input.at;
      if (!isThere || !this.#parser.parse()) return this.#atEndOfText();
      if (!this.#parser.hasId) {
        this.madeIds = true;
        if (this.documentsBefore === undefined) {
          input.at = from;
          output.at = start;
          return { reason: 'needs number' };
        }
        const number = this.documentsBefore + this.documents;
        output.insertFields(start, generatedIdField(this.#collection, number));
      }
      if (output.at - start > maxDocumentBytes) {
        throw new DocrowError('source-corrupt', 'a document is longer than MongoDB allows', { offset: from });
      }
      this.#framing.passDocument();
      return undefined;
    } catch (error) {
      output.at = start;
      if (error === endOfText) return this.#atEndOfText();
      if (!(error instanceof DocrowError)) throw error;
      return { reason: 'damage', what: error.message, at: Number(error.context['offset'] ?? from) };
    }
  }

  #atEndOfText(): Transcript['stop'] {
    if (!this.#isLast) return { reason: 'needs text' };
    const at = this.#textBytes;
    if (this.#input.at < at) return { reason: 'damage', what: 'the last document is cut short', at };
    const what = this.#isWhole ? this.#framing.damageAtEnd() : undefined;
    return what === undefined ? { reason: 'needs text' } : { reason: 'damage', what, at };
  }
}

function doubled(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const more = new Int32Array(numbers.length * 2);
  more.set(numbers);
  return more;
}
