import type { FileHandle } from 'node:fs/promises';
import { type ByteStream, blockBytes } from './byte-stream.ts';

/** Reads a part of a file that is not packed. */
export class PlainByteStream implements ByteStream {
  readonly damage = undefined;
  readonly #file: FileHandle;
  readonly #end: number;
  readonly #spare: Buffer[] = [];
  #offset: number;

  /**
   * @param file closed together with the stream
   * @param start offset of the first byte
   * @param end offset after the last byte, at most the size of the file
   */
  constructor(file: FileHandle, start: number, end: number) {
    this.#file = file;
    this.#offset = start;
    this.#end = end;
  }

  async readBlock(tail: Uint8Array, neededBytes: number): Promise<Buffer> {
    const rest = Math.max(0, this.#end - this.#offset);
    const size = tail.length + Math.min(rest, Math.max(blockBytes, neededBytes) - tail.length);
    // Blocks are used again: left to the garbage collector, dozens of them would pile up between its runs.
    const block = (size === blockBytes ? this.#spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(size);
    block.set(tail);
    let filled = tail.length;
    while (filled < size) {
      const { bytesRead } = await this.#file.read(block, filled, size - filled, this.#offset);
      if (bytesRead === 0) break;
      filled += bytesRead;
      this.#offset += bytesRead;
    }
    return filled === size ? block : block.subarray(0, filled);
  }

  recycle(block: Buffer): void {
    if (block.length === blockBytes) this.#spare.push(block);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
