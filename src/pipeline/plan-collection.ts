import type { CollectionEncoder } from '../encoding/compile-collection.ts';
import { memoryOf } from '../encoding/memory.ts';
import type { Page } from '../encoding/row-buffer.ts';
import type { DocrowError } from '../errors/docrow-error.ts';
import { LossTally } from '../losses/loss-tally.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import { CollectionProfiler } from '../profiling/collection-profiler.ts';
import type { CollectionProfile } from '../profiling/profile.ts';
import type {
  CollectionDescription,
  DocumentBatch,
  DocumentSource,
  SourceCollection,
} from '../source/document-source.ts';
import { countRows } from './count-rows.ts';
import { PlanTally } from './plan-tally.ts';
import type { RunEventListener } from './run-event.ts';

export interface PlanCollectionParts {
  readonly source: DocumentSource;
  readonly mapping: CollectionMapping;
  readonly found: SourceCollection;
  readonly createEncoder: (firstBatch: DocumentBatch) => CollectionEncoder;
  /** Read so many documents only, from several places. */
  readonly sample: number | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: RunEventListener;
  /** The source makes an `_id` for documents without one, as exports do. */
  readonly hasMadeIds: boolean;
}

/** What was seen of a collection. */
export interface ExaminedCollection {
  readonly mapping: CollectionMapping;
  readonly tally: PlanTally;
  readonly losses: LossTally;
  /** Undefined where no table has a rest column, so that no new field can get in. */
  readonly profile: CollectionProfile | undefined;
  readonly isSample: boolean;
  readonly estimatedDocuments: number | undefined;
  /** Seconds that reading and encoding took. */
  readonly seconds: number;
  /** BSON bytes per second once the code was warm. */
  readonly bytesPerSecond: number;
  /** The encoder's tables, with the bytes of all their rows, and the first pages of each. */
  readonly tables: readonly EncodedSample[];
  readonly stoppedBy: DocrowError | undefined;
}

export interface EncodedSample {
  readonly kind: 'mapped' | 'document-key';
  readonly name: string;
  readonly columns: readonly string[];
  /** COPY bytes of all rows that were encoded. */
  bytes: number;
  rows: number;
  readonly pages: Page[];
}

/** A sample is taken from the beginnings of so many ranges, where the source has them. */
const sampledRanges = 16;

/** The first bytes are encoded by code that is not compiled yet. */
const coldBytes = 2 * 1024 * 1024;

/** COPY bytes of a collection that are kept to be timed with. */
const keptBytes = 8 * 1024 * 1024;

const noDescription: CollectionDescription = {
  indexes: [],
  collation: undefined,
  validator: undefined,
  viewOn: undefined,
  timeField: undefined,
};

/** Reads a collection and encodes its documents as a load would, without writing them anywhere. */
export async function examineCollection(parts: PlanCollectionParts): Promise<ExaminedCollection> {
  const { source, mapping, found, sample, signal, onEvent } = parts;
  const { collection } = mapping;
  const examiner = new Examiner(parts);
  const ranges = await source.planRanges(
    collection,
    sample === undefined ? 1 : Math.min(sampledRanges, sample),
  );
  const { estimatedDocuments } = found;
  const expected =
    sample === undefined || estimatedDocuments === undefined
      ? estimatedDocuments
      : Math.min(sample, estimatedDocuments);
  onEvent({
    kind: 'collection-planned',
    collection,
    estimatedDocuments: expected,
    ranges: ranges.length,
    alreadyRead: 0,
  });
  let left = sample ?? Number.POSITIVE_INFINITY;
  let isSample = false;
  let stoppedBy: DocrowError | undefined;
  try {
    for (const [index, range] of ranges.entries()) {
      let quota = Math.ceil(left / (ranges.length - index));
      let since = performance.now();
      for await (const batch of source.readRange(collection, range, { signal })) {
        const waited = (performance.now() - since) / 1000;
        const count = Math.min(batch.count, quota);
        if (count < batch.count) isSample = true;
        if (count > 0) {
          const bytes = examiner.examine(batch, count, waited);
          onEvent({ kind: 'documents-read', collection, read: count, bytes });
        }
        batch.release();
        quota -= count;
        left -= count;
        if (isSample && quota === 0) break;
        since = performance.now();
      }
    }
    onEvent({ kind: 'collection-read', collection });
  } catch (error) {
    stoppedBy = damageOf(error);
    onEvent({ kind: 'collection-stopped', collection, code: stoppedBy.code, message: stoppedBy.message });
  }
  return examiner.finish(isSample, estimatedDocuments, stoppedBy);
}

/** A damaged file is part of the plan; everything else ends it. */
function damageOf(error: unknown): DocrowError {
  const isDamage = error instanceof Error && 'code' in error && error.code === 'source-corrupt';
  if (!isDamage) throw error;
  return error as DocrowError;
}

class Examiner {
  #seconds = 0;
  #coldSeconds = 0;
  #coldBytes = 0;
  readonly #parts: PlanCollectionParts;
  readonly #tally: PlanTally;
  readonly #losses: LossTally;
  readonly #profiler: CollectionProfiler | undefined;
  #encoder: CollectionEncoder | undefined;
  #tables: EncodedSample[] = [];
  #kept = 0;

  constructor(parts: PlanCollectionParts) {
    this.#parts = parts;
    this.#tally = new PlanTally();
    this.#losses = new LossTally(parts.mapping, { hasMadeIds: parts.hasMadeIds });
    const hasRest = parts.mapping.tables.some(({ rest }) => rest !== undefined);
    this.#profiler = hasRest ? new CollectionProfiler(parts.found) : undefined;
  }

  /**
   * @param waited seconds that reading the batch took
   * @returns BSON bytes of the documents
   */
  examine(batch: DocumentBatch, count: number, waited: number): number {
    const encoder = this.#encoderFor(batch);
    const input = memoryOf(batch.bytes, batch.view);
    const loaded: number[] = [];
    let bytes = 0;
    const start = performance.now();
    for (let index = 0; index < count; index++) {
      const at = batch.starts[index]!;
      const size = batch.view.getInt32(at, true);
      bytes += size;
      const outcome = encoder.encode(input, at);
      this.#tally.count(outcome, encoder, size);
      if (outcome === 'loaded') loaded.push(at);
      this.#takePages(encoder, false);
    }
    const seconds = waited + (performance.now() - start) / 1000;
    if (this.#tally.bytes <= coldBytes) {
      this.#coldBytes += bytes;
      this.#coldSeconds += seconds;
    }
    this.#seconds += seconds;
    for (const at of loaded) this.#losses.count(batch.bytes, batch.view, at);
    this.#profiler?.add(batch, count);
    return bytes;
  }

  finish(
    isSample: boolean,
    estimatedDocuments: number | undefined,
    stoppedBy: DocrowError | undefined,
  ): ExaminedCollection {
    if (this.#encoder !== undefined) this.#takePages(this.#encoder, true);
    const { bytes } = this.#tally;
    const isWarm = bytes > this.#coldBytes && this.#seconds > this.#coldSeconds;
    const warmBytes = bytes - (isWarm ? this.#coldBytes : 0);
    const warmSeconds = this.#seconds - (isWarm ? this.#coldSeconds : 0);
    return {
      mapping: this.#parts.mapping,
      tally: this.#tally,
      losses: this.#losses,
      profile: this.#profiler?.finish({ description: noDescription, isSample }),
      isSample,
      estimatedDocuments,
      seconds: this.#seconds,
      bytesPerSecond: warmBytes / Math.max(warmSeconds, 1e-6),
      tables: this.#tables,
      stoppedBy,
    };
  }

  #encoderFor(batch: DocumentBatch): CollectionEncoder {
    if (this.#encoder === undefined) {
      this.#encoder = this.#parts.createEncoder(batch);
      this.#tables = this.#encoder.tables.map(({ kind, name, columns }) => ({
        kind,
        name,
        columns,
        bytes: 0,
        rows: 0,
        pages: [],
      }));
    }
    return this.#encoder;
  }

  /** Takes what was encoded out of the buffers: the first pages are kept, the others forgotten. */
  #takePages({ tables }: CollectionEncoder, all: boolean): void {
    for (const [index, { buffer }] of tables.entries()) {
      if (!buffer.isFull && !(all && buffer.length > 0)) continue;
      const page = buffer.takePage();
      const sample = this.#tables[index]!;
      sample.bytes += page.length;
      sample.rows += countRows(page);
      if (this.#kept < keptBytes) {
        sample.pages.push(page);
        this.#kept += page.length;
      } else page.release();
    }
  }
}
