import { access } from 'node:fs/promises';
import path from 'node:path';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from './mapping.ts';
import { suggestion } from './suggestion.ts';
import type { Transform, TransformFile } from './transform.ts';

/**
 * Loads the functions that the columns of a mapping name, by name; an empty map when they name none.
 * The file runs in this process, as TypeScript without a build step and without a cache on disk.
 * @throws DocrowError `transform-invalid` when the file is missing, does not load, or lacks a function
 */
export async function loadTransforms(
  projectFolder: string,
  mapping: Pick<CollectionMapping, 'transformFile' | 'tables'>,
): Promise<ReadonlyMap<string, Transform>> {
  const transforms = new Map<string, Transform>();
  if (mapping.transformFile === undefined) return transforms;
  const exported = await importTransformFile(projectFolder, mapping.transformFile);
  for (const { transform: name } of mapping.tables.flatMap((table) => table.columns)) {
    if (name === undefined) continue;
    const transform = exported.get(name);
    if (transform === undefined) {
      const problem = missingTransform(mapping.transformFile, name, exported.keys());
      throw new DocrowError('transform-invalid', problem, { file: mapping.transformFile, transform: name });
    }
    transforms.set(name, transform);
  }
  return transforms;
}

/**
 * Every function that a transform file exports, by name.
 * @param file relative to the project folder
 * @throws DocrowError `transform-invalid` when the file is missing or does not load
 */
export async function importTransformFile(
  projectFolder: string,
  file: string,
): Promise<ReadonlyMap<string, Transform>> {
  const absolute = path.resolve(projectFolder, file);
  try {
    await access(absolute);
  } catch (cause) {
    throw new DocrowError('transform-invalid', `The transform file ${file} does not exist`, { file }, cause);
  }
  try {
    // Loaded when it is needed: most mappings have no transform, and it takes 6 MB of memory.
    const { createJiti } = await import('jiti');
    // Without caches, so that a corrected file is seen by a process that goes on.
    const jiti = createJiti(import.meta.url, { fsCache: false, moduleCache: false, interopDefault: false });
    const exported = await jiti.import<TransformFile>(absolute);
    return new Map(Object.entries(exported).filter(([, value]) => typeof value === 'function'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw new DocrowError(
      'transform-invalid',
      `The transform file ${file} cannot be loaded: ${reason}`,
      { file },
      cause,
    );
  }
}

/** The sentence for a function that is not there, with the names that are. */
export function missingTransform(file: string, name: string, exported: Iterable<string>): string {
  const names = [...exported].sort();
  const others = names.length === 0 ? 'it exports no function' : `it exports ${names.join(', ')}`;
  return `The file ${file} exports no function "${name}"; ${others}${suggestion(name, names)}`;
}
