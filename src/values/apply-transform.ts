import type { BsonJsValue } from '../bson/bson-js-value.ts';
import { createDocumentReader } from '../bson/document-reader.ts';
import { jsValueToBson } from '../bson/js-value-to-bson.ts';
import { readJsValue } from '../bson/read-js-value.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { Transform } from '../mapping/transform.ts';
import type { BsonValue, RawBytes } from './bson-value.ts';
import { readElements } from './decode-value.ts';
import { type ValuePath, valueProblem } from './value-path.ts';

/**
 * Calls a transform for one document.
 * @param raw the value that the column's `from` gives; undefined when it is missing
 * @returns the result as a BSON value; undefined when it counts as missing
 * @throws DocrowError `transform-failed` when the function throws, or gives what BSON cannot hold; and the problems of
 *   reading the value itself
 */
export function applyTransform(
  transform: Transform,
  raw: RawBytes | undefined,
  document: Buffer,
  path: ValuePath,
): BsonValue | undefined {
  const value = raw === undefined ? undefined : readRawValue(raw, path);
  const reader = createDocumentReader();
  reader.pointAt(document, viewOf(document), 0);
  try {
    const result = transform(value, reader);
    return result === undefined ? undefined : readElements(Buffer.from(jsValueToBson(result)))[0]?.value;
  } catch {
    throw valueProblem('transform-failed', 'The transform of the column failed for this document', path);
  }
}

function readRawValue({ type, bytes }: RawBytes, path: ValuePath): BsonJsValue | undefined {
  try {
    return readJsValue(type, bytes, viewOf(bytes), 0);
  } catch (error) {
    if (!(error instanceof DocrowError)) throw error;
    throw new DocrowError(error.code, error.message, { ...error.context, path: path.join('.') }, error);
  }
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
