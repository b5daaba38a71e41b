import { BSON, type Document } from 'mongodb';
import { bsonType } from '../../bson/bson-type.ts';
import { createFoundField, findField } from '../../bson/find-field.ts';

const dataKey = Buffer.from('_data');
const found = createFoundField();
/** Where the text begins when it is the first field: after the document's size, a type, the key and its own size. */
const dataAt = 4 + 1 + 6 + 4;
const hexadecimal = /^[0-9a-fA-F]+$/;

/**
 * The head of a token's `_data`, which is a key string in hexadecimal: the type byte of a timestamp (130) and the
 * timestamp's 8 bytes, the highest first. From MongoDB's sources, `db/pipeline/resume_token.cpp` (the cluster time is
 * the first of what is written) and `storage/key_string` (`kTimestamp`); the same from version 4.2 on.
 */
const head = /^82([0-9a-f]{8})([0-9a-f]{8})/i;

/**
 * The cluster time of a resume token, as `seconds:increment`: of its event, or of the place in the oplog up to which
 * there was none.
 * @param token BSON document
 * @returns undefined for a token of another form
 */
export function timeOfResumeToken(token: Uint8Array): string | undefined {
  const bytes = Buffer.from(token.buffer, token.byteOffset, token.byteLength);
  const view = new DataView(token.buffer, token.byteOffset, token.byteLength);
  if (!findField(bytes, view, 0, dataKey, found) || found.type !== bsonType.string) return undefined;
  const match = head.exec(bytes.toString('latin1', found.at + 4, found.at + 4 + 18));
  if (match === null) return undefined;
  return `${Number.parseInt(match[1] as string, 16)}:${Number.parseInt(match[2] as string, 16)}`;
}

/** A token as canonical Extended JSON. */
export function resumeTokenText(token: Uint8Array): string {
  const bytes = Buffer.from(token.buffer, token.byteOffset, token.byteLength);
  // What tokens mostly are, `{_data: "82…"}`: an event may ask for its own, so this has to be quick.
  if (
    bytes.length > dataAt &&
    bytes[4] === bsonType.string &&
    bytes.toString('latin1', 5, 11) === '_data\0'
  ) {
    const end = dataAt + bytes.readInt32LE(dataAt - 4) - 1;
    const data = bytes.toString('latin1', dataAt, end);
    if (end + 2 === bytes.length && hexadecimal.test(data)) return `{"_data":"${data}"}`;
  }
  return BSON.EJSON.stringify(BSON.deserialize(token, { promoteValues: false }), { relaxed: false });
}

export const parseResumeToken = (text: string): Document => BSON.EJSON.parse(text, { relaxed: false });
