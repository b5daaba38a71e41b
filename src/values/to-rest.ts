import type { CollectionMapping } from '../mapping/mapping.ts';
import { escapeNul } from './nul-character.ts';
import type { RestDocument } from './rest-document.ts';
import { toJson } from './to-json.ts';
import { valueProblem } from './value-path.ts';

/** The key of the object that stands for a text with NUL characters, which jsonb cannot hold. */
const nulKey = '$docrowNul';

/**
 * The rest column: canonical Extended JSON, and null when there is nothing left over.
 * @throws DocrowError `document-duplicate-key`, `document-too-deep`, `value-invalid-utf8`, and `value-nul-character`
 *   for a document that itself has the key `$docrowNul` there: nobody could tell it from an escaped text
 */
export function toRest(rest: RestDocument, duplicates: CollectionMapping['duplicates']): string | null {
  if (rest.paths.length === 0) return null;
  return toJson(
    { type: 'document', raw: rest.bytes },
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
    [],
  );
}
