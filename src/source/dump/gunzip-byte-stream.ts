import type { FileHandle } from 'node:fs/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { type ByteStream, blockBytes } from './byte-stream.ts';

/** Packed bytes can grow a thousandfold, so that this bounds what one step of unpacking holds to about 32 MB. */
const pieceBytes = 32 * 1024;

/** zlib throws away what it has unpacked into its output since the last time that was full when it finds damage. */
const outputBytes = 64 * 1024;

/**
 * Unpacks a gzip file of one or several members.
 *
 * zlib is fed piece by piece and its output collected at once, instead of through a pipe: a pipe drops what it
 * has in its buffers when the file turns out to be cut short, and those documents are to be read. Of a file that is
 * not cut short but damaged, up to 64 KiB before the damage are not read.
 */
export class GunzipByteStream implements ByteStream {
  readonly #file: FileHandle;
  readonly #gunzip: Gunzip;
  #ready: Buffer[] = [];
  #readyBytes = 0;
  #ended = false;
  #damage: string | undefined;
  /** Lets the step that is waiting for zlib go on. */
  #wake: () => void = () => {};

  /**
   * @param file closed together with the stream
   * @param start unpacked bytes to leave out at the beginning
   */
  constructor(file: FileHandle, start: number) {
    this.#file = file;
    let toSkip = start;
    this.#gunzip = createGunzip({ chunkSize: outputBytes });
    this.#gunzip.on('data', (chunk: Buffer) => {
      const kept = chunk.subarray(Math.min(toSkip, chunk.length));
      toSkip -= chunk.length - kept.length;
      if (kept.length > 0) this.#ready.push(kept);
      this.#readyBytes += kept.length;
    });
    this.#gunzip.on('error', (error: NodeJS.ErrnoException) => {
      const cut = error.code === 'Z_BUF_ERROR';
      this.#damage = cut ? 'the gzip file is cut short' : 'the gzip file is damaged';
      this.#ended = true;
      this.#wake();
    });
    this.#gunzip.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  get damage(): string | undefined {
    return this.#damage;
  }

  async readBlock(tail: Uint8Array, neededBytes: number): Promise<Buffer> {
    const wanted = Math.max(blockBytes, neededBytes);
    while (!this.#ended && tail.length + this.#readyBytes < wanted) await this.#unpackPiece();
    const block = Buffer.allocUnsafeSlow(tail.length + this.#readyBytes);
    block.set(tail);
    let filled = tail.length;
    for (const chunk of this.#ready) {
      block.set(chunk, filled);
      filled += chunk.length;
    }
    this.#ready = [];
    this.#readyBytes = 0;
    return block;
  }

  recycle(): void {
    // zlib brings its output in memory of its own.
  }

  async close(): Promise<void> {
    this.#gunzip.destroy();
    await this.#file.close();
  }

  async #unpackPiece(): Promise<void> {
    const piece = Buffer.allocUnsafeSlow(pieceBytes);
    const { bytesRead } = await this.#file.read(piece, 0, pieceBytes, null);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (bytesRead === 0) this.#gunzip.end();
      else this.#gunzip.write(piece.subarray(0, bytesRead), () => resolve());
    });
  }
}
