import { type ArchiveCollection, readArchiveCollection } from './archive-header.ts';
import { terminator } from './archive-scanner.ts';
import { frameDamage, lengthAt, lengthDamage } from './block-scanner.ts';
import type { ByteStream } from './byte-stream.ts';
import { corruptError } from './corrupt-error.ts';

/** What an archive says about itself before its documents begin. */
export interface ArchivePrelude {
  readonly collections: readonly ArchiveCollection[];
  /** Offset, in the unpacked bytes, at which the slices begin. */
  readonly bodyOffset: number;
}

const listDamage = 'an entry of the list of collections is damaged';

/**
 * Reads the beginning of a mongodump archive: magic number, header, one document per collection, terminator.
 * @param stream from the beginning of the archive; closed at the end
 * @throws DocrowError `source-corrupt`
 */
export async function readArchivePrelude(stream: ByteStream, path: string): Promise<ArchivePrelude> {
  const collections: ArchiveCollection[] = [];
  let documents = 0;
  let blockOffset = 4;
  let neededBytes = 0;
  try {
    const magic = await stream.readBlock(new Uint8Array(0), 0);
    let block = magic.subarray(4);
    for (;;) {
      const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
      let at = 0;
      neededBytes = 0;
      while (at + 4 <= block.length) {
        const length = lengthAt(view, at);
        if (length === terminator && documents > 0) return { collections, bodyOffset: blockOffset + at + 4 };
        const damage = lengthDamage(length);
        if (damage !== undefined) throw corruptError(path, damage, blockOffset + at, undefined);
        if (at + length > block.length) {
          neededBytes = length;
          break;
        }
        if (block[at + length - 1] !== 0) throw corruptError(path, frameDamage, blockOffset + at, undefined);
        // The first document is about the archive as a whole.
        if (documents > 0) {
          const collection = readArchiveCollection(block, view, at);
          if (collection === undefined) throw corruptError(path, listDamage, blockOffset + at, undefined);
          collections.push(collection);
        }
        documents++;
        at += length;
      }
      const tail = block.subarray(at);
      blockOffset += at;
      block = await stream.readBlock(tail, neededBytes);
      if (block.length === tail.length) {
        const damage = stream.damage ?? 'the list of collections is cut short';
        throw corruptError(path, damage, blockOffset, undefined);
      }
    }
  } finally {
    await stream.close();
  }
}
