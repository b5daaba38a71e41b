import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { DocrowError } from '../../errors/docrow-error.ts';

/**
 * Opens a file for reading, refusing a link: it might lead out of the dump, also when it was put there after the
 * folder was listed.
 * @throws DocrowError `source-unsafe-name`, `source-not-found`
 */
export async function openDumpFile(path: string): Promise<FileHandle> {
  try {
    // Windows has no such flag; its links were refused when the folder was listed.
    return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ELOOP') throw linkError(path);
    throw new DocrowError('source-not-found', `The file ${path} cannot be read (${code})`, { path }, error);
  }
}

export const linkError = (path: string): DocrowError =>
  new DocrowError('source-unsafe-name', `${path} is a link, and a dump must hold plain files only`, { path });

/** Reads up to `length` bytes from `offset` of an open file; fewer at its end. */
export async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
