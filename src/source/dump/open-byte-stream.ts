import type { ByteStream } from './byte-stream.ts';
import type { Packing } from './file-form.ts';
import { GunzipByteStream } from './gunzip-byte-stream.ts';
import { openDumpFile } from './open-dump-file.ts';
import { PlainByteStream } from './plain-byte-stream.ts';

/**
 * Opens a file of a dump for reading in order.
 * @param start offset to begin at, in the unpacked bytes
 * @param end offset to end before, in a file that is not packed
 * @throws DocrowError `source-unsafe-name`, `source-not-found`
 */
export async function openByteStream(
  path: string,
  packing: Packing,
  start = 0,
  end = Number.POSITIVE_INFINITY,
): Promise<ByteStream> {
  const file = await openDumpFile(path);
  if (packing === 'gzip') return new GunzipByteStream(file, start);
  const { size } = await file.stat();
  return new PlainByteStream(file, start, Math.min(end, size));
}
