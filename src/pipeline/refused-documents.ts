import type { CollectionEncoder } from '../encoding/compile-collection.ts';
import { memoryOf } from '../encoding/memory.ts';
import type { Page } from '../encoding/row-buffer.ts';
import type { DocrowError } from '../errors/docrow-error.ts';
import type { TargetChunk } from '../target/row-target.ts';
import type { ChunkDocuments } from './chunk-documents.ts';
import type { ChunkTally } from './chunk-tally.ts';

interface EncodedPart {
  readonly pages: Page[][];
  readonly tally: ChunkTally;
}

/**
 * Writes documents among which the target refuses some: halves them until those stand alone, and makes them rejections.
 * Costs about log2(documents) writes per offending document.
 */
export async function writeRefusedDocuments(
  chunk: TargetChunk,
  documents: ChunkDocuments,
  encoder: CollectionEncoder,
  newTally: () => ChunkTally,
): Promise<ChunkTally> {
  const total = newTally();

  function encode(from: number, to: number): EncodedPart {
    const tally = newTally();
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
      total.reject(batch, start, { code: 'row-refused', path: '', reason });
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
