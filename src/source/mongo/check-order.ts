import { bsonType } from '../../bson/bson-type.ts';
import { compareBsonValues } from '../../bson/compare-values.ts';
import { createFoundField, type FoundField, findField } from '../../bson/find-field.ts';
import { readId } from '../../bson/read-id.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { DocumentPage } from './document-page.ts';

const idKey = Buffer.from('_id');

/**
 * Checks that the `_id`s of a page rise strictly, as they must for a position to say which documents are done.
 * @param collection for the message
 * @throws DocrowError `source-order-broken`
 */
export function checkOrder(page: DocumentPage, collection: string): void {
  const { bytes, view, starts, count } = page;
  let previous = createFoundField();
  let current = createFoundField();
  for (let index = 0; index < count; index++) {
    findId(page, starts[index] as number, current, collection);
    if (index > 0) {
      const order = compareBsonValues(
        previous.type,
        bytes,
        view,
        previous.at,
        current.type,
        bytes,
        view,
        current.at,
      );
      if (order >= 0) throw orderError(collection);
    }
    const spare = previous;
    previous = current;
    current = spare;
  }
}

/**
 * The `_id` of a document in a page, as `{_id: value}`.
 * @throws DocrowError `source-order-broken` when it has none
 */
export function idAt(page: DocumentPage, index: number, collection: string): Uint8Array {
  const id = readId(page.bytes, page.view, page.starts[index] as number);
  if (id === undefined) throw orderError(collection);
  return id;
}

export function orderError(collection: string): DocrowError {
  const message = `The documents of ${JSON.stringify(collection)} did not come in the order of their _id`;
  return new DocrowError('source-order-broken', message, { collection });
}

function findId({ bytes, view }: DocumentPage, start: number, found: FoundField, collection: string): void {
  // A server puts `_id` first; an ObjectId there needs no search.
  if (bytes[start + 4] === bsonType.objectId && view.getUint32(start + 5, true) === 0x0064695f) {
    found.type = bsonType.objectId;
    found.at = start + 9;
    found.end = start + 21;
    return;
  }
  if (!findField(bytes, view, start, idKey, found)) throw orderError(collection);
}
