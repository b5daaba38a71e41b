import { decodeCountPosition } from '../count-position.ts';
import type { DocumentBatch, ReadOptions, SourceRange } from '../document-source.ts';
import { openByteStream } from '../dump/open-byte-stream.ts';
import type { ExportFile } from './export-file.ts';
import { readExport } from './read-export.ts';

const newline = 0x0a;

/**
 * Reads the documents of an export in the order in which they are stored. In a file that is not packed, bounds and
 * positions are byte offsets; of a packed one there is one range, a position is the number of documents that are
 * done, and a resumed read passes over them.
 * @throws DocrowError `source-corrupt`, `source-not-found`, `interrupted`
 */
export async function* readExportData(
  file: ExportFile,
  range: SourceRange,
  options: ReadOptions,
): AsyncGenerator<DocumentBatch> {
  const { path, packing, collection } = file;
  const { signal } = options;
  const after = options.after === undefined ? undefined : decodeCountPosition(options.after);
  const isSeekable = packing === 'plain';
  const lower = range.lower === undefined ? 0 : decodeCountPosition(range.lower);
  const upper = range.upper === undefined ? undefined : decodeCountPosition(range.upper);
  const startOffset = isSeekable ? (after ?? lower) : 0;
  const form = startOffset === 0 ? undefined : file.sample.form;
  yield* readExport(await openByteStream(path, packing, startOffset, upper), {
    collection,
    path,
    startOffset,
    form,
    positions: isSeekable ? 'offset' : 'count',
    countBefore: () => countDocumentsUntil(file, startOffset),
    lineAt: (offset) => lineAt(file, offset),
    skip: isSeekable ? 0 : (after ?? 0),
    isWhole: upper === undefined,
    signal,
  });
}

/** Documents of a file that is not packed before an offset at which one ends or begins. */
async function countDocumentsUntil(file: ExportFile, end: number): Promise<number> {
  if (end === 0) return 0;
  const { path, collection } = file;
  let count = 0;
  const batches = readExport(await openByteStream(path, 'plain', 0, end), {
    collection,
    path,
    startOffset: 0,
    form: undefined,
    positions: 'offset',
    countBefore: async () => 0,
    lineAt: (offset) => lineAt(file, offset),
    skip: 0,
    signal: undefined,
    isWhole: false,
  });
  for await (const batch of batches) {
    count += batch.count;
    batch.release();
  }
  return count;
}

async function lineAt({ path, packing }: ExportFile, offset: number): Promise<number> {
  const stream = await openByteStream(path, packing);
  try {
    let line = 1;
    for (let before = 0; ; ) {
      const block = await stream.readBlock(new Uint8Array(0), 0);
      const end = Math.min(block.length, offset - before);
      for (let at = block.indexOf(newline); at !== -1 && at < end; at = block.indexOf(newline, at + 1))
        line++;
      before += block.length;
      if (block.length === 0 || before >= offset) return line;
      stream.recycle(block);
    }
  } finally {
    await stream.close();
  }
}
