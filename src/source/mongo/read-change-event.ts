import { bsonType } from '../../bson/bson-type.ts';
import { createFoundField, type FoundField, findField } from '../../bson/find-field.ts';
import { readId } from '../../bson/read-id.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { ChangeEvent, DocumentOperation } from '../change-feed.ts';
import type { DocumentPage } from './document-page.ts';

const keys = {
  token: Buffer.from('_id'),
  operationType: Buffer.from('operationType'),
  clusterTime: Buffer.from('clusterTime'),
  namespace: Buffer.from('ns'),
  to: Buffer.from('to'),
  documentKey: Buffer.from('documentKey'),
  collection: Buffer.from('coll'),
};

const documentOperations: ReadonlySet<string> = new Set<DocumentOperation>([
  'insert',
  'update',
  'replace',
  'delete',
]);

const isDocumentOperation = (operation: string): operation is DocumentOperation =>
  documentOperations.has(operation);

const found = createFoundField();
const inner = createFoundField();

/**
 * Reads an event of a change stream. An operation that is not known counts as one on its collection, or on the
 * database where it names none.
 * @throws DocrowError `source-refused` when it is no such event, `document-corrupt`
 */
export function readChangeEvent({ bytes, view, starts }: DocumentPage, index: number): ChangeEvent {
  const start = starts[index] as number;
  const operation = find(bytes, view, start, keys.operationType, bsonType.string)
    ? textAt(bytes, found)
    : undefined;
  if (operation === undefined || !find(bytes, view, start, keys.clusterTime, bsonType.timestamp)) {
    throw new DocrowError('source-refused', 'A change event has no operation type or no cluster time');
  }
  const clusterTime = `${view.getUint32(found.at + 4, true)}:${view.getUint32(found.at, true)}`;
  const collection = collectionIn(bytes, view, start, keys.namespace);
  if (collection === undefined) return { kind: 'database', operation, clusterTime };
  if (!isDocumentOperation(operation)) {
    const to = collectionIn(bytes, view, start, keys.to);
    return { kind: 'collection', operation, collection, clusterTime, ...(to === undefined ? {} : { to }) };
  }
  const id = find(bytes, view, start, keys.documentKey, bsonType.document)
    ? readId(bytes, view, found.at)
    : undefined;
  if (id === undefined) {
    const message = `A change event (${operation}) does not say which document it is about`;
    throw new DocrowError('source-refused', message, { collection });
  }
  return { kind: 'document', operation, collection, id, clusterTime };
}

/**
 * The resume token of an event, a BSON document.
 * @throws DocrowError `source-refused` when it has none
 */
export function tokenOfEvent({ bytes, view, starts }: DocumentPage, index: number): Uint8Array {
  if (find(bytes, view, starts[index] as number, keys.token, bsonType.document)) {
    return bytes.subarray(found.at, found.end);
  }
  throw new DocrowError('source-refused', 'A change event has no resume token');
}

function find(bytes: Buffer, view: DataView, start: number, key: Buffer, type: number): boolean {
  return findField(bytes, view, start, key, found) && found.type === type;
}

/** The collection in a namespace `{db, coll}`, which an event of a whole database has not. */
function collectionIn(bytes: Buffer, view: DataView, start: number, key: Buffer): string | undefined {
  if (!find(bytes, view, start, key, bsonType.document)) return undefined;
  const isThere = findField(bytes, view, found.at, keys.collection, inner) && inner.type === bsonType.string;
  return isThere ? textAt(bytes, inner) : undefined;
}

/** A text without its length and its final zero. */
const textAt = (bytes: Buffer, { at, end }: FoundField): string => bytes.toString('utf8', at + 4, end - 1);
