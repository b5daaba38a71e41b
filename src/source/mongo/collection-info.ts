import { Binary, type Document } from 'mongodb';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { SourceCollection } from '../document-source.ts';
import type { MongoConnection } from './mongo-connection.ts';

/** What a server says of a collection without looking into it. */
export interface CollectionInfo {
  readonly name: string;
  readonly kind: SourceCollection['kind'];
  /** Whether the `_id` index has BSON's own order. */
  readonly simpleCollation: boolean;
  /** Made at random when the collection was; views have none. */
  readonly uuid: string | undefined;
}

/** All collections, or the one with this name, by name. */
export async function readCollectionInfos(
  { client, database }: MongoConnection,
  name?: string,
  signal?: AbortSignal,
): Promise<readonly CollectionInfo[]> {
  const filter = name === undefined ? {} : { name };
  const options = { readPreference: client.readPreference, signal };
  const found: readonly Document[] = await client.db(database).listCollections(filter, options).toArray();
  return found.map(infoOf).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws DocrowError `source-not-found` */
export async function findCollection(connection: MongoConnection, name: string): Promise<CollectionInfo> {
  const [info] = await readCollectionInfos(connection, name);
  if (info !== undefined) return info;
  const message = `The database has no collection ${JSON.stringify(name)}`;
  throw new DocrowError('source-not-found', message, { collection: name });
}

/**
 * Makes sure that a collection is still the one that reading began with. To be asked whenever a cursor is opened: a
 * collection that was dropped meanwhile reads like one whose end was reached.
 * @throws DocrowError `source-changed`
 */
export async function checkUnchanged(
  connection: MongoConnection,
  { name, uuid }: CollectionInfo,
  signal: AbortSignal,
): Promise<void> {
  const [now] = await readCollectionInfos(connection, name, signal);
  if (now !== undefined && now.uuid === uuid) return;
  const message = `The collection ${JSON.stringify(name)} was dropped, renamed or replaced while it was read`;
  throw new DocrowError('source-changed', message, { collection: name });
}

function infoOf({ name, type, options, info }: Document): CollectionInfo {
  const locale: unknown = options?.collation?.locale;
  const uuid: unknown = info?.uuid;
  return {
    name,
    kind: kindOf(name, type, options?.capped === true),
    simpleCollation: locale === undefined || locale === 'simple',
    uuid: uuid instanceof Binary ? uuid.toString('hex') : undefined,
  };
}

function kindOf(name: string, type: unknown, capped: boolean): SourceCollection['kind'] {
  if (name.startsWith('system.')) return 'system';
  if (type === 'view' || type === 'timeseries') return type;
  return capped ? 'capped' : 'collection';
}
