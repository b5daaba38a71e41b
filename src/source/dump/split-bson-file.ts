import { DocrowError } from '../../errors/docrow-error.ts';
import { encodeCountPosition } from '../count-position.ts';
import type { SourceRange } from '../document-source.ts';
import { rangesBetween } from '../ranges-between.ts';
import { lengthAt } from './block-scanner.ts';
import { BsonScanner } from './bson-scanner.ts';
import { findBoundary } from './find-boundary.ts';
import { openByteStream } from './open-byte-stream.ts';
import { readDocuments } from './read-documents.ts';

const everything: SourceRange = { lower: undefined, upper: undefined };

/** Files below this are walked through in a moment. */
const probedBytes = 128 * 1024 * 1024;

/**
 * Cuts a .bson file that is not packed into ranges of about the same size, at boundaries of documents. In a large file
 * they are probed for; where that fails, and in a small one, the file is read up to the last of them, hopping from
 * document to document. Damage is left to the last range to report.
 */
export async function splitBsonFile(path: string, fileBytes: number, wanted: number): Promise<SourceRange[]> {
  if (wanted <= 1) return [everything];
  const probed = fileBytes < probedBytes ? undefined : await probeBounds(path, fileBytes, wanted);
  return rangesBetween(probed ?? (await walkToBounds(path, fileBytes, wanted)));
}

async function probeBounds(
  path: string,
  fileBytes: number,
  wanted: number,
): Promise<Uint8Array[] | undefined> {
  const bounds: Uint8Array[] = [];
  let last = 0;
  for (let number = 1; number < wanted; number++) {
    const bound = await findBoundary(path, Math.floor((fileBytes * number) / wanted));
    if (bound === undefined || bound <= last) return undefined;
    bounds.push(encodeCountPosition(bound));
    last = bound;
  }
  return bounds;
}

async function walkToBounds(path: string, fileBytes: number, wanted: number): Promise<Uint8Array[]> {
  const bounds: Uint8Array[] = [];
  const stream = await openByteStream(path, 'plain');
  const options = { path, startOffset: 0, positions: 'offset', skip: 0, signal: undefined } as const;
  let batchOffset = 0;
  try {
    for await (const batch of readDocuments(stream, new BsonScanner(), options)) {
      for (let index = 0; index < batch.count; index++) {
        const offset = batchOffset + (batch.starts[index] as number);
        const target = (fileBytes * (bounds.length + 1)) / wanted;
        if (offset > 0 && offset >= target) bounds.push(encodeCountPosition(offset));
        if (bounds.length === wanted - 1) return bounds;
      }
      const last = batch.starts[batch.count - 1] as number;
      batchOffset += last + lengthAt(batch.view, last);
      batch.release();
    }
  } catch (error) {
    if (!(error instanceof DocrowError && error.code === 'source-corrupt')) throw error;
  }
  return bounds;
}
