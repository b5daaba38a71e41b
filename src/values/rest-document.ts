import { bsonType, emptyDocumentSize } from '../bson/bson-type.ts';
import type { DocumentPath } from '../mapping/mapping.ts';
import type { RawBytes } from './bson-value.ts';
import { readElements } from './decode-value.ts';
import { byteKey, pathsByKey } from './paths-by-key.ts';
import { keyForPath } from './read-text.ts';
import type { ValuePath } from './value-path.ts';

/** What no column keeps of a document. */
export interface RestDocument {
  /** A BSON document of the same shape, without what columns keep. */
  readonly bytes: Buffer;
  /** Where each value in it stood, in the order of the document. */
  readonly paths: readonly ValuePath[];
  /** Those of `paths` where columns take parts of the value, which is an empty sub-document. */
  readonly emptied: readonly ValuePath[];
}

/**
 * Collects what no column keeps.
 * @param taken the paths that columns and child tables name, or `all`; what is below a taken path is taken with it
 * @param kept paths that have to be in the rest although they are taken
 * @param keepsEmpty an empty sub-document that columns could take parts of is in the rest, as `{}`
 */
export function collectRest(
  document: Buffer,
  taken: readonly DocumentPath[] | 'all',
  kept: readonly DocumentPath[],
  keepsEmpty: boolean,
): RestDocument {
  return taken === 'all'
    ? collectBelow(document, [], kept, true, [], keepsEmpty)
    : collectBelow(document, taken, kept, false, [], keepsEmpty);
}

function collectBelow(
  document: Buffer,
  taken: readonly DocumentPath[],
  kept: readonly DocumentPath[],
  allTaken: boolean,
  path: ValuePath,
  keepsEmpty: boolean,
): RestDocument {
  const fields: Buffer[] = [];
  const paths: ValuePath[] = [];
  const emptied: ValuePath[] = [];
  const add = (key: Buffer, { type, bytes }: RawBytes, added: readonly ValuePath[]): void => {
    fields.push(Buffer.concat([Uint8Array.of(type), key, Uint8Array.of(0), bytes]));
    paths.push(...added);
  };
  const elements = readElements(document);
  const lastOfKey = new Map(elements.map(({ key }, index) => [byteKey(key), index]));
  const [takenBelow, keptBelow] = [pathsByKey(taken), pathsByKey(kept)];
  for (const [index, { key, value, raw }] of elements.entries()) {
    const fieldPath = [...path, keyForPath(key)];
    const name = byteKey(key);
    const takenHere = takenBelow.get(name) ?? [];
    const keptHere = keptBelow.get(name) ?? [];
    // Of duplicates that columns know, `duplicates: last` gives them the last; the others are dropped, as declared.
    const isKnown = allTaken || takenHere.length + keptHere.length > 0;
    if (isKnown && lastOfKey.get(name) !== index) continue;
    const isTaken = allTaken || takenHere.some(isEnd);
    const isKeptEmpty = keepsEmpty && value.type === 'document' && value.raw.length === emptyDocumentSize;
    const isWhole =
      keptHere.some(isEnd) || (!isTaken && (takenHere.length + keptHere.length === 0 || isKeptEmpty));
    if (!isWhole && value.type === 'document' && takenHere.length + keptHere.length > 0) {
      const below = collectBelow(value.raw, takenHere, keptHere, isTaken, fieldPath, keepsEmpty);
      emptied.push(...below.emptied);
      if (below.paths.length > 0) add(key, { type: bsonType.document, bytes: below.bytes }, below.paths);
    } else if (isWhole || !isTaken) {
      add(key, raw, [fieldPath]);
      if (isKeptEmpty && !keptHere.some(isEnd) && isKnown) emptied.push(fieldPath);
    }
  }
  return { bytes: buildDocument(fields), paths, emptied };
}

const isEnd = (path: DocumentPath): boolean => path.length === 0;

function buildDocument(fields: readonly Buffer[]): Buffer {
  const content = Buffer.concat([...fields, Uint8Array.of(0)]);
  const size = Buffer.alloc(4);
  size.writeInt32LE(content.length + 4);
  return Buffer.concat([size, content]);
}
