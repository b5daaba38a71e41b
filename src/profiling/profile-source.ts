import { DocrowError } from '../errors/docrow-error.ts';
import { nearestName } from '../errors/nearest-name.ts';
import type { DocumentSource, SourceCollection } from '../source/document-source.ts';
import type { SourceProfile } from './profile.ts';
import { type ProfileOptions, profileCollection } from './profile-collection.ts';

export interface SourceProfileOptions extends Omit<ProfileOptions, 'hasMadeIds'> {
  /** These collections and no others. */
  readonly only?: readonly string[] | undefined;
}

/**
 * Looks at the documents of a source, one collection after the other, each in one reading.
 *
 * All collections are in the answer, by name; those whose documents were not read say why in `skipped`.
 * @throws DocrowError `source-not-found` when `only` names a collection that is not there; `interrupted`; what the
 *   source throws. A damaged file is no error here: see `CollectionProfile.stoppedBy`
 */
export async function profileSource(
  source: DocumentSource,
  { only, ...options }: SourceProfileOptions = {},
): Promise<SourceProfile> {
  const { database, kind } = await source.identity();
  const collections = chosen(await source.listCollections(), only);
  const profiles = [];
  for (const collection of collections) {
    profiles.push(await profileCollection(source, collection, { ...options, hasMadeIds: kind === 'export' }));
  }
  return { database, collections: profiles };
}

function chosen(
  listed: readonly SourceCollection[],
  only: readonly string[] | undefined,
): readonly SourceCollection[] {
  const sorted = listed.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  if (only === undefined) return sorted;
  const names = sorted.map(({ name }) => name);
  for (const name of only) {
    if (names.includes(name)) continue;
    const nearest = nearestName(name, names);
    const hint = nearest === undefined ? '' : ` (did you mean ${JSON.stringify(nearest)}?)`;
    const message = `The source holds no collection ${JSON.stringify(name)}${hint}`;
    throw new DocrowError('source-not-found', message, { collection: name });
  }
  return sorted.filter(({ name }) => only.includes(name));
}
