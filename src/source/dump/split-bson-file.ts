import { DocrowError } from '../../errors/docrow-error.ts';
import { encodeCountPosition } from '../count-position.ts';
import type { SourceRange } from '../document-source.ts';
import { rangesBetween } from '../ranges-between.ts';
import { lengthAt } from './block-scanner.ts';
import { BsonScanner } from './bson-scanner.ts';
import { openByteStream } from './open-byte-stream.ts';
import { readDocuments } from './read-documents.ts';

const everything: SourceRange = { lower: undefined, upper: undefined };

/**
 * Cuts a .bson file that is not packed into ranges of about the same size. That a place is the boundary of a
 * document is known only by hopping there from the first one, so the file is read once, without looking inside
 * the documents. Damage is left to the last range to report.
 */
export async function splitBsonFile(path: string, fileBytes: number, wanted: number): Promise<SourceRange[]> {
  if (wanted <= 1) return [everything];
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
        if (bounds.length === wanted - 1) return rangesBetween(bounds);
      }
      const last = batch.starts[batch.count - 1] as number;
      batchOffset += last + lengthAt(batch.view, last);
      batch.release();
    }
  } catch (error) {
    if (!(error instanceof DocrowError && error.code === 'source-corrupt')) throw error;
  }
  return rangesBetween(bounds);
}
