import { bsonType } from '../../bson/bson-type.ts';
import { createFoundField, findField } from '../../bson/find-field.ts';
import { keyEnd, valueEnd } from '../../bson/value-end.ts';
import type { DocumentPage } from './document-page.ts';

const idKey = Buffer.from('id');
const firstBatchKey = Buffer.from('firstBatch');
const nextBatchKey = Buffer.from('nextBatch');
const found = createFoundField();

export interface CursorReply {
  /** 0 when the server has no more. */
  readonly cursorId: bigint;
  readonly page: DocumentPage;
}

/**
 * Finds the documents in the `cursor` field of an answer to `find` or `getMore`, without copying them.
 * @param cursor the field's bytes as the driver hands them out with `raw: true`
 * @throws DocrowError `document-corrupt` when it is no such answer
 */
export function readReply(cursor: Uint8Array): CursorReply {
  const bytes = Buffer.from(cursor.buffer, cursor.byteOffset, cursor.byteLength);
  const view = new DataView(cursor.buffer, cursor.byteOffset, cursor.byteLength);
  const cursorId =
    findField(bytes, view, 0, idKey, found) && found.type === bsonType.int64
      ? view.getBigInt64(found.at, true)
      : 0n;
  const hasBatch =
    findField(bytes, view, 0, firstBatchKey, found) || findField(bytes, view, 0, nextBatchKey, found);
  if (!hasBatch) return { cursorId, page: { bytes, view, starts: new Int32Array(0), count: 0 } };
  const limit = found.end - 1;
  let starts = new Int32Array(1024);
  let count = 0;
  let at = found.at + 4;
  while (at < limit) {
    const start = keyEnd(bytes, at + 1, limit) + 1;
    if (count === starts.length) {
      const more = new Int32Array(starts.length * 2);
      more.set(starts);
      starts = more;
    }
    starts[count++] = start;
    at = valueEnd(bsonType.document, bytes, view, start, limit);
  }
  return { cursorId, page: { bytes, view, starts, count } };
}
