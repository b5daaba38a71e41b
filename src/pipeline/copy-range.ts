import type { RangeCounts, RangeWriter } from '../checkpoint/checkpoint-store.ts';
import type { CollectionEncoder } from '../encoding/compile-collection.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { DocumentBatch, DocumentSource, SourceRange } from '../source/document-source.ts';
import type { RowTarget } from '../target/row-target.ts';
import { ChunkLoader } from './chunk-loader.ts';
import type { DescribeRefusal } from './describe-refusal.ts';
import { reachFailPoint } from './fail-point.ts';
import { isRefusal } from './is-refusal.ts';

export interface RangeTask {
  readonly writer: RangeWriter;
  readonly range: SourceRange;
  /** A chunk is committed when it has one of these. */
  readonly chunkDocuments: number;
  /** BSON bytes. */
  readonly chunkBytes: number;
}

export interface RangeParts {
  readonly source: DocumentSource;
  readonly target: RowTarget;
  /** Makes the encoder when the first documents are there to learn from. */
  readonly createEncoder: (firstBatch: DocumentBatch) => CollectionEncoder;
  readonly describeRefusal: DescribeRefusal;
  readonly onChunk: (counts: RangeCounts) => void;
  /** Stops after the current chunk. */
  readonly soft: AbortSignal;
  /** Stops at once; the current chunk is rolled back. */
  readonly hard: AbortSignal;
}

/**
 * Copies one range: read, encode, write, commit, chunk by chunk, from where its checkpoint stands to its end.
 *
 * Documents are not kept once they are encoded. When the target refuses a row, the chunk is rolled back, and its
 * documents are read again from the last commit and written with care: in parts that are halved until the refused ones
 * stand alone.
 * @returns false when it was stopped before the end
 * @throws DocrowError what source or target report; the last chunk's commit, if any, stays
 */
export async function copyRange(task: RangeTask, parts: RangeParts): Promise<boolean> {
  const { position, isDone } = await parts.target.readPosition(task.writer);
  if (isDone) return true;
  const loader = new ChunkLoader(task, parts, position);
  for (;;) {
    try {
      const isAtEnd = await readToEnd(task, parts, loader);
      if (isAtEnd) await parts.target.finishRange(task.writer);
      return isAtEnd;
    } catch (error) {
      await loader.abandonChunk();
      if (!isRefusal(error)) throw error;
      loader.takeCare();
    }
  }
}

/** Reads on from the last commit. @returns false when it was stopped before the end */
async function readToEnd(task: RangeTask, parts: RangeParts, loader: ChunkLoader): Promise<boolean> {
  const options = { after: loader.committed, signal: parts.hard };
  let damage: unknown;
  try {
    for await (const batch of parts.source.readRange(task.writer.collection, task.range, options)) {
      reachFailPoint('after-read');
      await loader.load(batch);
      if (parts.soft.aborted || parts.hard.aborted) {
        await loader.finishChunk();
        return false;
      }
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    damage = error;
  }
  // What was read before a damaged place is good: it is kept.
  const isComplete = await loader.finishChunk();
  if (damage !== undefined) throw damage;
  return isComplete && !parts.hard.aborted;
}

const isDamage = (error: unknown): boolean => error instanceof DocrowError && error.code === 'source-corrupt';
