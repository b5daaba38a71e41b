import type { CollectionEncoder } from '../encoding/compile-collection.ts';
import { memoryOf } from '../encoding/memory.ts';
import type { Page } from '../encoding/row-buffer.ts';
import type { DocrowError } from '../errors/docrow-error.ts';
import type { TargetChunk } from '../target/row-target.ts';
import type { ChunkDocuments } from './chunk-documents.ts';
import type { ChunkTally } from './chunk-tally.ts';
import type { DescribeRefusal } from './describe-refusal.ts';

interface EncodedPart {
  readonly pages: Page[][];
  readonly tally: ChunkTally;
  /** Numbers of the documents that have rows. */
  readonly loaded: readonly number[];
}

interface RefusedParts {
  readonly chunk: Pick<TargetChunk, 'tryRows' | 'findTaken'>;
  readonly encoder: CollectionEncoder;
  readonly newTally: () => ChunkTally;
  readonly describe: DescribeRefusal;
}

/**
 * Writes documents among which the target refuses some, and makes those rejections.
 *
 * Documents whose key the table has already are sifted out at one look: where a dump is appended that holds documents
 * of before, they are the most. Others are found by halving, until the refused ones stand alone, which costs about
 * log2(documents) writes each.
 */
export async function writeRefusedDocuments(
  parts: RefusedParts,
  documents: ChunkDocuments,
): Promise<ChunkTally> {
  const total = parts.newTally();
  let left = documents;
  for (;;) {
    const { pages, tally } = encode(parts, left, 0, left.count);
    const problem = await parts.chunk.tryRows(pages);
    if (problem === undefined) {
      total.add(tally);
      return total;
    }
    const taken = await findTaken(parts, left, problem);
    if (taken.size === 0) break;
    for (const number of taken) reject(parts, total, left, number, problem);
    left = left.without(taken);
  }
  await writeHalves(parts, total, left, 0, left.count);
  return total;
}

/** Numbers of the documents that share a unique value with a row that is there. */
async function findTaken(
  parts: RefusedParts,
  documents: ChunkDocuments,
  problem: DocrowError,
): Promise<ReadonlySet<number>> {
  if (parts.describe(problem).code !== 'duplicate-value') return new Set();
  const { pages, loaded } = encode(parts, documents, 0, documents.count);
  const positions = await parts.chunk.findTaken(pages[0]!, problem);
  for (const tablePages of pages.slice(1)) for (const page of tablePages) page.release();
  return new Set(positions.map((position) => loaded[position]!));
}

async function writePart(
  parts: RefusedParts,
  total: ChunkTally,
  documents: ChunkDocuments,
  from: number,
  to: number,
): Promise<void> {
  const { pages, tally } = encode(parts, documents, from, to);
  const problem = await parts.chunk.tryRows(pages);
  if (problem === undefined) total.add(tally);
  else if (to - from === 1) reject(parts, total, documents, from, problem);
  else await writeHalves(parts, total, documents, from, to);
}

async function writeHalves(
  parts: RefusedParts,
  total: ChunkTally,
  documents: ChunkDocuments,
  from: number,
  to: number,
): Promise<void> {
  if (to - from === 1) return writePart(parts, total, documents, from, to);
  const middle = (from + to) >> 1;
  await writePart(parts, total, documents, from, middle);
  await writePart(parts, total, documents, middle, to);
}

function encode(
  { encoder, newTally }: RefusedParts,
  documents: ChunkDocuments,
  from: number,
  to: number,
): EncodedPart {
  const tally = newTally();
  const pages: Page[][] = encoder.tables.map(() => []);
  const loaded: number[] = [];
  let number = from;
  documents.forEach(from, to, (batch, start) => {
    const outcome = encoder.encode(memoryOf(batch.bytes, batch.view), start);
    if (outcome === 'loaded') loaded.push(number);
    number++;
    tally.count(outcome, encoder, batch, start);
    encoder.tables.forEach(({ buffer }, index) => {
      if (buffer.isFull) pages[index]!.push(buffer.takePage());
    });
  });
  encoder.tables.forEach(({ buffer }, index) => {
    if (buffer.length > 0) pages[index]!.push(buffer.takePage());
  });
  return { pages, tally, loaded };
}

function reject(
  { describe }: RefusedParts,
  total: ChunkTally,
  documents: ChunkDocuments,
  number: number,
  problem: DocrowError,
): void {
  documents.forEach(number, number + 1, (batch, start) => {
    total.reject(batch, start, describe(problem));
  });
}
