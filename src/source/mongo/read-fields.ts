import type { Document } from 'mongodb';
import { bsonTypeNames } from '../../bson/bson-type.ts';
import { type OrderedKind, orderedKind, typesOfKind } from '../../bson/ordered-kind.ts';
import { type DocumentBatch, type FieldQuery, releaseNothing } from '../document-source.ts';
import { idAt } from './check-order.ts';
import { boundValue } from './id-value.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { openCursor } from './open-cursor.ts';
import { readPages } from './read-pages.ts';

/**
 * Reads nothing of documents but their `_id` and one field. A lost cursor begins again, so that a document may come
 * twice.
 * @throws DocrowError those of `readPages`
 */
export async function* readMongoFields(
  connection: MongoConnection,
  collection: string,
  { path, since, signal }: FieldQuery,
): AsyncGenerator<DocumentBatch> {
  const query = {
    ...(path === undefined || since === undefined ? {} : { filter: sinceFilter(path, since) }),
    projection: projectionOf(path),
  };
  const open = async (either: AbortSignal) => openCursor(connection, collection, query, either);
  for await (const { page } of readPages(collection, open, () => 0, signal)) {
    const { bytes, view, starts, count } = page;
    const positionAfter = (index: number): Uint8Array => idAt(page, index, collection);
    yield { bytes, view, starts, count, positionAfter, release: releaseNothing };
  }
}

/** A field within `_id` comes with it, and may not be named beside it. */
const projectionOf = (path: readonly string[] | undefined): Document =>
  path === undefined || path[0] === '_id' ? { _id: 1 } : { _id: 1, [path.join('.')]: 1 };

/**
 * `$gte` compares within one kind of values alone, so documents with another kind, or without the field, are asked for
 * beside it. Of an array both would look at the items, and NaN is not above anything: these are asked for too.
 */
function sinceFilter(path: readonly string[], since: Uint8Array): Document {
  const field = path.join('.');
  const kind = orderedKind(since[4] as number) as OrderedKind;
  const types = typesOfKind(kind).map((type) => bsonTypeNames.get(type));
  const arrays = path.map((_, index) => ({ [path.slice(0, index + 1).join('.')]: { $type: 'array' } }));
  return {
    $or: [
      { [field]: { $gte: boundValue(since) } },
      { [field]: { $not: { $type: types } } },
      ...arrays,
      ...(kind === 'number' ? [{ [field]: Number.NaN }] : []),
    ],
  };
}
