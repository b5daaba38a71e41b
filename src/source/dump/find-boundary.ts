import { bsonTypeNames } from '../../bson/bson-type.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import { lengthAt, lengthDamage, maxDocumentBytes } from './block-scanner.ts';
import { BsonScanner } from './bson-scanner.ts';
import { blockBytes } from './byte-stream.ts';
import { openByteStream } from './open-byte-stream.ts';
import { openDumpFile, readAt } from './open-dump-file.ts';
import { readDocuments } from './read-documents.ts';

/** So many places are tried; real boundaries are found at the first or second. */
const maxTrials = 32;

/**
 * Finds a place behind `target` where a document begins, without reading the file up to there.
 *
 * A place that looks like the beginning of a document is believed when whole documents follow one another from it for
 * longer than any document can be. Bytes inside a document that merely look like documents (a dump kept in a binary
 * field, say) do not lead over that document's end. Someone who builds a file so that they do gains nothing: the range
 * before then ends within a document, which is reported as damage.
 * @returns undefined when none is found within a block
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
    if (!looksLikeDocument(block, view, at)) continue;
    trials++;
    if (await documentsFollow(path, target + at)) return target + at;
  }
  return undefined;
}

function looksLikeDocument(block: Buffer, view: DataView, at: number): boolean {
  const length = lengthAt(view, at);
  if (lengthDamage(length) !== undefined) return false;
  const firstType = block[at + 4]!;
  if (length === 5 ? firstType !== 0 : !bsonTypeNames.has(firstType)) return false;
  const end = at + length;
  if (end > block.length) return true;
  if (block[end - 1] !== 0) return false;
  return end + 4 > block.length || lengthDamage(lengthAt(view, end)) === undefined;
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
