import type { CollectionEncoder } from '../encoding/compile-collection.ts';
import { memoryOf } from '../encoding/memory.ts';
import type { Page } from '../encoding/row-buffer.ts';
import type { DocrowError } from '../errors/docrow-error.ts';
import type { TargetChunk } from '../target/row-target.ts';
import type { ChunkDocuments } from './chunk-documents.ts';
import { ChunkTally, type DescribeRejection } from './chunk-tally.ts';

interface EncodedPart {
  readonly pages: Page[][];
  readonly tally: ChunkTally;
}

/**
 * Writes a chunk that the target refused: halves it until the documents that are refused stand alone, and makes those
 * rejections. Costs about log2(documents) writes per offending document.
 */
export async function writeRefusedChunk(
  chunk: TargetChunk,
  documents: ChunkDocuments,
  encoder: CollectionEncoder,
  describe: DescribeRejection,
): Promise<ChunkTally> {
  const table = encoder.tables[0]!.name;
  const total = new ChunkTally(describe, table);

  function encode(from: number, to: number): EncodedPart {
    const tally = new ChunkTally(describe, table);
    const pages: Page[][] = encoder.tables.map(() => []);
    documents.forEach(from, to, (batch, start) => {
      const outcome = encoder.encode(memoryOf(batch.bytes, batch.view), start);
      tally.count(outcome, encoder, batch, start);
      encoder.tables.forEach(({ buffer }, index) => {
        if (buffer.isFull) pages[index]!.push(buffer.takePage());
      });
    });
    encoder.tables.forEach(({ buffer }, index) => {
      if (buffer.length > 0) pages[index]!.push(buffer.takePage());
    });
    return { pages, tally };
  }

  function reject(number: number, problem: DocrowError): void {
    documents.forEach(number, number + 1, (batch, start) => {
      const { constraint, sqlstate } = problem.context;
      const by = constraint === undefined ? '' : ` by constraint ${constraint}`;
      const reason = `PostgreSQL refused the row${by} (SQLSTATE ${sqlstate ?? 'unknown'})`;
      total.rejections.push(describe(batch, start, { code: 'row-refused', path: '', reason }));
    });
  }

  async function writePart(from: number, to: number): Promise<void> {
    const { pages, tally } = encode(from, to);
    const problem = await chunk.tryRows(pages);
    if (problem === undefined) total.add(tally);
    else if (to - from === 1) reject(from, problem);
    else {
      const middle = (from + to) >> 1;
      await writePart(from, middle);
      await writePart(middle, to);
    }
  }

  await writePart(0, documents.count);
  return total;
}
