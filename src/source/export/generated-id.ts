import { bsonType } from '../../bson/bson-type.ts';

/**
 * The field `_id` of a document that was exported without one: the text `<collection>#<number>`.
 * @param number of the document in its file, from 0
 */
export function generatedIdField(collection: string, number: number): Buffer {
  const text = Buffer.from(`${collection}#${number}\0`);
  const size = Buffer.alloc(4);
  size.writeInt32LE(text.length);
  return Buffer.concat([Uint8Array.of(bsonType.string), Buffer.from('_id\0'), size, text]);
}
