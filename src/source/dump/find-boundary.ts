import { bsonTypeNames } from '../../bson/bson-type.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import { lengthAt, lengthDamage, maxDocumentBytes } from './block-scanner.ts';
import { BsonScanner } from './bson-scanner.ts';
import { blockBytes } from './byte-stream.ts';
import { openByteStream } from './open-byte-stream.ts';
import { openDumpFile, readAt } from './open-dump-file.ts';
import { readDocuments } from './read-documents.ts';

/** So many places are tried; the first one is nearly always right. */
const maxTrials = 32;

/**
 * Finds a place behind `target` where a document begins, without reading the file up to there.
 *
 * A place that looks like the beginning of a document is believed when whole documents follow one another from it for
 * longer than any document can be. Bytes inside a document that merely look like documents (a dump kept in a binary
 * field, say) do not lead over that document's end. Someone who builds a file so that they do gains nothing: the range
 * before then ends within a document, which is reported as damage.
 * @returns undefined when none is found within a block; documents may be too large for that
 */
export async function findBoundary(path: string, target: number): Promise<number | undefined> {
  const file = await openDumpFile(path);
  let block: Buffer;
  try {
    block = await readAt(file, target, blockBytes);
  } finally {
    await file.close();
  }
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  let trials = 0;
  for (let at = 0; at + 5 <= block.length && trials < maxTrials; at++) {
    if (!looksLikeDocuments(block, view, at)) continue;
    trials++;
    if (await documentsFollow(path, target + at)) return target + at;
  }
  return undefined;
}

/**
 * Whether what is seen from here on, up to the end of the block, could be documents: at least two whole ones, since any
 * four bytes may pass for the length of one that is cut off by the block.
 */
function looksLikeDocuments(block: Buffer, view: DataView, start: number): boolean {
  let at = start;
  let whole = 0;
  while (at + 5 <= block.length) {
    const length = lengthAt(view, at);
    if (lengthDamage(length) !== undefined) return false;
    const firstType = block[at + 4]!;
    if (length === 5 ? firstType !== 0 : !bsonTypeNames.has(firstType)) return false;
    at += length;
    if (at > block.length) break;
    if (block[at - 1] !== 0) return false;
    whole++;
  }
  return whole >= 2;
}

async function documentsFollow(path: string, start: number): Promise<boolean> {
  const options = { path, startOffset: start, positions: 'offset', skip: 0, signal: undefined } as const;
  let bytes = 0;
  try {
    for await (const batch of readDocuments(
      await openByteStream(path, 'plain', start),
      new BsonScanner(),
      options,
    )) {
      bytes += batch.bytes.length;
      batch.release();
      if (bytes > 2 * maxDocumentBytes) return true;
    }
    return true;
  } catch (error) {
    if (error instanceof DocrowError && error.code === 'source-corrupt') return false;
    throw error;
  }
}
