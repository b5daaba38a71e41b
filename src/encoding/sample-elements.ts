import { bsonType } from '../bson/bson-type.ts';
import { createFoundField, findPath } from '../bson/find-field.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { DocumentSample } from './document-scanner.ts';

/** Enough to see the usual orders of keys; more would only take time. */
const mostElements = 200;
const mostPerArray = 10;

/**
 * The documents among the elements of the arrays at a path of sample documents, a few of each array.
 * @param path where the array is; empty when the samples themselves are arrays
 */
export function sampleElements(
  samples: readonly DocumentSample[],
  path: readonly string[],
): readonly DocumentSample[] {
  const keys = path.map((key) => Buffer.from(key));
  return samples.flatMap((sample) => elementsOf(sample, keys)).slice(0, mostElements);
}

/** Of a damaged sample, those before the damage. */
function elementsOf({ input, start }: DocumentSample, path: readonly Buffer[]): readonly DocumentSample[] {
  const { bytes, view } = input;
  const elements: DocumentSample[] = [];
  const found = createFoundField();
  try {
    if (!findPath(bytes, view, start, path, found) || found.type !== bsonType.array) return [];
    const limit = found.end - 1;
    for (let at = found.at + 4; at < limit && elements.length < mostPerArray; ) {
      const type = bytes[at]!;
      const valueAt = keyEnd(bytes, at + 1, limit) + 1;
      at = valueEnd(type, bytes, view, valueAt, limit);
      if (type === bsonType.document) elements.push({ input, start: valueAt });
    }
  } catch (error) {
    if (!(error instanceof DocrowError)) throw error;
  }
  return elements;
}
