import type { BsonValue } from './bson-value.ts';
import { mismatch, type ValuePath } from './value-path.ts';

/** The bytes of any binary and of an ObjectId, in PostgreSQL's hex form. */
export function toBytea(value: BsonValue, path: ValuePath): string {
  if (value.type !== 'binary' && value.type !== 'objectId') throw mismatch('The value is not a binary', path);
  return byteaText(value.bytes);
}

export const byteaText = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;
