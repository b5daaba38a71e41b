import { BsonScanner } from './bson-scanner.ts';
import { openDumpFile, readAt } from './open-dump-file.ts';

const sampleBytes = 64 * 1024;

/** About how many documents a .bson file holds, by the average length of those at its beginning. */
export async function estimateDocuments(path: string, fileBytes: number): Promise<number> {
  const file = await openDumpFile(path);
  try {
    const block = await readAt(file, 0, Math.min(sampleBytes, fileBytes));
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    const { count, end, neededBytes } = new BsonScanner().scan(block, view);
    if (count > 0) return Math.round((fileBytes / end) * count);
    return neededBytes > 0 ? Math.max(1, Math.round(fileBytes / neededBytes)) : 0;
  } finally {
    await file.close();
  }
}
