import type { RangeCounts, RangeWriter } from '../checkpoint/checkpoint-store.ts';
import type { CollectionEncoder } from '../encoding/compile-collection.ts';
import { memoryOf } from '../encoding/memory.ts';
import type { Page } from '../encoding/row-buffer.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { DocumentBatch, DocumentSource, SourceRange } from '../source/document-source.ts';
import type { RowTarget, TargetChunk, TargetTable } from '../target/row-target.ts';
import { ChunkDocuments } from './chunk-documents.ts';
import { ChunkTally } from './chunk-tally.ts';
import { describeRejection } from './describe-rejection.ts';
import { reachFailPoint } from './fail-point.ts';
import { writeRefusedChunk } from './refused-chunk.ts';

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
  readonly onChunk: (counts: RangeCounts) => void;
  /** Stops after the current chunk. */
  readonly soft: AbortSignal;
  /** Stops at once; the current chunk is rolled back. */
  readonly hard: AbortSignal;
}

/**
 * Copies one range: read, encode, write, commit, chunk by chunk, from where its checkpoint stands to its end.
 * @returns false when it was stopped before the end
 * @throws DocrowError what source or target report; the last chunk's commit, if any, stays
 */
export async function copyRange(task: RangeTask, parts: RangeParts): Promise<boolean> {
  const { source, target } = parts;
  const { position, isDone } = await target.readPosition(task.writer);
  if (isDone) return true;
  const loader = new ChunkLoader(task, parts, position);
  try {
    const batches = source.readRange(task.writer.collection, task.range, {
      after: position,
      signal: parts.hard,
    });
    for await (const batch of batches) {
      reachFailPoint('after-read');
      await loader.load(batch);
      if (parts.soft.aborted) {
        await loader.finishChunk();
        return false;
      }
    }
    await loader.finishChunk();
  } catch (error) {
    // What was read before a damaged place is good: it is kept.
    if (isDamage(error)) await loader.finishChunk();
    else await loader.abandonChunk();
    throw error;
  }
  if (parts.hard.aborted) return false;
  await target.finishRange(task.writer);
  return true;
}

const isDamage = (error: unknown): boolean => error instanceof DocrowError && error.code === 'source-corrupt';

/** Fills chunks with documents and commits them. */
class ChunkLoader {
  readonly #task: RangeTask;
  readonly #parts: RangeParts;
  readonly #documents = new ChunkDocuments();
  #encoder: CollectionEncoder | undefined;
  #tables: readonly TargetTable[] = [];
  #chunk: TargetChunk | undefined;
  #tally: ChunkTally | undefined;
  /** Pages of the tables after the first: a connection carries one COPY at a time. */
  #laterPages: Page[][] = [];
  /** Position of the last commit. */
  #committed: Uint8Array | undefined;
  #isRefused = false;

  constructor(task: RangeTask, parts: RangeParts, position: Uint8Array | undefined) {
    this.#task = task;
    this.#parts = parts;
    this.#committed = position;
  }

  async load(batch: DocumentBatch): Promise<void> {
    const encoder = this.#encoderFor(batch);
    const { chunkDocuments, chunkBytes } = this.#task;
    const firstBuffer = encoder.tables[0]!.buffer;
    const input = memoryOf(batch.bytes, batch.view);
    for (let index = 0; index < batch.count; index++) {
      if (this.#chunk === undefined) await this.#openChunk();
      const start = batch.starts[index]!;
      this.#documents.add(batch, index);
      this.#tally!.count(encoder.encode(input, start), encoder, batch, start);
      if (firstBuffer.isFull) await this.#write(0, firstBuffer.takePage());
      for (let table = 1; table < encoder.tables.length; table++) {
        const { buffer } = encoder.tables[table]!;
        if (buffer.isFull) this.#laterPages[table]!.push(buffer.takePage());
      }
      if (this.#documents.count >= chunkDocuments || this.#documents.bytes >= chunkBytes) {
        await this.finishChunk();
        if (this.#parts.soft.aborted || this.#parts.hard.aborted) return;
      }
    }
  }

  /** Commits what was read since the last commit. */
  async finishChunk(): Promise<void> {
    if (this.#chunk === undefined || this.#encoder === undefined) return;
    if (!this.#isRefused) await this.#writeRemainingPages(this.#encoder);
    reachFailPoint('after-copy');
    if (!this.#isRefused) {
      try {
        await this.#commit(this.#tally!);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.#isRefused = true;
      }
    }
    if (this.#isRefused) await this.#commitInParts(this.#encoder);
    reachFailPoint('after-commit');
  }

  /** Rolls back what was read since the last commit. */
  async abandonChunk(): Promise<void> {
    const chunk = this.#chunk;
    this.#chunk = undefined;
    await chunk?.rollback();
  }

  #encoderFor(batch: DocumentBatch): CollectionEncoder {
    if (this.#encoder === undefined) {
      this.#encoder = this.#parts.createEncoder(batch);
      this.#tables = this.#encoder.tables.map(({ kind, name, columns }) => ({
        place: kind === 'document-key' ? 'state' : 'mapped',
        name,
        columns,
      }));
    }
    return this.#encoder;
  }

  async #openChunk(): Promise<void> {
    this.#isRefused = false;
    this.#laterPages = this.#tables.map(() => []);
    this.#tally = new ChunkTally(
      describeRejection(this.#task.writer.collection, this.#tables[0]!.name),
      this.#tables[0]!.name,
    );
    this.#chunk = await this.#parts.target.openChunk(this.#task.writer, this.#tables);
  }

  async #writeRemainingPages(encoder: CollectionEncoder): Promise<void> {
    for (const [table, { buffer }] of encoder.tables.entries()) {
      for (const page of this.#laterPages[table]!) await this.#write(table, page);
      if (buffer.length > 0) await this.#write(table, buffer.takePage());
    }
  }

  /** Sends a page; once PostgreSQL has refused a row, the rest of the chunk is only counted. */
  async #write(table: number, page: Page): Promise<void> {
    reachFailPoint('mid-copy');
    if (this.#isRefused) return page.release();
    try {
      await this.#chunk!.write(table, page);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#isRefused = true;
    }
  }

  async #commitInParts(encoder: CollectionEncoder): Promise<void> {
    try {
      await this.#commit(await this.#writeParts(encoder));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // No part was refused and their commit was: a deferred constraint, which has to look at each part by itself.
      await this.#commit(await this.#writeParts(encoder, 'check-at-once'));
    }
  }

  async #writeParts(encoder: CollectionEncoder, checks?: 'check-at-once'): Promise<ChunkTally> {
    await this.#chunk!.rollback();
    for (const { buffer } of encoder.tables) buffer.truncate(0);
    this.#chunk = await this.#parts.target.openChunk(this.#task.writer, this.#tables);
    if (checks === 'check-at-once') await this.#chunk.checkAtOnce();
    const describe = describeRejection(this.#task.writer.collection, this.#tables[0]!.name);
    return writeRefusedChunk(this.#chunk, this.#documents, encoder, describe);
  }

  async #commit(tally: ChunkTally): Promise<void> {
    const position = this.#documents.position();
    const counts = tally.counts(this.#documents.bytes);
    const record = {
      counts,
      position,
      positionText: this.#parts.source.describePosition(position),
      rejections: tally.rejections,
      adjustments: tally.adjustments,
    };
    await this.#chunk!.commit(record, this.#committed);
    this.#committed = position;
    this.#chunk = undefined;
    this.#documents.clear();
    this.#parts.onChunk(counts);
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof DocrowError && error.policy.reaction === 'reject-document';
