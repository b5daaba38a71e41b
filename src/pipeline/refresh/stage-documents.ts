import type { RejectionRecord } from '../../checkpoint/checkpoint-store.ts';
import type { Adjustment } from '../../encoding/adjustment-log.ts';
import type { CollectionEncoder, EncodeOutcome } from '../../encoding/compile-collection.ts';
import type { DocumentBatch } from '../../source/document-source.ts';
import type { RefreshTransaction } from '../../target/refresh-target.ts';
import { adjustmentKey } from '../adjustment-key.ts';
import { ChunkDocuments } from '../chunk-documents.ts';
import { ChunkTally } from '../chunk-tally.ts';
import { describeRefusal } from '../describe-refusal.ts';
import { describeRejection } from '../describe-rejection.ts';
import { writeRefusedDocuments } from '../refused-documents.ts';
import type { CurrentDocument } from './current-documents.ts';
import type { RefreshParts } from './refresh-parts.ts';

/** What the documents of a part became, by their numbers in it. */
export interface StagedDocuments {
  /** Numbers of those that have rows, in their order. */
  readonly staged: readonly number[];
  readonly filtered: ReadonlySet<number>;
  readonly rejections: ReadonlyMap<number, RejectionRecord>;
  /** Keys of adjustments of those that have any. */
  readonly adjustments: ReadonlyMap<number, readonly string[]>;
}

/** A tally that also knows which documents it counted. */
class StagedTally extends ChunkTally {
  readonly staged: DocumentBatch[] = [];
  readonly filtered: DocumentBatch[] = [];
  readonly adjusted: (readonly [DocumentBatch, readonly Adjustment[]])[] = [];

  override count(
    outcome: EncodeOutcome,
    encoder: CollectionEncoder,
    batch: DocumentBatch,
    start: number,
  ): void {
    super.count(outcome, encoder, batch, start);
    if (outcome === 'filtered') this.filtered.push(batch);
    if (outcome !== 'loaded') return;
    this.staged.push(batch);
    if (encoder.adjustments.length > 0) this.adjusted.push([batch, [...encoder.adjustments]]);
  }

  override add(part: StagedTally): void {
    super.add(part);
    for (const batch of part.staged) this.staged.push(batch);
    for (const batch of part.filtered) this.filtered.push(batch);
    for (const each of part.adjusted) this.adjusted.push(each);
  }
}

/**
 * Encodes documents into the staging tables by the way of the load, with the same encoder.
 * @param leftOut numbers of documents that are rejected already
 */
export async function stageDocuments(
  { mapping, encoder }: RefreshParts,
  transaction: RefreshTransaction,
  documents: readonly CurrentDocument[],
  leftOut: { has(number: number): boolean },
): Promise<StagedDocuments> {
  const numbers = new Map<DocumentBatch, number>();
  const waiting = new ChunkDocuments();
  for (const [number, { batch }] of documents.entries()) {
    if (batch === undefined || leftOut.has(number)) continue;
    numbers.set(batch, number);
    waiting.add(batch, 0);
  }
  const rejectedAs = new Map<RejectionRecord, number>();
  const describe = describeRejection(mapping.collection, mapping.tables[0]!.name);
  const newTally = (): StagedTally =>
    new StagedTally((batch, start, problem) => {
      const rejection = describe(batch, start, problem);
      rejectedAs.set(rejection, numbers.get(batch)!);
      return rejection;
    });
  const chunk = {
    tryRows: (pages: Parameters<RefreshTransaction['tryRows']>[0]) => transaction.tryRows(pages),
    findTaken: async () => [],
  };
  const parts = { chunk, encoder, newTally, describe: describeRefusal(mapping) };
  const tally = (await writeRefusedDocuments(parts, waiting)) as StagedTally;
  const toNumber = (batch: DocumentBatch): number => numbers.get(batch)!;
  return {
    staged: tally.staged.map(toNumber),
    filtered: new Set(tally.filtered.map(toNumber)),
    rejections: new Map(tally.rejections.map((rejection) => [rejectedAs.get(rejection)!, rejection])),
    adjustments: new Map(tally.adjusted.map(([batch, list]) => [toNumber(batch), list.map(adjustmentKey)])),
  };
}
