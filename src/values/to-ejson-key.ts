import type { BsonValue } from './bson-value.ts';
import { toJson } from './to-json.ts';
import type { ValuePath } from './value-path.ts';

/**
 * The text of `convert: ejson`: one text for each value, whatever its type, and the same for numbers that MongoDB
 * holds equal. A NUL is written as JSON writes it, so no policy has to change the text; keys keep order and duplicates.
 */
export function ejsonKey(value: BsonValue, path: ValuePath): string {
  return toJson(
    value,
    { style: 'normalized', duplicates: 'keep', string: (text) => JSON.stringify(text) },
    path,
  );
}
