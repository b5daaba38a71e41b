import { checkNames } from './collection-name.ts';
import { collectionKind, type DumpCollection, type DumpContents, oplogNotice } from './dump-collection.ts';
import type { Packing } from './file-form.ts';
import { openByteStream } from './open-byte-stream.ts';
import { parseMetadata } from './parse-metadata.ts';
import { readArchivePrelude } from './read-archive-prelude.ts';

/**
 * Lists what a mongodump archive says that it holds.
 * @throws DocrowError `source-corrupt`, `source-unsafe-name`
 */
export async function listArchive(path: string, packing: Packing, fileBytes: number): Promise<DumpContents> {
  const prelude = await readArchivePrelude(await openByteStream(path, packing), path);
  const data = { form: 'archive', path, packing, fileBytes, bodyOffset: prelude.bodyOffset } as const;
  const collections: DumpCollection[] = [];
  const notices: string[] = [];
  for (const entry of prelude.collections) {
    const { database, collection: name } = entry;
    // The oplog belongs to no database.
    if (database === '') {
      if (name === 'oplog') notices.push(oplogNotice);
      continue;
    }
    checkNames(database, name, path);
    const metadata = parseMetadata(entry.metadata, path);
    const type = entry.type === '' ? metadata.type : entry.type;
    const kind = collectionKind(name, type, metadata.capped);
    collections.push({
      database,
      name,
      kind,
      data: kind === 'timeseries' ? undefined : data,
      metadata: metadata.text,
    });
  }
  return { collections, notices };
}
