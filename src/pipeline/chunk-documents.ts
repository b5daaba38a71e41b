import type { DocumentBatch } from '../source/document-source.ts';

interface Segment {
  readonly batch: DocumentBatch;
  readonly from: number;
  to: number;
}

/**
 * Documents that are written with care, in order. Their batches stay in memory, and are never released, so that parts of
 * them can be encoded as often as it takes to find the ones that the target refuses.
 */
export class ChunkDocuments {
  #segments: Segment[] = [];
  #count = 0;
  #bytes = 0;

  get count(): number {
    return this.#count;
  }

  /** BSON bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  add(batch: DocumentBatch, index: number): void {
    const last = this.#segments.at(-1);
    if (last?.batch === batch && last.to === index) last.to++;
    else this.#segments.push({ batch, from: index, to: index + 1 });
    this.#count++;
    this.#bytes += batch.view.getInt32(batch.starts[index]!, true);
  }

  clear(): void {
    this.#segments = [];
    this.#count = 0;
    this.#bytes = 0;
  }

  /** The documents but for those with these numbers within the chunk. */
  without(numbers: ReadonlySet<number>): ChunkDocuments {
    const rest = new ChunkDocuments();
    let number = 0;
    for (const { batch, from, to } of this.#segments) {
      for (let index = from; index < to; index++, number++) {
        if (!numbers.has(number)) rest.add(batch, index);
      }
    }
    return rest;
  }

  /** Position after the last document. */
  position(): Uint8Array {
    const last = this.#segments.at(-1)!;
    return last.batch.positionAfter(last.to - 1);
  }

  /** Calls `visit` for the documents numbered [from, to) within the chunk. */
  forEach(from: number, to: number, visit: (batch: DocumentBatch, start: number) => void): void {
    let number = 0;
    for (const { batch, from: first, to: end } of this.#segments) {
      for (let index = first; index < end; index++, number++) {
        if (number >= to) return;
        if (number >= from) visit(batch, batch.starts[index]!);
      }
    }
  }
}
