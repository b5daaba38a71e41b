import { randomBytes } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DocrowError } from '../errors/docrow-error.ts';
import { fromNodeError } from '../errors/from-node-error.ts';

/**
 * Writes a report whole or not at all, in the place of an earlier one. Whoever reads the file meanwhile sees the earlier.
 * What is there must be an ordinary file: through a link, or into a device, nothing is written.
 * @param isPrivate readable by its owner alone, since it shows values of documents
 * @throws DocrowError `file-failed`
 */
export async function writeReportFile(file: string, text: string, isPrivate: boolean): Promise<void> {
  const beside = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`);
  try {
    const found = await lstat(file).catch(() => undefined);
    if (found !== undefined && !found.isFile()) {
      throw new DocrowError('file-failed', `${file} is no ordinary file, so no report is written there`);
    }
    const output = await open(beside, 'wx', isPrivate ? 0o600 : 0o644);
    try {
      await output.writeFile(text);
    } finally {
      await output.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error instanceof DocrowError ? error : (fromNodeError(error) ?? error);
  }
}
