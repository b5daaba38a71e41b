import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { DocrowError } from '../../errors/docrow-error.ts';
import { chooseDatabase } from '../choose-database.ts';
import type { DocumentSource, SourceAddress } from '../document-source.ts';
import type { DumpContents } from './dump-collection.ts';
import { DumpSource } from './dump-source.ts';
import { headBytes, isArchive, packingOf } from './file-form.ts';
import { listArchive } from './list-archive.ts';
import { listBsonFile, listFolder } from './list-folder.ts';
import { openByteStream } from './open-byte-stream.ts';
import { openDumpFile, readAt } from './open-dump-file.ts';

/**
 * Opens what mongodump wrote: a folder (of databases, or of one), a single .bson file, or an archive; each packed
 * with gzip or not, which is told by content.
 * @throws DocrowError `source-not-found`, `source-ambiguous`, `source-unsafe-name`, `source-corrupt`
 */
export async function openDumpSource(
  address: SourceAddress & { kind: 'dump' | 'export' },
): Promise<DocumentSource> {
  // A link may be named by the user, though not be found inside a dump.
  const path = await realpath(address.path).catch(() => address.path);
  const { collections, notices } = await listDump(path, address.database);
  const databases = [...new Set(collections.map(({ database }) => database))];
  const database = chooseDatabase(databases, address.database, path);
  const chosen = collections.filter((collection) => collection.database === database);
  const series = chosen.filter(({ kind }) => kind === 'timeseries').map(({ name }) => JSON.stringify(name));
  const seriesNotices = series.map(
    (name) =>
      `The dump holds the time-series collection ${name} as buckets, which are not unpacked: read it from a server`,
  );
  return new DumpSource(database, chosen, [...notices, ...seriesNotices]);
}

async function listDump(path: string, database: string | undefined): Promise<DumpContents> {
  const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new DocrowError('source-not-found', `${path} cannot be read (${error.code})`, { path }, error);
  });
  if (status.isDirectory()) return listFolder(path);
  if (!status.isFile()) {
    throw new DocrowError('source-not-found', `${path} is neither a folder nor a file`, { path });
  }
  const file = await openDumpFile(path);
  const packing = await readAt(file, 0, headBytes)
    .then(packingOf)
    .finally(() => file.close());
  const stream = await openByteStream(path, packing);
  const begin = await stream.readBlock(new Uint8Array(0), 0).finally(() => stream.close());
  if (isArchive(begin)) return listArchive(path, packing, status.size);
  if (/\.bson(\.gz)?$/.test(basename(path))) {
    return listBsonFile(path, database ?? (basename(dirname(resolve(path))) || 'dump'));
  }
  const message = `${path} is neither a folder of mongodump, nor a .bson file, nor a mongodump archive`;
  throw new DocrowError('source-not-found', message, { path });
}
