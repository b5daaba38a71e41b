import type { Settings } from '../config/settings.ts';
import { compileFilter } from '../filtering/compile-filter.ts';
import { loadMappings } from '../mapping/load-mappings.ts';
import { loadTransforms } from '../mapping/load-transforms.ts';
import type { CollectionMapping, ProjectMapping } from '../mapping/mapping.ts';
import type { Transform } from '../mapping/transform.ts';

export interface Project {
  readonly folder: string;
  /** What was asked for. */
  readonly mapping: ProjectMapping;
  /** All collections that have a mapping: those asked for may refer to others. */
  readonly allCollections: readonly CollectionMapping[];
  transformsOf(collection: CollectionMapping): ReadonlyMap<string, Transform>;
}

/**
 * Reads the mappings and transforms of a project folder, and finds what is wrong in them before anything is touched.
 * @throws DocrowError `mapping-invalid`, `transform-invalid`, `settings-invalid`
 */
export async function openProject({
  dir,
  schema,
  only,
}: Pick<Settings, 'dir' | 'schema' | 'only'>): Promise<Project> {
  const mapping = await loadMappings({ projectFolder: dir, schema, ...(only === undefined ? {} : { only }) });
  const { collections: allCollections } =
    only === undefined ? mapping : await loadMappings({ projectFolder: dir, schema });
  const transforms = new Map<string, ReadonlyMap<string, Transform>>();
  for (const collection of allCollections) {
    if (collection.where !== undefined) compileFilter(collection.where, collection.file);
    transforms.set(collection.collection, await loadTransforms(dir, collection));
  }
  return {
    folder: dir,
    mapping,
    allCollections,
    transformsOf: ({ collection }) => transforms.get(collection) ?? new Map(),
  };
}
