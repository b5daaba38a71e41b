import { nameOf } from './column-name.ts';
import { FreeNames } from './free-names.ts';

/** The mapping file of each collection, relative to the project folder: names that every system takes. */
export function mappingFiles(collections: readonly string[]): readonly string[] {
  const stems = new FreeNames();
  return collections.map((collection) => `mappings/${stems.take(fileStem(collection))}.yaml`);
}

/** Files that Windows keeps for itself. */
const deviceName = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

function fileStem(collection: string): string {
  const isSafe = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,59}$/.test(collection) && !deviceName.test(collection);
  if (isSafe) return collection;
  const name = nameOf([collection], 'snake')
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60);
  return name === '' || deviceName.test(name) ? `collection_${name}`.replace(/_$/, '') : name;
}
