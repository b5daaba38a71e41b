import { BSON, type Document } from 'mongodb';
import { DocrowError } from '../../errors/docrow-error.ts';
import { documentMap } from './document-map.ts';

/**
 * The value of a document `{_id: value}` in a form that the driver sends back byte for byte.
 *
 * Documents become Maps, since an object would put keys like "1" first and MongoDB compares in order.
 * @returns undefined for the few values that the driver's types cannot carry, such as two equal keys in one document
 */
export function idValue(id: Uint8Array): { readonly value: unknown } | undefined {
  const bytes = Buffer.from(id.buffer, id.byteOffset, id.byteLength);
  const value = documentMap(bytes).get('_id');
  const again = BSON.serialize(new Map([['_id', value]]) as unknown as Document, { ignoreUndefined: false });
  return bytes.equals(again) ? { value } : undefined;
}

/**
 * The value of an `_id` that reading has to begin at or go on after.
 * @throws DocrowError `source-refused` when the driver's types cannot carry it
 */
export function boundValue(id: Uint8Array): unknown {
  const found = idValue(id);
  if (found !== undefined) return found.value;
  const message = 'An _id has a form that the MongoDB driver cannot send, so reading cannot go on after it';
  throw new DocrowError('source-refused', message);
}
