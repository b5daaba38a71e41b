import { bsonType } from '../../bson/bson-type.ts';
import { createFoundField, findPath } from '../../bson/find-field.ts';
import { describeCollectionFrom, type StoredDocument } from '../collection-description.ts';
import type { CollectionDescription } from '../document-source.ts';
import type { CollectionInfo } from './collection-info.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { readReply } from './read-reply.ts';

/**
 * Asks a server for indexes and options of a collection. A view has no indexes, and asking for them is an error.
 * Both answers come in one piece: there are at most 64 indexes.
 */
export async function readDescription(
  connection: MongoConnection,
  { name, kind }: CollectionInfo,
): Promise<CollectionDescription> {
  const [info] = await runCommand(connection, { listCollections: 1, filter: { name }, cursor: {} });
  const options = info && optionsOf(info);
  const indexes = kind === 'view' ? [] : await runCommand(connection, { listIndexes: name, cursor: {} });
  return describeCollectionFrom(options, indexes);
}

async function runCommand(
  { client, database }: MongoConnection,
  command: Record<string, unknown>,
): Promise<readonly StoredDocument[]> {
  const { readPreference } = client;
  // As bytes, so that numbers keep their types and keys that look like numbers their order.
  const answer = await client.db(database).command(command, { raw: true, readPreference });
  const { bytes, view, starts, count } = readReply(answer['cursor'] as Uint8Array).page;
  return Array.from(starts.subarray(0, count), (start) => ({ bytes, view, start }));
}

function optionsOf({ bytes, view, start }: StoredDocument): StoredDocument | undefined {
  const found = createFoundField();
  const isThere = findPath(bytes, view, start, [Buffer.from('options')], found);
  return isThere && found.type === bsonType.document ? { bytes, view, start: found.at } : undefined;
}
