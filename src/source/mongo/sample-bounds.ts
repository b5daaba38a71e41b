import type { Document } from 'mongodb';
import { compareIds } from '../../bson/compare-ids.ts';
import { readId } from '../../bson/read-id.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import { idValue } from './id-value.ts';
import { type MongoConnection, readConcern, startReadSession } from './mongo-connection.ts';
import { toMongoError } from './to-mongo-error.ts';

/** More make the ranges more alike; the server reads each of them at random. */
const samplesPerRange = 20;

/**
 * Places in `_id` order that cut a collection into about `wanted` parts of about the same number of documents, by
 * a random sample.
 * @returns rising and different, each `{_id: value}`; fewer than `wanted - 1` where the sample is small
 */
export async function sampleBounds(
  connection: MongoConnection,
  collection: string,
  wanted: number,
): Promise<readonly Uint8Array[]> {
  const session = startReadSession(connection);
  const pipeline = [{ $sample: { size: samplesPerRange * wanted } }, { $project: { _id: 1 } }];
  const { client, database } = connection;
  const options = { raw: true, readConcern, readPreference: client.readPreference, session };
  try {
    const sample = await client
      .db(database)
      .collection(collection)
      .aggregate<Document>(pipeline, options)
      .map((document) => document as Uint8Array)
      .toArray();
    return pickBounds(sample.map(idOf), wanted);
  } catch (error) {
    throw toMongoError(error, { collection });
  } finally {
    await session.endSession();
  }
}

/** Takes out the `_id` again: it is a copy, which does not keep the whole answer of the server in memory. */
function idOf(document: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = document;
  const id = readId(document, new DataView(buffer, byteOffset, byteLength), 0);
  if (id === undefined) throw new DocrowError('source-refused', 'The server gave a sample without _id');
  return id;
}

/**
 * Cuts a sample at equal distances.
 * @param ids in any order, each `{_id: value}`
 */
export function pickBounds(ids: readonly Uint8Array[], wanted: number): readonly Uint8Array[] {
  const sorted = ids.filter((id) => idValue(id) !== undefined).toSorted(compareIds);
  const bounds: Uint8Array[] = [];
  for (let part = 1; part < wanted; part++) {
    const bound = sorted[Math.floor((sorted.length * part) / wanted)];
    const last = bounds.at(-1);
    if (bound === undefined || (last !== undefined && compareIds(last, bound) >= 0)) continue;
    bounds.push(bound);
  }
  return bounds;
}
