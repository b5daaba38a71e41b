import { compareIds } from '../bson/compare-ids.ts';
import type { CheckpointStore, RejectionFilter, StoredRejection } from '../checkpoint/checkpoint-store.ts';
import type { RetryProblem, RetryRecord, RetryWriter } from '../checkpoint/retry-store.ts';
import type { CollectionEncoder } from '../encoding/compile-collection.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import { type DocumentBatch, releaseNothing } from '../source/document-source.ts';
import type { RetryChunk, RetryTarget } from '../target/retry-target.ts';
import { ChunkDocuments } from './chunk-documents.ts';
import { ChunkTally } from './chunk-tally.ts';
import { columnPath } from './column-path.ts';
import { describeRefusal } from './describe-refusal.ts';
import { describeId } from './describe-rejection.ts';
import { reachFailPoint } from './fail-point.ts';
import { isRefusal } from './is-refusal.ts';
import { writeRefusedDocuments } from './refused-documents.ts';
import { targetTables } from './target-tables.ts';

/** So many documents are retried in one transaction, or fewer where they are large: they are kept until its end. */
const documentsPerChunk = 2_000;
const bytesPerChunk = 8 * 1024 * 1024;

export interface RetryCollectionParts {
  readonly store: CheckpointStore;
  readonly target: RetryTarget;
  readonly writer: RetryWriter;
  readonly mapping: CollectionMapping;
  readonly encoder: CollectionEncoder;
  readonly soft: AbortSignal;
  readonly onChunk: (chunk: RetriedChunk) => void;
}

/** What one transaction did. */
export interface RetriedChunk extends RetryRecord {
  /** BSON bytes. */
  readonly bytes: number;
  /** References that led nowhere and are NULL now. */
  readonly clearedReferences: number;
}

/** Which rejections of a collection go again, and what becomes of references that lead nowhere. */
export interface RetryPass {
  readonly filters: readonly RejectionFilter[];
  /** Those that were tried no earlier than this. */
  readonly since: Date | undefined;
  readonly clearsOrphans: boolean;
}

/** Tries rejections of one collection again. @returns documents that were loaded */
export async function retryCollection(parts: RetryCollectionParts, pass: RetryPass): Promise<number> {
  let loaded = 0;
  for (const filter of pass.filters) {
    let waiting: StoredRejection[] = [];
    let bytes = 0;
    const flush = async (): Promise<void> => {
      if (waiting.length > 0) loaded += await retryDocuments(parts, waiting, pass.clearsOrphans);
      waiting = [];
      bytes = 0;
    };
    const { store, writer } = parts;
    for await (const rejection of store.rejections(writer.runId, filter, Number.MAX_SAFE_INTEGER)) {
      if (parts.soft.aborted) break;
      if (rejection.document === undefined) continue;
      if (pass.since !== undefined && rejection.at < pass.since) continue;
      waiting.push(rejection);
      bytes += rejection.document.length;
      if (waiting.length >= documentsPerChunk || bytes >= bytesPerChunk) await flush();
    }
    await flush();
  }
  return loaded;
}

/** Documents are taken out so many times for references that lead nowhere, before they are looked at one by one. */
const maxSifts = 20;

/**
 * Tries documents together; where that is refused, without those whose references lead nowhere, until the others pass:
 * they may refer to each other in any order, or in a circle. What is refused even then is found one by one.
 */
async function retryDocuments(
  parts: RetryCollectionParts,
  rejections: readonly StoredRejection[],
  clearsOrphans: boolean,
): Promise<number> {
  const orphans = new Map<string, RetryProblem>();
  try {
    for (let sifts = 0; sifts < maxSifts; sifts++) {
      const attempt = new RetryAttempt(parts, rejections, orphans);
      const loaded = await attempt.run({ clearsOrphans, findsOrphans: sifts > 0, checksAtOnce: false });
      if (loaded !== undefined) return loaded;
    }
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  const attempt = new RetryAttempt(parts, rejections, new Map());
  return (await attempt.run({ clearsOrphans: false, findsOrphans: false, checksAtOnce: true }))!;
}

interface AttemptOptions {
  readonly clearsOrphans: boolean;
  readonly findsOrphans: boolean;
  readonly checksAtOnce: boolean;
}

/** One transaction: rows in, rejections out or renewed, counts moved. */
class RetryAttempt {
  readonly #parts: RetryCollectionParts;
  readonly #rejections: readonly StoredRejection[];
  /** Known to refer to nothing: by number of the rejection. */
  readonly #orphans: Map<string, RetryProblem>;
  readonly #documents = new ChunkDocuments();
  readonly #rejectionOf = new Map<DocumentBatch, StoredRejection>();

  constructor(
    parts: RetryCollectionParts,
    rejections: readonly StoredRejection[],
    orphans: Map<string, RetryProblem>,
  ) {
    this.#parts = parts;
    this.#rejections = rejections;
    this.#orphans = orphans;
    for (const rejection of rejections) {
      if (orphans.has(rejection.number)) continue;
      const batch = batchOf(rejection.document!);
      this.#rejectionOf.set(batch, rejection);
      this.#documents.add(batch, 0);
    }
  }

  /**
   * @returns documents that were loaded; undefined when nothing was done but to find orphans
   * @throws DocrowError `row-refused` when deferred constraints refuse the commit; nothing remains then
   */
  async run({ clearsOrphans, findsOrphans, checksAtOnce }: AttemptOptions): Promise<number | undefined> {
    const { target, writer, mapping, encoder } = this.#parts;
    const chunk = await target.openChunk(writer, targetTables(encoder));
    try {
      if (checksAtOnce) await chunk.checkAtOnce();
      const record = await this.#write(chunk);
      const clearedReferences = clearsOrphans ? await chunk.clearOrphans(mapping, describeId) : 0;
      if (findsOrphans && (await this.#findOrphans(chunk))) {
        await chunk.rollback();
        return undefined;
      }
      reachFailPoint('mid-retry');
      await chunk.commit(record);
      const bytes = this.#rejections.reduce((sum, { document }) => sum + document!.length, 0);
      this.#parts.onChunk({ ...record, bytes, clearedReferences });
      reachFailPoint('after-retry');
      return record.loaded.length;
    } catch (error) {
      for (const { buffer } of encoder.tables) buffer.truncate(0);
      await chunk.rollback();
      if (isRefusal(error) && !findsOrphans && !checksAtOnce) return undefined;
      throw error;
    }
  }

  /** @returns whether there were any that were not known */
  async #findOrphans(chunk: RetryChunk): Promise<boolean> {
    const { mapping } = this.#parts;
    const known = this.#orphans.size;
    for (const { id, table, column } of await chunk.findOrphans(mapping)) {
      const problem: RetryProblem = {
        code: 'reference-missing',
        path: columnPath(mapping, table, column.name),
        reason: `There is no document of ${column.references!.table} that it refers to`,
        table: mapping.tables[0]!.name,
      };
      for (const rejection of this.#rejections) {
        const isOne = rejection.id !== undefined && compareIds(rejection.id, id) === 0;
        if (isOne && !this.#orphans.has(rejection.number)) this.#orphans.set(rejection.number, problem);
      }
    }
    return this.#orphans.size > known;
  }

  async #write(chunk: RetryChunk): Promise<RetryRecord> {
    const { mapping, encoder } = this.#parts;
    const table = mapping.tables[0]!.name;
    const newTally = (): ChunkTally =>
      new ChunkTally((batch, _start, problem) => ({ ...this.#rejectionOf.get(batch)!, ...problem, table }));
    const describe = describeRefusal(mapping);
    const tally = await writeRefusedDocuments({ chunk, encoder, newTally, describe }, this.#documents);
    if (tally.counts(0).filtered > 0) {
      throw new DocrowError('internal', 'A document that was set aside is filtered now by the same `where`');
    }
    const problems = new Map<string, RetryProblem>(this.#orphans);
    for (const rejection of tally.rejections) problems.set((rejection as StoredRejection).number, rejection);
    const loaded: StoredRejection[] = [];
    const rejected: RetryRecord['rejected'][number][] = [];
    for (const rejection of this.#rejections) {
      const { number } = rejection;
      const problem = problems.get(number);
      if (problem === undefined) loaded.push(rejection);
      else {
        const { code, path, reason } = problem;
        rejected.push(keepReference({ number, code, path, reason, table }, rejection));
      }
    }
    return { loaded, rejected, adjustments: tally.adjustments, table };
  }
}

/** What a document refers to is still not there: it is known already whether that one was set aside. */
function keepReference(
  rejected: RetryRecord['rejected'][number],
  before: StoredRejection,
): RetryRecord['rejected'][number] {
  const isKnown = before.code === 'reference-set-aside' && before.path === rejected.path;
  if (rejected.code !== 'reference-missing' || !isKnown) return rejected;
  return { ...rejected, code: before.code, reason: before.reason };
}

function batchOf(document: Uint8Array): DocumentBatch {
  const bytes = Buffer.from(document.buffer, document.byteOffset, document.byteLength);
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    starts: Int32Array.of(0),
    count: 1,
    positionAfter: () => new Uint8Array(),
    release: releaseNothing,
  };
}
