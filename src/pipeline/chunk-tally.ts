import type { AdjustmentCounts, RangeCounts, RejectionRecord } from '../checkpoint/checkpoint-store.ts';
import type { Adjustment } from '../encoding/adjustment-log.ts';
import type { CollectionEncoder, EncodeOutcome } from '../encoding/compile-collection.ts';
import type { DocumentBatch } from '../source/document-source.ts';
import { adjustmentKey } from './adjustment-key.ts';

/** Makes a rejection of a document: its `_id`, its bytes and what is wrong with it. */
export type DescribeRejection = (
  batch: DocumentBatch,
  start: number,
  problem: Pick<RejectionRecord, 'code' | 'path' | 'reason'>,
) => RejectionRecord;

/** Adds up what became of a chunk's documents. */
export class ChunkTally {
  #loaded = 0;
  #filtered = 0;
  #rejectedBytes = 0;
  readonly rejections: RejectionRecord[] = [];
  /** Documents per adjustment. The encoder has one object for each, whatever the document. */
  readonly #adjustments = new Map<Adjustment, number>();
  readonly #describe: DescribeRejection;

  constructor(describe: DescribeRejection) {
    this.#describe = describe;
  }

  /** Counts a document that the encoder has just seen. */
  count(outcome: EncodeOutcome, encoder: CollectionEncoder, batch: DocumentBatch, start: number): void {
    if (outcome === 'filtered') this.#filtered++;
    else if (outcome === 'rejected') this.reject(batch, start, encoder.rejection!);
    else {
      this.#loaded++;
      for (const adjustment of encoder.adjustments) this.#adjust(adjustment, 1);
    }
  }

  /** Sets a document aside. */
  reject(
    batch: DocumentBatch,
    start: number,
    problem: Pick<RejectionRecord, 'code' | 'path' | 'reason'>,
  ): void {
    const rejection = this.#describe(batch, start, problem);
    this.rejections.push(rejection);
    this.#rejectedBytes += rejection.document?.length ?? 0;
  }

  /** Memory that the rejected documents take. */
  get rejectedBytes(): number {
    return this.#rejectedBytes;
  }

  /** Adds what another tally holds: the part of a chunk that the target took, or refused. */
  add(part: ChunkTally): void {
    this.#loaded += part.#loaded;
    this.#filtered += part.#filtered;
    for (const rejection of part.rejections) this.rejections.push(rejection);
    this.#rejectedBytes += part.#rejectedBytes;
    for (const [adjustment, documents] of part.#adjustments) this.#adjust(adjustment, documents);
  }

  get adjustments(): AdjustmentCounts {
    return Object.fromEntries(
      [...this.#adjustments].map(([adjustment, documents]) => [adjustmentKey(adjustment), documents]),
    );
  }

  counts(bytes: number): RangeCounts {
    const loaded = this.#loaded;
    const filtered = this.#filtered;
    const rejected = this.rejections.length;
    return { read: loaded + filtered + rejected, loaded, rejected, filtered, bytes };
  }

  #adjust(adjustment: Adjustment, documents: number): void {
    this.#adjustments.set(adjustment, (this.#adjustments.get(adjustment) ?? 0) + documents);
  }
}
