import { bsonType } from '../bson/bson-type.ts';
import { extendedJsonText } from '../bson/extended-json.ts';
import { readId } from '../bson/read-id.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { DescribeRejection } from './chunk-tally.ts';

/** The `_id` of a document and its text; a document too damaged to tell has none. */
function identify(
  bytes: Uint8Array,
  view: DataView,
  start: number,
): { id: Uint8Array | undefined; idText: string } {
  try {
    const id = readId(bytes, view, start);
    return { id, idText: id === undefined ? '' : describeId(id) };
  } catch (error) {
    if (error instanceof DocrowError) return { id: undefined, idText: '' };
    throw error;
  }
}

/** Canonical Extended JSON of the value in a BSON document `{_id: value}`. */
export function describeId(id: Uint8Array): string {
  const view = new DataView(id.buffer, id.byteOffset, id.byteLength);
  // Length (4), type byte, "_id" with its zero byte: the value begins at 9.
  return extendedJsonText(id[4] ?? bsonType.null, id, view, 9);
}

/** Makes rejections for documents of a collection, with a copy of their bytes. */
export function describeRejection(collection: string, table: string): DescribeRejection {
  return (batch, start, problem) => {
    const end = start + batch.view.getInt32(start, true);
    return {
      collection,
      ...identify(batch.bytes, batch.view, start),
      ...problem,
      table,
      document: Uint8Array.prototype.slice.call(batch.bytes, start, end),
    };
  };
}
