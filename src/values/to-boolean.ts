import type { BsonValue } from './bson-value.ts';
import { readText } from './read-text.ts';
import { mismatch, type ValuePath } from './value-path.ts';

/** Booleans, and the texts `true` and `false`. */
export function toBoolean(value: BsonValue, path: ValuePath): string {
  if (value.type === 'boolean') return String(value.value);
  if (value.type === 'string') {
    const text = readText(value.text, path);
    if (text === 'true' || text === 'false') return text;
  }
  throw mismatch('The value is not a boolean', path);
}
