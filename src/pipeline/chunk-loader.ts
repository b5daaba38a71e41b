import { setImmediate as turn } from 'node:timers/promises';
import type { CollectionEncoder } from '../encoding/compile-collection.ts';
import { memoryOf } from '../encoding/memory.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { DocumentBatch } from '../source/document-source.ts';
import type { TargetChunk, TargetTable } from '../target/row-target.ts';
import { ChunkDocuments } from './chunk-documents.ts';
import { ChunkTally } from './chunk-tally.ts';
import type { RangeParts, RangeTask } from './copy-range.ts';
import { describeRejection } from './describe-rejection.ts';
import { reachFailPoint } from './fail-point.ts';
import { FillingChunk } from './filling-chunk.ts';
import { isRefusal } from './is-refusal.ts';
import { writeRefusedDocuments } from './refused-documents.ts';
import { targetTables } from './target-tables.ts';

/**
 * A chunk also ends when so much of it has to be kept in memory until its commit: rejected documents, and pages of the
 * tables after the first, which have to wait since a connection carries one COPY at a time. The one before may take as
 * much again while it is sent.
 */
const keptBytesPerChunk = 6 * 1024 * 1024;

/** What may wait of a single table while the chunk before is committed, which is soon done. */
const keptBytesOfSingleTable = 1024 * 1024;

/** Documents that are written with care are kept until they are committed, so there are fewer of them in a chunk. */
const careBytes = 8 * 1024 * 1024;

/** Rows that pass one by one and fail together cannot be told apart: that stops the collection. */
function refusedAgain(error: unknown): never {
  if (!isRefusal(error)) throw error;
  const message = 'PostgreSQL takes the rows of a chunk one by one, and refuses to commit them together';
  throw new DocrowError('target-refused', message, error.context, error);
}

/**
 * Fills chunks with documents and commits them.
 *
 * The last pages of a chunk and its commit are on their way while the next one is being filled. Without that the encoder
 * would stand still when PostgreSQL takes the rows of child tables, all of which come at the end of a chunk, and
 * PostgreSQL when they are encoded.
 */
export class ChunkLoader {
  readonly #task: RangeTask;
  readonly #parts: RangeParts;
  #encoder: CollectionEncoder | undefined;
  #tables: readonly TargetTable[] = [];
  #committed: Uint8Array | undefined;

  /** Where rows can be written to at the moment: for the chunk that is ended or, after it, the one that is filled. */
  #chunk: TargetChunk | undefined;
  #filling: FillingChunk | undefined;
  /** The commit of the chunk before. Never fails: the failure is left for whoever comes next. */
  #ending: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  /** How many documents the chunk had that was not committed. */
  #abandoned = 0;
  /** Whether documents were read that are left for the next run. */
  #hasLeft = false;

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
   * @throws DocrowError `row-refused` when the target does not take a row of this chunk or the one before
   */
  async load(batch: DocumentBatch): Promise<void> {
    const encoder = this.#encoderFor(batch);
    const input = memoryOf(batch.bytes, batch.view);
    const first = await this.#loadWithCare(batch);
    for (let index = first; index < batch.count; index++) {
      this.#filling ??= new FillingChunk(encoder, this.#newTally());
      const filling = this.#filling;
      const start = batch.starts[index]!;
      filling.tally.count(encoder.encode(input, start), encoder, batch, start);
      filling.documents++;
      filling.bytes += batch.view.getInt32(start, true);
      if (filling.takeFullPages()) await this.#sendFirstTable(filling);
      if (this.#isFull(filling)) {
        await this.#endChunk(filling, batch.positionAfter(index));
        if (this.#isStopped) return this.#untilEnded();
      }
    }
    if (this.#filling !== undefined) this.#filling.position = batch.positionAfter(batch.count - 1);
    if (first === 0) batch.release();
  }

  /**
   * Commits what was read since the last commit.
   * @returns false when a part of it is left for the next run, because this one is to stop
   * @throws DocrowError `row-refused`
   */
  async finishChunk(): Promise<boolean> {
    if (this.#careful.count > 0) await this.#commitWithCare();
    const filling = this.#filling;
    if (filling?.position !== undefined) await this.#endChunk(filling, filling.position);
    await this.#untilEnded();
    return !this.#hasLeft;
  }

  /** Rolls back what was read since the last commit, which may be one that is still on its way. */
  async abandonChunk(): Promise<void> {
    await this.#ending;
    if (this.#failure === undefined) this.#abandoned = this.#filling?.documents ?? 0;
    this.#failure = undefined;
    this.#filling = undefined;
    const chunk = this.#chunk;
    this.#chunk = undefined;
    await chunk?.rollback();
    this.#emptyBuffers();
    this.#careful.clear();
  }

  /** The documents of the chunk that was just refused are written with care when they come again. */
  takeCare(): void {
    this.#careLeft = this.#abandoned;
  }

  #encoderFor(batch: DocumentBatch): CollectionEncoder {
    if (this.#encoder === undefined) {
      this.#encoder = this.#parts.createEncoder(batch);
      this.#tables = targetTables(this.#encoder);
    }
    return this.#encoder;
  }

  #emptyBuffers(): void {
    for (const { buffer } of this.#encoder?.tables ?? []) buffer.truncate(0);
  }

  get #isStopped(): boolean {
    return this.#parts.soft.aborted || this.#parts.hard.aborted;
  }

  #newTally(): ChunkTally {
    return new ChunkTally(describeRejection(this.#task.writer.collection, this.#tables[0]!.name));
  }

  #isFull({ documents, bytes, keptBytes }: FillingChunk): boolean {
    const { chunkDocuments, chunkBytes } = this.#task;
    return documents >= chunkDocuments || bytes >= chunkBytes || keptBytes >= keptBytesPerChunk;
  }

  /** Sends the pages of the first table; while the chunk before has the connection, they are kept, within limits. */
  async #sendFirstTable(filling: FillingChunk): Promise<void> {
    const most = this.#tables.length === 1 ? keptBytesOfSingleTable : keptBytesPerChunk;
    if (this.#ending !== undefined && filling.keptBytes < most) {
      // Its progress needs the event loop, which encoding alone would never give back.
      await turn();
      if (this.#ending !== undefined) return;
    }
    await this.#untilEnded();
    this.#chunk ??= await this.#openChunk();
    await this.#sendTable(this.#chunk, filling, 0);
  }

  async #sendTable(chunk: TargetChunk, filling: FillingChunk, table: number): Promise<void> {
    for (let page = filling.nextPage(table); page !== undefined; page = filling.nextPage(table)) {
      reachFailPoint('mid-copy');
      await chunk.write(table, page);
    }
  }

  #openChunk(): Promise<TargetChunk> {
    return this.#parts.target.openChunk(this.#task.writer, this.#tables);
  }

  /**
   * Begins to send the rest of a chunk and to commit it. Waits for the one before. When the run is to stop after that
   * one, a chunk of which nothing was sent is left for the next run.
   */
  async #endChunk(filling: FillingChunk, position: Uint8Array): Promise<void> {
    await this.#untilEnded();
    this.#filling = undefined;
    if (this.#isStopped && this.#chunk === undefined) {
      this.#hasLeft = true;
      this.#emptyBuffers();
      return;
    }
    filling.takeAllPages();
    this.#ending = this.#sendAndCommit(filling, position)
      .catch((error: unknown) => {
        this.#failure = { error };
        this.#abandoned = filling.documents;
      })
      .finally(() => {
        this.#ending = undefined;
      });
  }

  /** @throws what the commit of the chunk before has failed with */
  async #untilEnded(): Promise<void> {
    await this.#ending;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #sendAndCommit(filling: FillingChunk, position: Uint8Array): Promise<void> {
    this.#chunk ??= await this.#openChunk();
    const chunk = this.#chunk;
    for (let table = 0; table < this.#tables.length; table++) await this.#sendTable(chunk, filling, table);
    reachFailPoint('after-copy');
    await this.#commit(chunk, filling.tally, filling.bytes, position);
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
    this.#chunk = await this.#openChunk();
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
