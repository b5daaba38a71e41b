import { type Dirent, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DocrowError } from '../../errors/docrow-error.ts';
import { checkNames, decodeCollectionName } from './collection-name.ts';
import {
  collectionKind,
  type DumpCollection,
  type DumpContents,
  type DumpData,
  oplogNotice,
} from './dump-collection.ts';
import { headBytes, packingOf } from './file-form.ts';
import { linkError, openDumpFile, readAt } from './open-dump-file.ts';
import { type CollectionMetadata, noMetadata, parseMetadata } from './parse-metadata.ts';

/** Metadata are a few kilobytes; whatever is larger is no metadata, however small it is packed. */
const maxMetadataBytes = 16 * 1024 * 1024;

/**
 * Lists a folder written by mongodump: either one with a folder for each database, or one of the latter.
 * Only plain files inside it are opened; no name in the dump is ever made part of a path.
 * @throws DocrowError `source-unsafe-name` for a link, `source-corrupt` for broken metadata
 */
export async function listFolder(folder: string): Promise<DumpContents> {
  const entries = await readEntries(folder);
  const files = filesByStem(entries);
  const oplog = files.get('oplog');
  if (oplog !== undefined && oplog.metadata === undefined) files.delete('oplog');
  const notices = oplog !== undefined && !files.has('oplog') ? [oplogNotice] : [];
  const subfolders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  if (files.size > 0) {
    if (subfolders.length > 0) {
      notices.push(`The folders inside ${folder} were not read, since it holds collections itself`);
    }
    return { collections: await listDatabase(folder, basename(resolve(folder)), files), notices };
  }
  const collections: DumpCollection[] = [];
  for (const name of subfolders) {
    const path = join(folder, name);
    collections.push(...(await listDatabase(path, name, filesByStem(await readEntries(path)))));
  }
  return { collections, notices };
}

/** The file names of one collection. */
interface CollectionFiles {
  data?: string;
  metadata?: string;
}

/** Lists one .bson file, with the metadata beside it where there are any. */
export async function listBsonFile(path: string, database: string): Promise<DumpContents> {
  const name = basename(path);
  const stem = name.replace(/\.bson(\.gz)?$/, '');
  const files: CollectionFiles = { data: name };
  for (const metadata of [`${stem}.metadata.json`, `${stem}.metadata.json.gz`]) {
    if (existsSync(join(dirname(path), metadata))) files.metadata = metadata;
  }
  return { collections: [await listCollection(dirname(path), database, stem, files)], notices: [] };
}

async function listDatabase(
  folder: string,
  database: string,
  files: ReadonlyMap<string, CollectionFiles>,
): Promise<DumpCollection[]> {
  const collections = new Map<string, DumpCollection>();
  for (const [stem, names] of files) {
    const collection = await listCollection(folder, database, stem, names);
    if (collections.has(collection.name)) {
      const message = `Two files in ${folder} say that they hold the collection ${JSON.stringify(collection.name)}`;
      throw new DocrowError('source-corrupt', message, { folder, collection: collection.name });
    }
    collections.set(collection.name, collection);
  }
  return [...collections.values()];
}

async function listCollection(
  folder: string,
  database: string,
  stem: string,
  names: CollectionFiles,
): Promise<DumpCollection> {
  const metadata =
    names.metadata === undefined ? noMetadata : await readMetadata(join(folder, names.metadata));
  const name = metadata.collectionName ?? decodeCollectionName(stem);
  checkNames(database, name, join(folder, names.data ?? names.metadata ?? stem));
  const data = names.data === undefined ? undefined : await describeData(join(folder, names.data));
  const kind = collectionKind(name, metadata.type, metadata.capped);
  // mongodump writes a view without --viewsAsCollections as metadata, at most with an empty file.
  const isThere = data !== undefined && (kind !== 'view' || data.fileBytes > 0);
  return { database, name, kind, data: isThere ? data : undefined, metadata: metadata.text };
}

async function describeData(path: string): Promise<DumpData> {
  const file = await openDumpFile(path);
  try {
    const { size } = await file.stat();
    return { form: 'bson', path, packing: packingOf(await readAt(file, 0, headBytes)), fileBytes: size };
  } finally {
    await file.close();
  }
}

async function readMetadata(path: string): Promise<CollectionMetadata> {
  const file = await openDumpFile(path);
  try {
    const bytes = await readAt(file, 0, Math.min(maxMetadataBytes, (await file.stat()).size));
    const packed = packingOf(bytes) === 'gzip';
    const text = packed ? await promisify(gunzip)(bytes, { maxOutputLength: maxMetadataBytes }) : bytes;
    return parseMetadata(text.toString('utf8'), path);
  } catch (error) {
    if (error instanceof DocrowError) throw error;
    throw new DocrowError('source-corrupt', `${path} cannot be unpacked`, { path }, error);
  } finally {
    await file.close();
  }
}

async function readEntries(folder: string): Promise<readonly Dirent[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const message = `The folder ${folder} cannot be read (${(error as NodeJS.ErrnoException).code})`;
    throw new DocrowError('source-not-found', message, { path: folder }, error);
  }
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link !== undefined) throw linkError(join(folder, link.name));
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function filesByStem(entries: readonly Dirent[]): Map<string, CollectionFiles> {
  const files = new Map<string, CollectionFiles>();
  for (const entry of entries) {
    const match = /^(.+)\.(bson|metadata\.json)(\.gz)?$/.exec(entry.name);
    if (!entry.isFile() || match === null) continue;
    const [, stem = '', form] = match;
    const names = files.get(stem) ?? {};
    const part = form === 'bson' ? 'data' : 'metadata';
    if (names[part] !== undefined) {
      const message = `${names[part]} and ${entry.name} are the same collection: remove one of them from the dump`;
      throw new DocrowError('source-corrupt', message, { collection: stem });
    }
    names[part] = entry.name;
    files.set(stem, names);
  }
  return files;
}
