import { DocrowError } from '../../errors/docrow-error.ts';

/**
 * The collection name that a file name stands for: mongodump writes `/`, `%`, quotes and the like as `%2F`.
 * What is no such code (dumps older than 4.2 have none) stays as it is.
 * @param stem the file name without `.bson`, `.bson.gz`
 */
export function decodeCollectionName(stem: string): string {
  try {
    return decodeURIComponent(stem);
  } catch {
    return stem;
  }
}

/**
 * Refuses names that are no names of collections or databases and could lead out of a folder where somebody makes
 * a path of them. A `/` inside a collection name is legal.
 * @param path the file that the name comes from
 * @throws DocrowError `source-unsafe-name`
 */
export function checkNames(database: string, collection: string, path: string): void {
  const unsafe =
    /[\0/\\]/.test(database) ||
    database === '.' ||
    database === '..' ||
    collection.includes('\0') ||
    collection.split(/[/\\]/).includes('..');
  if (!unsafe) return;
  const message = `${path} holds a database or collection name that would lead outside its folder`;
  throw new DocrowError('source-unsafe-name', message, { path });
}
