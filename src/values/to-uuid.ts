import { type BsonValue, isUuid, uuidText } from './bson-value.ts';
import { readText } from './read-text.ts';
import { mismatch, type ValuePath } from './value-path.ts';

/** UUID binaries of subtype 4, and texts of the form 8-4-4-4-12 in either case. */
export function toUuid(value: BsonValue, path: ValuePath): string {
  const uuid = readUuid(value, path);
  if (uuid === undefined) throw mismatch('The value is not a UUID', path);
  return uuid;
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The lower-case text of a UUID, or undefined for any other value. */
export function readUuid(value: BsonValue, path: ValuePath): string | undefined {
  if (isUuid(value)) return uuidText(value.bytes);
  if (value.type !== 'string') return undefined;
  const text = readText(value.text, path);
  return uuidForm.test(text) ? text.toLowerCase() : undefined;
}
