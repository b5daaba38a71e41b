import { encodeCountPosition } from '../count-position.ts';
import type { DocumentBatch } from '../document-source.ts';
import { type ByteStream, blockBytes } from '../dump/byte-stream.ts';
import { throwIfAborted } from '../throw-if-aborted.ts';
import { exportDamageError } from './export-damage-error.ts';
import { outputBytes, Transcoder, type TranscoderOptions, type Transcript } from './transcoder.ts';

/** A text beyond this is not read on: the largest document has less even if each of its bytes is an escape. */
const maxTextBytes = 100 * 1024 * 1024;

const nothing = new Uint8Array(0);

export interface ExportReadOptions extends TranscoderOptions {
  /** For messages. */
  readonly path: string;
  /** Offset of the stream's first byte in the unpacked file. */
  readonly startOffset: number;
  /** What positions are: byte offsets where reading can begin anywhere, numbers of documents elsewhere. */
  readonly positions: 'offset' | 'count';
  /** Counts the documents before the stream's first byte; asked only when a number is needed. */
  readonly countBefore: () => Promise<number>;
  /** Number of the line, from 1, that holds the byte at an offset of the unpacked file. */
  readonly lineAt: (offset: number) => Promise<number>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads the documents of an export as BSON. The next block is being read while the caller uses the documents of the
 * one before; a document that a block cuts off is begun again with the next one.
 * @param stream closed at the end, also when the caller stops early
 * @throws DocrowError `source-corrupt` after every document before the damage was given; `interrupted`
 */
export async function* readExport(
  stream: ByteStream,
  options: ExportReadOptions,
): AsyncGenerator<DocumentBatch> {
  const { path, signal } = options;
  const transcoder = new Transcoder(options);
  const spare: Buffer[] = [];
  let blockOffset = options.startOffset;
  let tail: Uint8Array = nothing;
  let last: Buffer | undefined;
  let pending = stream.readBlock(nothing, 0);
  const numberBefore = async (): Promise<number> =>
    (transcoder.documentsBefore ??= await options.countBefore());
  const damagedAt = async (what: string, offset: number): Promise<Error> => {
    const document = (await numberBefore()) + transcoder.documents + 1;
    return exportDamageError(path, what, offset, await options.lineAt(offset), document);
  };
  try {
    throwIfAborted(signal);
    for (let isLast = false; !isLast; ) {
      const block = await pending;
      throwIfAborted(signal);
      // Only now nobody copies the tail from it any more.
      if (last !== undefined) stream.recycle(last);
      last = block;
      isLast = block.length === tail.length;
      transcoder.setText(block, isLast);
      for (let stop: Transcript['stop']['reason'] = 'full'; stop !== 'needs text'; ) {
        const memory = spare.pop() ?? Buffer.allocUnsafeSlow(outputBytes);
        const transcript = transcoder.transcode(memory);
        stop = transcript.stop.reason;
        const batchOffset = blockOffset;
        if (stop === 'needs text' && !isLast) {
          tail = block.subarray(transcoder.at);
          blockOffset += transcoder.at;
          pending = stream.readBlock(tail, tail.length > blockBytes / 2 ? 2 * tail.length : 0);
          // It may fail before it is awaited, while the caller is still busy with the batch.
          pending.catch(() => {});
        }
        if (transcript.count > 0) {
          yield createBatch(transcript, options.positions, batchOffset, spare);
          throwIfAborted(signal);
        } else recycle(spare, memory);
        if (stop === 'needs number') await numberBefore();
        if (isLast && stream.damage !== undefined && (stop === 'needs text' || stop === 'damage')) {
          throw await damagedAt(stream.damage, blockOffset + block.length);
        }
        if (transcript.stop.reason === 'damage') {
          throw await damagedAt(transcript.stop.what, blockOffset + transcript.stop.at);
        }
      }
      if (tail.length > maxTextBytes) {
        throw await damagedAt('a document is longer than MongoDB allows', blockOffset);
      }
    }
  } finally {
    await pending.catch(() => {});
    await stream.close();
  }
}

/** @param offset of the block in the file */
function createBatch(
  { bytes, starts, textEnds, count, firstNumber }: Transcript,
  positions: 'offset' | 'count',
  offset: number,
  spare: Buffer[],
): DocumentBatch {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const positionAfter = (index: number): Uint8Array =>
    encodeCountPosition(
      positions === 'count' ? firstNumber + index + 1 : offset + (textEnds[index] as number),
    );
  const release = (): void => recycle(spare, bytes);
  // One literal: objects made by spreading get a hidden class each, and code that uses them is optimised in vain.
  return { bytes, view, starts, count, positionAfter, release };
}

/** Memory of the usual size is used again: left to the garbage collector, dozens of pieces would pile up. */
function recycle(spare: Buffer[], bytes: Buffer): void {
  if (bytes.byteOffset === 0 && bytes.buffer.byteLength === outputBytes) {
    spare.push(Buffer.from(bytes.buffer, 0, outputBytes));
  }
}
