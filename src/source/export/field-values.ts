import { bsonType } from '../../bson/bson-type.ts';
import type { BsonOutput } from './bson-output.ts';
import type { Field } from './document-fields.ts';

/** Longer texts are the content of binaries, which are not read as text. */
const maxTextBytes = 6200;

export const isText = ({ type }: Field): boolean => type === bsonType.string;

/** A short text, byte by byte, where only ASCII is looked for; empty for anything else. */
export function textOf({ bytes }: BsonOutput, field: Field): string {
  return isText(field) && field.end - field.at <= maxTextBytes
    ? bytes.toString('latin1', field.at + 4, field.end - 1)
    : '';
}

/** The value of an int32 or int64. */
export function integerOf({ view }: BsonOutput, { type, at }: Field): bigint | undefined {
  if (type === bsonType.int32) return BigInt(view.getInt32(at, true));
  return type === bsonType.int64 ? view.getBigInt64(at, true) : undefined;
}
