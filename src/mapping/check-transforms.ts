import { DocrowError } from '../errors/docrow-error.ts';
import type { TableDraft } from './build-table.ts';
import { importTransformFile, missingTransform } from './load-transforms.ts';
import type { MappingFile } from './mapping-file.ts';
import type { Transform } from './transform.ts';

interface NamesTransforms {
  readonly file: MappingFile;
  readonly tables: readonly TableDraft[];
  readonly transformFile: string | undefined;
}

/** Loads the transform file of a mapping and reports what its columns name and the file does not have. */
export async function checkTransforms(projectFolder: string, draft: NamesTransforms): Promise<void> {
  const { file, tables, transformFile } = draft;
  if (transformFile === undefined) return;
  let exported: ReadonlyMap<string, Transform>;
  let broken: string | undefined;
  try {
    exported = await importTransformFile(projectFolder, transformFile);
  } catch (error) {
    if (!(error instanceof DocrowError)) throw error;
    exported = new Map();
    broken = error.message;
  }
  for (const { table, columnPath } of tables) {
    for (const { name, transform } of table.columns) {
      if (transform === undefined || exported.has(transform)) continue;
      file.report(
        [...columnPath(name), 'transform'],
        broken ?? missingTransform(transformFile, transform, exported.keys()),
      );
    }
  }
}
