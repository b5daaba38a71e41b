import type { CollectionMapping } from '../mapping/mapping.ts';
import type { BsonValue } from './bson-value.ts';
import { escapeNul } from './nul-character.ts';
import { toJson } from './to-json.ts';
import { type ValuePath, valueProblem } from './value-path.ts';

/** The key of the object that stands for a text with NUL characters, which jsonb cannot hold. */
const nulKey = '$docrowNul';

/**
 * What the rest column holds: canonical Extended JSON.
 * @param value what is left of a document, or an element of an array as it is
 * @param at where it stands
 * @throws DocrowError `document-duplicate-key`, `document-too-deep`, `value-invalid-utf8`, and `value-nul-character`
 *   for a document that itself has the key `$docrowNul` there: nobody could tell it from an escaped text
 */
export function toRest(value: BsonValue, duplicates: CollectionMapping['duplicates'], at: ValuePath): string {
  return toJson(
    value,
    {
      style: 'canonical',
      duplicates: duplicates === 'reject' ? 'reject' : 'keep',
      string: (text) =>
        text.includes('\0') ? JSON.stringify({ [nulKey]: escapeNul(text) }) : JSON.stringify(text),
      checkKey: (key, path) => {
        if (key !== nulKey) return;
        throw valueProblem(
          'value-nul-character',
          `The document has the key ${nulKey}, which docrow keeps for itself`,
          path,
        );
      },
    },
    at,
  );
}
