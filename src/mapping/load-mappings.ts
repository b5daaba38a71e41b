import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DocrowError } from '../errors/docrow-error.ts';
import { buildTable, type TableDraft } from './build-table.ts';
import { checkReferences } from './check-references.ts';
import { checkRelationNames } from './check-relation-names.ts';
import { checkTransforms } from './check-transforms.ts';
import { findIdColumn } from './id-column.ts';
import type { CollectionMapping, ProjectMapping, YamlValue } from './mapping.ts';
import { MappingFile } from './mapping-file.ts';
import { mappingFingerprint } from './mapping-fingerprint.ts';
import { hasCollection, type ReadMapping, readWrittenMapping } from './read-written-mapping.ts';
import { foldedName } from './safe-name.ts';
import { sortCollections } from './sort-collections.ts';
import { suggestion } from './suggestion.ts';
import { placeTables } from './table-tree.ts';

export interface LoadMappingsOptions {
  /** The folder that holds `mappings/` and `transforms/`. */
  readonly projectFolder: string;
  /** PostgreSQL schema of the target tables; default `public`. */
  readonly schema?: string | undefined;
  /** Names of collections; default all. Every file is checked even so, because tables refer to each other. */
  readonly only?: readonly string[] | undefined;
}

interface CollectionDraft {
  readonly file: MappingFile;
  readonly read: ReadMapping;
  readonly tables: readonly TableDraft[];
  readonly transformFile: string | undefined;
}

/**
 * Reads, checks and completes the mappings of a project. Transform files that they name are loaded once, to see
 * that the functions exist.
 * @throws DocrowError `mapping-invalid` with all problems of all files, one line each (`file:line:column: problem`);
 *   `settings-invalid` when `only` names a collection without a mapping
 */
export async function loadMappings(options: LoadMappingsOptions): Promise<ProjectMapping> {
  const { projectFolder, schema = 'public', only } = options;
  const files = await readFiles(projectFolder);
  const drafts = files.flatMap((file) => draftCollection(file) ?? []);
  checkTogether(drafts);
  await Promise.all(drafts.map((draft) => checkTransforms(projectFolder, draft)));
  const problems = files.flatMap((file) => file.problems());
  if (problems.length > 0) throw DocrowError.fromProblems('mapping-invalid', problems);

  const all = await Promise.all(drafts.map((draft) => finish(draft, projectFolder)));
  checkOnly(only, all);
  const wanted = only === undefined ? all : all.filter(({ collection }) => only.includes(collection));
  return { schema, collections: sortCollections(wanted) };
}

async function readFiles(projectFolder: string): Promise<readonly MappingFile[]> {
  const folder = path.join(projectFolder, 'mappings');
  let names: readonly string[];
  try {
    names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
  } catch (cause) {
    throw new DocrowError(
      'mapping-invalid',
      `The folder ${folder} cannot be read; docrow init writes one`,
      { folder },
      cause,
    );
  }
  if (names.length === 0) {
    throw new DocrowError(
      'mapping-invalid',
      `The folder ${folder} holds no mapping; docrow init writes them`,
      { folder },
    );
  }
  return await Promise.all(
    names.map(
      async (name) => new MappingFile(`mappings/${name}`, await readFile(path.join(folder, name), 'utf8')),
    ),
  );
}

function draftCollection(file: MappingFile): CollectionDraft | undefined {
  const read = readWrittenMapping(file);
  if (read === undefined) return undefined;
  const byName = new Map<string, TableDraft>();
  for (const { name, written, parent } of placeTables(file, read)) {
    byName.set(name, buildTable(name, written, { file, read, parent: byName.get(parent ?? '') }));
  }
  const tables = [...byName.values()];
  const stem = path.posix.basename(file.name).replace(/\.ya?ml$/, '');
  const hasTransform = tables.some(({ table }) =>
    table.columns.some(({ transform }) => transform !== undefined),
  );
  return { file, read, tables, transformFile: hasTransform ? `transforms/${stem}.ts` : undefined };
}

/** What concerns several tables or files. */
function checkTogether(drafts: readonly CollectionDraft[]): void {
  const collections = new Map<string, string>();
  const tables = new Map<string, string>();
  for (const { file, read, tables: own } of drafts) {
    const { collection } = read.written;
    const other = collections.get(collection);
    if (other !== undefined)
      file.report(['collection'], `"${collection}" has a mapping already, in ${other}`);
    else if (hasCollection(read.written)) collections.set(collection, file.name);

    for (const { table, path: at } of own) {
      const folded = foldedName(table.name);
      const first = tables.get(folded);
      if (first !== undefined)
        file.report(at, `the table "${table.name}" is there already, in ${first}`, 'key');
      else tables.set(folded, file.name);
    }
  }
  const all = drafts.flatMap((draft) => draft.tables);
  checkReferences(all, (table) => drafts.some(({ read }) => read.isBroken(table)));
  checkRelationNames(all);
}

async function finish(draft: CollectionDraft, projectFolder: string): Promise<CollectionMapping> {
  const { file, read, tables, transformFile } = draft;
  const { collection, where } = read.written;
  const { duplicates = 'reject', onReject = 'remove', foreignWrites = 'report' } = read.written;
  const mapping = {
    collection,
    file: file.name,
    transformFile,
    where: where as YamlValue | undefined,
    duplicates,
    onReject,
    foreignWrites,
    tables: tables.map(({ table }) => table),
    idColumn: tables[0] && findIdColumn(tables[0].table),
  };
  const bytes =
    transformFile === undefined ? undefined : await readFile(path.join(projectFolder, transformFile));
  return { ...mapping, fingerprint: mappingFingerprint(mapping, bytes) };
}

function checkOnly(only: readonly string[] | undefined, all: readonly CollectionMapping[]): void {
  const names = all.map(({ collection }) => collection);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const hint = suggestion(unknown, names) || `; there are ${names.join(', ')}`;
  throw new DocrowError('settings-invalid', `No mapping has the collection "${unknown}"${hint}`, {
    collection: unknown,
  });
}
