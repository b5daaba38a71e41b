import { realpath, stat } from 'node:fs/promises';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { DocumentSource, SourceAddress } from '../document-source.ts';
import { ExportSource } from './export-source.ts';
import { listExportFile, listExportFolder } from './list-exports.ts';

/** Exports say nothing about the database that they come from, and a folder's name may change. */
const unnamedDatabase = 'export';

/**
 * Opens what mongoexport wrote: one file, or a folder with one for each collection; packed with gzip or not, which
 * is told by content.
 * @throws DocrowError `source-not-found`, `source-unsafe-name`, `source-corrupt`
 */
export async function openExportSource(
  address: SourceAddress & { kind: 'dump' | 'export' },
): Promise<DocumentSource> {
  const database = address.database ?? unnamedDatabase;
  // A link may be named by the user, though not be found inside a folder.
  const path = await realpath(address.path).catch(() => address.path);
  const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new DocrowError('source-not-found', `${path} cannot be read (${error.code})`, { path }, error);
  });
  const list = status.isDirectory() ? listExportFolder : listExportFile;
  const { files, notices } = await list(path, database);
  if (files.length === 0) {
    const message = `There is no export in ${path}: no file that ends in .json, .jsonl or .ndjson`;
    throw new DocrowError('source-not-found', message, { path });
  }
  const withoutId = files.filter(({ sample }) => sample.madeIds);
  const idNotices = withoutId.map(
    ({ collection }) =>
      `Documents of ${JSON.stringify(collection)} have no _id: each such document gets one from its number in the ` +
      `file, the first ${JSON.stringify(`${collection}#0`)}`,
  );
  return new ExportSource(database, files, [...notices, ...idNotices]);
}
