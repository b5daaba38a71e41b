import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DocrowError } from '../../errors/docrow-error.ts';
import { checkNames, decodeCollectionName } from '../dump/collection-name.ts';
import { headBytes, packingOf } from '../dump/file-form.ts';
import { linkError, openDumpFile, readAt } from '../dump/open-dump-file.ts';
import { type ExportFile, stemOfExport } from './export-file.ts';
import { sampleExport } from './sample-export.ts';

export interface ExportContents {
  readonly files: readonly ExportFile[];
  readonly notices: readonly string[];
}

/** So many files that are no exports are named. */
const namedFiles = 5;

/**
 * Lists the exports in a folder, not in the folders inside it.
 * @throws DocrowError `source-unsafe-name` for a link, `source-corrupt` where two files are one collection
 */
export async function listExportFolder(folder: string, database: string): Promise<ExportContents> {
  const files: ExportFile[] = [];
  const others: string[] = [];
  const entries = (await readdir(folder, { withFileTypes: true })).filter(
    ({ name }) => !name.startsWith('.'),
  );
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link !== undefined) throw linkError(join(folder, link.name));
  for (const { name } of entries.toSorted(byName)) {
    if (stemOfExport(name) === undefined) {
      others.push(name);
      continue;
    }
    const file = await describeFile(join(folder, name), database);
    if (files.some(({ collection }) => collection === file.collection)) {
      const message = `Two files in ${folder} hold the collection ${JSON.stringify(file.collection)}: remove one of them`;
      throw new DocrowError('source-corrupt', message, { folder, collection: file.collection });
    }
    files.push(file);
  }
  return { files, notices: others.length === 0 ? [] : [othersNotice(folder, others)] };
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : 1);

function othersNotice(folder: string, others: readonly string[]): string {
  const more = others.length > namedFiles ? ` and ${others.length - namedFiles} more` : '';
  return `Not everything in ${folder} is an export; not read: ${others.slice(0, namedFiles).join(', ')}${more}`;
}

/** Describes one file, whatever it is called. */
export async function listExportFile(path: string, database: string): Promise<ExportContents> {
  return { files: [await describeFile(path, database)], notices: [] };
}

async function describeFile(path: string, database: string): Promise<ExportFile> {
  const collection = decodeCollectionName(stemOfExport(basename(path)) ?? basename(path));
  checkNames(database, collection, dirname(path));
  const file = await openDumpFile(path);
  try {
    const { size } = await file.stat();
    const packing = packingOf(await readAt(file, 0, headBytes));
    return { collection, path, packing, fileBytes: size, sample: await sampleExport(path, packing) };
  } finally {
    await file.close();
  }
}
