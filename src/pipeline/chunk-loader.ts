import type { CollectionEncoder } from '../encoding/compile-collection.ts';
import { memoryOf } from '../encoding/memory.ts';
import type { Page } from '../encoding/row-buffer.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { DocumentBatch } from '../source/document-source.ts';
import type { TargetChunk, TargetTable } from '../target/row-target.ts';
import { ChunkDocuments } from './chunk-documents.ts';
import { ChunkTally } from './chunk-tally.ts';
import type { RangeParts, RangeTask } from './copy-range.ts';
import { describeRejection } from './describe-rejection.ts';
import { reachFailPoint } from './fail-point.ts';
import { isRefusal } from './is-refusal.ts';
import { writeRefusedDocuments } from './refused-documents.ts';
import { targetTables } from './target-tables.ts';

/**
 * A chunk also ends when so much of it has to be kept in memory until its commit: rejected documents, and pages of the
 * tables after the first, which have to wait since a connection carries one COPY at a time.
 */
const keptBytesPerChunk = 8 * 1024 * 1024;

/** Documents that are written with care are kept until they are committed, so there are fewer of them in a chunk. */
const careBytes = 8 * 1024 * 1024;

/** Rows that pass one by one and fail together cannot be told apart: that stops the collection. */
function refusedAgain(error: unknown): never {
  if (!isRefusal(error)) throw error;
  const message = 'PostgreSQL takes the rows of a chunk one by one, and refuses to commit them together';
  throw new DocrowError('target-refused', message, error.context, error);
}

/** Fills chunks with documents and commits them. */
export class ChunkLoader {
  readonly #task: RangeTask;
  readonly #parts: RangeParts;
  #encoder: CollectionEncoder | undefined;
  #tables: readonly TargetTable[] = [];
  #committed: Uint8Array | undefined;

  /** The chunk that is being filled, and what is known of it. */
  #chunk: TargetChunk | undefined;
  #tally: ChunkTally | undefined;
  #documents = 0;
  #bytes = 0;
  #position: Uint8Array | undefined;
  #laterPages: Page[][] = [];
  /** Bytes in those pages, and in the ones that are not full yet. */
  #laterBytes = 0;
  #openBytes = 0;

  /** Documents still to be written with care, and those of them that are not committed yet. */
  #careLeft = 0;
  readonly #careful = new ChunkDocuments();

  /** @param committed position of the range's last commit */
  constructor(task: RangeTask, parts: RangeParts, committed: Uint8Array | undefined) {
    this.#task = task;
    this.#parts = parts;
    this.#committed = committed;
  }

  get committed(): Uint8Array | undefined {
    return this.#committed;
  }

  /**
   * Encodes and sends the documents of a batch, committing whenever a chunk is full. Ends early, with a commit, when
   * the run is to stop.
   * @throws DocrowError `row-refused` when the target does not take a row of the chunk
   */
  async load(batch: DocumentBatch): Promise<void> {
    const encoder = this.#encoderFor(batch);
    const { soft, hard } = this.#parts;
    const input = memoryOf(batch.bytes, batch.view);
    const first = await this.#loadWithCare(batch);
    for (let index = first; index < batch.count; index++) {
      if (this.#chunk === undefined) await this.#openChunk();
      const start = batch.starts[index]!;
      this.#tally!.count(encoder.encode(input, start), encoder, batch, start);
      this.#documents++;
      this.#bytes += batch.view.getInt32(start, true);
      await this.#sendFullPages(encoder);
      if (this.#isFull()) {
        await this.#commitChunk(batch.positionAfter(index));
        if (soft.aborted || hard.aborted) return;
      }
    }
    if (this.#chunk !== undefined) this.#position = batch.positionAfter(batch.count - 1);
    if (first === 0) batch.release();
  }

  /** Commits what was read since the last commit. @throws DocrowError `row-refused` */
  async finishChunk(): Promise<void> {
    if (this.#careful.count > 0) await this.#commitWithCare();
    if (this.#chunk !== undefined && this.#position !== undefined) await this.#commitChunk(this.#position);
  }

  /** Rolls back what was read since the last commit. */
  async abandonChunk(): Promise<void> {
    const chunk = this.#chunk;
    this.#chunk = undefined;
    await chunk?.rollback();
    for (const { buffer } of this.#encoder?.tables ?? []) buffer.truncate(0);
    this.#careful.clear();
  }

  /** The documents of the chunk that was just refused are written with care when they come again. */
  takeCare(): void {
    this.#careLeft = this.#documents;
  }

  #encoderFor(batch: DocumentBatch): CollectionEncoder {
    if (this.#encoder === undefined) {
      this.#encoder = this.#parts.createEncoder(batch);
      this.#tables = targetTables(this.#encoder);
    }
    return this.#encoder;
  }

  #newTally(): ChunkTally {
    return new ChunkTally(describeRejection(this.#task.writer.collection, this.#tables[0]!.name));
  }

  async #openChunk(): Promise<void> {
    this.#documents = 0;
    this.#bytes = 0;
    this.#position = undefined;
    this.#laterPages = this.#tables.map(() => []);
    this.#laterBytes = 0;
    this.#openBytes = 0;
    this.#tally = this.#newTally();
    this.#chunk = await this.#parts.target.openChunk(this.#task.writer, this.#tables);
  }

  #isFull(): boolean {
    return (
      this.#documents >= this.#task.chunkDocuments ||
      this.#bytes >= this.#task.chunkBytes ||
      this.#tally!.rejectedBytes + this.#laterBytes + this.#openBytes >= keptBytesPerChunk
    );
  }

  async #sendFullPages({ tables }: CollectionEncoder): Promise<void> {
    const firstBuffer = tables[0]!.buffer;
    if (firstBuffer.isFull) await this.#send(0, firstBuffer.takePage());
    this.#openBytes = 0;
    for (let table = 1; table < tables.length; table++) {
      const { buffer } = tables[table]!;
      if (buffer.isFull) {
        const page = buffer.takePage();
        this.#laterPages[table]!.push(page);
        this.#laterBytes += page.length;
      } else this.#openBytes += buffer.length;
    }
  }

  async #send(table: number, page: Page): Promise<void> {
    reachFailPoint('mid-copy');
    await this.#chunk!.write(table, page);
  }

  async #commitChunk(position: Uint8Array): Promise<void> {
    for (const [table, { buffer }] of this.#encoder!.tables.entries()) {
      for (const page of this.#laterPages[table]!) await this.#send(table, page);
      if (buffer.length > 0) await this.#send(table, buffer.takePage());
    }
    reachFailPoint('after-copy');
    await this.#commit(this.#chunk!, this.#tally!, this.#bytes, position);
  }

  /** Takes documents as long as care is needed. @returns index of the first one that it did not take */
  async #loadWithCare(batch: DocumentBatch): Promise<number> {
    let index = 0;
    for (; index < batch.count && this.#careLeft > 0; index++) {
      this.#careful.add(batch, index);
      this.#careLeft--;
      const { count, bytes } = this.#careful;
      const isFull =
        count >= this.#task.chunkDocuments || bytes >= Math.min(careBytes, this.#task.chunkBytes);
      if (isFull || this.#careLeft === 0) await this.#commitWithCare();
    }
    return index;
  }

  async #commitWithCare(): Promise<void> {
    const position = this.#careful.position();
    const { bytes } = this.#careful;
    let tally = await this.#writeWithCare('check-at-commit');
    try {
      await this.#commit(this.#chunk!, tally, bytes, position);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // No part was refused and their commit was: a deferred constraint, which has to look at each part by itself.
      await this.#chunk!.rollback();
      tally = await this.#writeWithCare('check-at-once');
      await this.#commit(this.#chunk!, tally, bytes, position).catch(refusedAgain);
    }
    this.#careful.clear();
  }

  async #writeWithCare(checks: 'check-at-commit' | 'check-at-once'): Promise<ChunkTally> {
    this.#chunk = await this.#parts.target.openChunk(this.#task.writer, this.#tables);
    if (checks === 'check-at-once') await this.#chunk.checkAtOnce();
    const parts = {
      chunk: this.#chunk,
      encoder: this.#encoder!,
      newTally: () => this.#newTally(),
      describe: this.#parts.describeRefusal,
    };
    return writeRefusedDocuments(parts, this.#careful);
  }

  async #commit(chunk: TargetChunk, tally: ChunkTally, bytes: number, position: Uint8Array): Promise<void> {
    const counts = tally.counts(bytes);
    const positionText = this.#parts.source.describePosition(position);
    const { rejections, adjustments } = tally;
    await chunk.commit({ counts, position, positionText, rejections, adjustments }, this.#committed);
    this.#committed = position;
    this.#chunk = undefined;
    this.#parts.onChunk(counts);
    reachFailPoint('after-commit');
  }
}
