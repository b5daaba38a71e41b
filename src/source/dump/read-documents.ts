import { encodeCountPosition } from '../count-position.ts';
import type { DocumentBatch } from '../document-source.ts';
import { throwIfAborted } from '../throw-if-aborted.ts';
import { type BlockScanner, lengthAt } from './block-scanner.ts';
import type { ByteStream } from './byte-stream.ts';
import { corruptError } from './corrupt-error.ts';

const nothing = new Uint8Array(0);

export interface DocumentReadOptions {
  /** For messages. */
  readonly path: string;
  /** Offset of the stream's first byte in the unpacked file. */
  readonly startOffset: number;
  /** What positions are: byte offsets where reading can begin anywhere, numbers of documents elsewhere. */
  readonly positions: 'offset' | 'count';
  /** Counts the documents before the stream's first byte; asked only to name a damaged one. */
  readonly countBefore?: () => Promise<number>;
  /** Documents to be left out at the beginning. */
  readonly skip: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads the documents that `scanner` finds in `stream`. The next block is being read while the caller uses the
 * batch; a document that a block cuts off becomes the beginning of the next one.
 * @param stream closed at the end, also when the caller stops early
 * @throws DocrowError `source-corrupt` after every document before the damage was given; `interrupted`
 */
export async function* readDocuments(
  stream: ByteStream,
  scanner: BlockScanner,
  options: DocumentReadOptions,
): AsyncGenerator<DocumentBatch> {
  const { path, signal } = options;
  let blockOffset = options.startOffset;
  let documentsBefore = 0;
  let tailBytes = 0;
  let pending = stream.readBlock(nothing, 0);
  const damagedAfter = async (damage: string): Promise<Error> => {
    const before = (await options.countBefore?.()) ?? 0;
    return corruptError(path, damage, blockOffset, before + documentsBefore + 1);
  };
  try {
    throwIfAborted(signal);
    for (;;) {
      const block = await pending;
      throwIfAborted(signal);
      if (block.length === tailBytes) break;
      const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
      const { starts, count, end, neededBytes, damage, finished } = scanner.scan(block, view);
      if (damage === undefined && !finished) {
        pending = stream.readBlock(block.subarray(end), neededBytes);
        // It may fail before it is awaited, while the caller is still busy with the batch.
        pending.catch(() => {});
      }
      const skipped = Math.min(count, Math.max(0, options.skip - documentsBefore));
      if (skipped < count) {
        const kept = skipped === 0 ? starts : starts.subarray(skipped);
        const before = options.positions === 'offset' ? blockOffset : documentsBefore + skipped;
        const release = (): void => stream.recycle(block);
        yield createBatch(block, view, kept, count - skipped, options.positions, before, release);
        throwIfAborted(signal);
      }
      blockOffset += end;
      documentsBefore += count;
      if (damage !== undefined) throw await damagedAfter(damage);
      if (finished) return;
      tailBytes = block.length - end;
    }
    const damage = stream.damage ?? scanner.damageAtEnd(tailBytes);
    if (damage !== undefined) throw await damagedAfter(damage);
  } finally {
    await pending.catch(() => {});
    await stream.close();
  }
}

/** @param before offset of the block in the file, or number of documents before this batch */
function createBatch(
  bytes: Buffer,
  view: DataView,
  starts: Int32Array,
  count: number,
  positions: 'offset' | 'count',
  before: number,
  release: () => void,
): DocumentBatch {
  const positionAfter = (index: number): Uint8Array => {
    if (positions === 'count') return encodeCountPosition(before + index + 1);
    const start = starts[index] as number;
    return encodeCountPosition(before + start + lengthAt(view, start));
  };
  // One literal: objects made by spreading get a hidden class each, and code that uses them is optimised in vain.
  return { bytes, view, starts, count, positionAfter, release };
}
