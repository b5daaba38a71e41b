import { encodeCountPosition } from '../count-position.ts';
import type { SourceRange } from '../document-source.ts';
import { openDumpFile, readAt } from '../dump/open-dump-file.ts';
import { rangesBetween } from '../ranges-between.ts';

/** In so many bytes behind the wanted place a boundary is looked for; documents may be larger than one block. */
const searchedBytes = 20 * 1024 * 1024;
const blockBytes = 256 * 1024;

const openDocument = 0x7b;
const closeDocument = 0x7d;
const newline = 0x0a;

/**
 * Cuts a file of documents, one after the other, into ranges of about the same size.
 *
 * A bound is where a `{` follows a `}` with a line break and nothing but white space between them. Within a document
 * there is a comma between the two, and inside a text a line break is an escape, so that this is always the
 * boundary of two documents, also where they are printed over several lines.
 */
export async function splitExport(path: string, fileBytes: number, wanted: number): Promise<SourceRange[]> {
  const bounds: Uint8Array[] = [];
  const file = await openDumpFile(path);
  try {
    let last = 0;
    for (let number = 1; number < wanted; number++) {
      const target = Math.floor((fileBytes * number) / wanted);
      if (target <= last) continue;
      const bound = await findBoundary((offset) => readAt(file, offset, blockBytes), target);
      if (bound === undefined) break;
      bounds.push(encodeCountPosition(bound));
      last = bound;
    }
  } finally {
    await file.close();
  }
  return rangesBetween(bounds);
}

async function findBoundary(
  read: (offset: number) => Promise<Buffer>,
  target: number,
): Promise<number | undefined> {
  let behindDocument = false;
  let behindLine = false;
  for (let offset = target; offset < target + searchedBytes; offset += blockBytes) {
    const block = await read(offset);
    for (let at = 0; at < block.length; at++) {
      const byte = block[at] as number;
      if (byte === closeDocument) {
        behindDocument = true;
        behindLine = false;
      } else if (byte === newline) behindLine = true;
      else if (byte === openDocument && behindDocument && behindLine) return offset + at;
      else if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) behindDocument = false;
    }
    if (block.length < blockBytes) return undefined;
  }
  return undefined;
}
