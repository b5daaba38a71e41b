import { randomUUID } from 'node:crypto';
import type { RangeRecord } from '../../checkpoint/checkpoint-store.ts';
import { memoryOf } from '../../encoding/memory.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { DocumentBatch } from '../../source/document-source.ts';
import type { DigestPlan } from '../../target/digest-reader.ts';
import { createDigester, type DigestParts } from './create-digester.ts';
import type { DocumentDigester, TakeRow } from './document-digester.ts';
import type { Exceptions } from './exceptions.ts';
import { ExpectedSums, expectedSumsFrom } from './expected-sums.ts';

const defaultKeepEveryBytes = 1024 * 1024 * 1024;

/** What is kept of a range: how far it was read, and the sums up to there. */
interface KeptRange {
  /** Undefined when the range was read to its end. */
  readonly position: Uint8Array | undefined;
  readonly sums: ExpectedSums;
}

function keptBytes({ position, sums }: KeptRange): Buffer {
  const head = Buffer.alloc(4);
  head.writeInt32LE(position?.length ?? -1);
  return Buffer.concat([head, position ?? Buffer.alloc(0), sums.toBytes()]);
}

function keptFrom(bytes: Buffer, tables: number, buckets: number): KeptRange {
  const length = bytes.readInt32LE(0);
  const end = 4 + Math.max(length, 0);
  return {
    position: length < 0 ? undefined : bytes.subarray(4, end),
    sums: expectedSumsFrom(bytes.subarray(end), tables, buckets),
  };
}

/** Reads all documents of a collection and adds up the digests of their rows; of what is kept, only the rest. */
export class ExpectedReader {
  readonly #parts: DigestParts;
  readonly #mapping: CollectionMapping;
  readonly #plan: DigestPlan;
  readonly #exceptions: Exceptions;
  #digester: DocumentDigester | undefined;
  #planText = '';

  constructor(parts: DigestParts, mapping: CollectionMapping, plan: DigestPlan, exceptions: Exceptions) {
    this.#parts = parts;
    this.#mapping = mapping;
    this.#plan = plan;
    this.#exceptions = exceptions;
  }

  /** @throws DocrowError `interrupted`, and what the source reports */
  async read(ranges: readonly RangeRecord[], signal: AbortSignal): Promise<ExpectedSums> {
    const { digests, run } = this.#parts;
    const { collection, tables } = this.#mapping;
    const { buckets } = this.#plan;
    this.#planText = await this.#describePlan();
    const kept = await digests.keptRanges(run.runId, collection, this.#planText);
    const all = new ExpectedSums(tables.length, buckets);
    for (const range of ranges) {
      const content = kept.get(range.rangeNumber);
      const found = content === undefined ? undefined : keptFrom(content, tables.length, buckets);
      const isDone = found !== undefined && found.position === undefined;
      all.addAll(isDone ? found.sums : await this.#readRange(range, found, signal));
    }
    return all;
  }

  /** What the sums depend on. Of a server, also the moment: what was read at another one cannot be gone on with. */
  async #describePlan(): Promise<string> {
    const { source, digests, run } = this.#parts;
    const { collection, fingerprint } = this.#mapping;
    const { form, buckets } = this.#plan;
    const position = run.identity.kind === 'mongo' ? await source.changePosition() : undefined;
    const moment = position?.kind === 'none' ? randomUUID() : (position?.clusterTime ?? 'file');
    const mark = await digests.exceptionsMark(run.runId, collection);
    return [form, buckets, fingerprint, run.identity.fingerprint, moment, mark].join(' ');
  }

  async #readRange(
    { rangeNumber, range }: RangeRecord,
    found: KeptRange | undefined,
    signal: AbortSignal,
  ): Promise<ExpectedSums> {
    const { source, digests, run, onEvent } = this.#parts;
    const { collection, tables } = this.#mapping;
    const keepEveryBytes = this.#parts.keepEveryBytes ?? defaultKeepEveryBytes;
    const sums = found?.sums ?? new ExpectedSums(tables.length, this.#plan.buckets);
    const keep = (position: Uint8Array | undefined): Promise<void> =>
      digests.keepRange(run.runId, collection, this.#planText, rangeNumber, keptBytes({ position, sums }));
    let unkept = 0;
    for await (const batch of source.readRange(collection, range, { after: found?.position, signal })) {
      const bytes = this.#addBatch(batch, sums);
      onEvent({ kind: 'documents-read', collection, read: batch.count, bytes });
      const position = batch.positionAfter(batch.count - 1);
      batch.release();
      unkept += bytes;
      if (unkept < keepEveryBytes) continue;
      await keep(position);
      unkept = 0;
    }
    await keep(undefined);
    return sums;
  }

  /** @returns bytes of the batch's documents */
  #addBatch(batch: DocumentBatch, sums: ExpectedSums): number {
    this.#digester ??= createDigester(this.#parts, this.#mapping, this.#plan, batch);
    const digester = this.#digester;
    const exceptions = this.#exceptions;
    const input = memoryOf(batch.bytes, batch.view);
    const addRow: TakeRow = (table, document, row) => sums.addRow(table, document, row);
    let size = 0;
    for (let i = 0; i < batch.count; i++) {
      const start = batch.starts[i]!;
      size += batch.view.getInt32(start, true);
      const outcome = digester.encode(input, start);
      sums.read++;
      if (outcome === 'filtered') sums.filtered++;
      else if (outcome === 'rejected' || exceptions.isRefused(batch.bytes, batch.view, start)) sums.refused++;
      else if (!exceptions.isLeftOut(digester.document)) digester.takeRows(addRow);
    }
    return size;
  }
}
