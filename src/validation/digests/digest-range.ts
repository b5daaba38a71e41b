import { readId } from '../../bson/read-id.ts';
import { memoryOf } from '../../encoding/memory.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { Transform } from '../../mapping/transform.ts';
import type { DocumentBatch, DocumentSource } from '../../source/document-source.ts';
import { createDigester } from './create-digester.ts';
import type { DocumentDigester, TakeRow } from './document-digester.ts';
import { Exceptions } from './exceptions.ts';
import { ExpectedSums } from './expected-sums.ts';
import { keptRangeBytes, keptRangeFrom } from './kept-range.ts';
import type { DigestNote, DigestTask } from './range-digesters.ts';

/** What digests the documents of one collection read from and are made by. */
export interface CollectionDigestParts {
  readonly source: DocumentSource;
  readonly mapping: CollectionMapping;
  readonly transforms: ReadonlyMap<string, Transform>;
  readonly runTime: Date;
}

/** Reads ranges of one collection, one after the other, and adds up the digests of the rows of their documents. */
export class CollectionDigester {
  readonly #parts: CollectionDigestParts;
  /** Made with the first documents, from which it learns, and used for all ranges. */
  #digester: DocumentDigester | undefined;

  constructor(parts: CollectionDigestParts) {
    this.#parts = parts;
  }

  /**
   * The work that `RangeDigesters` describes. All tasks are of one comparison.
   * @throws DocrowError `interrupted`, and what the source reports
   */
  async digestRange(
    task: DigestTask,
    tell: (note: DigestNote) => void,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { source, mapping } = this.#parts;
    const { kept, plan, range, keepEveryBytes } = task;
    const tables = mapping.tables.length;
    const found = kept === undefined ? undefined : keptRangeFrom(kept, tables, plan.buckets);
    const sums = found?.sums ?? new ExpectedSums(tables, plan.buckets);
    const exceptions = new Exceptions(task.exceptions);
    let unkept = 0;
    for await (const batch of source.readRange(mapping.collection, range, {
      after: found?.position,
      signal,
    })) {
      const { bytes, rejected } = this.#addBatch(batch, task, exceptions, sums);
      const position = batch.positionAfter(batch.count - 1);
      tell({ kind: 'read', documents: batch.count, bytes });
      if (rejected.length > 0) tell(rejectedNote(batch, rejected));
      batch.release();
      unkept += bytes;
      if (unkept < keepEveryBytes) continue;
      tell({ kind: 'keep', content: keptRangeBytes({ position, sums }) });
      unkept = 0;
    }
    return keptRangeBytes({ position: undefined, sums });
  }

  /** @returns bytes of the batch's documents, and where those begin that the encoder rejected */
  #addBatch(
    batch: DocumentBatch,
    { plan }: DigestTask,
    exceptions: Exceptions,
    sums: ExpectedSums,
  ): { readonly bytes: number; readonly rejected: readonly number[] } {
    this.#digester ??= createDigester(this.#parts, this.#parts.mapping, plan, batch);
    const digester = this.#digester;
    const input = memoryOf(batch.bytes, batch.view);
    const addRow: TakeRow = (table, document, row) => sums.addRow(table, document, row);
    const rejected: number[] = [];
    let size = 0;
    for (let i = 0; i < batch.count; i++) {
      const start = batch.starts[i]!;
      size += batch.view.getInt32(start, true);
      const outcome = digester.encode(input, start);
      sums.read++;
      if (outcome === 'rejected') rejected.push(start);
      if (outcome === 'filtered') sums.filtered++;
      else if (outcome === 'rejected' || exceptions.isRefused(batch.bytes, batch.view, start)) sums.refused++;
      else if (!exceptions.isLeftOut(digester.document)) digester.takeRows(addRow);
      else leaveOut(sums, readId(batch.bytes, batch.view, start));
    }
    return { bytes: size, rejected };
  }
}

/** To be made before the batch is released. */
function rejectedNote({ bytes, view }: DocumentBatch, starts: readonly number[]): DigestNote {
  const ids = starts.flatMap((start) => idAt(bytes, view, start) ?? []);
  return { kind: 'rejected', ids, nameless: starts.length - ids.length };
}

function idAt(bytes: Buffer, view: DataView, start: number): Uint8Array | undefined {
  try {
    return readId(bytes, view, start);
  } catch {
    // It is damaged before its `_id`.
    return undefined;
  }
}

/** Of documents without an `_id` the rejection is all that is known. */
function leaveOut({ leftOut }: ExpectedSums, id: Uint8Array | undefined): void {
  if (id !== undefined) leftOut.push(id);
}
