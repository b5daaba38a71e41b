import { setTimeout as pause } from 'node:timers/promises';
import type { RangeCounts } from '../checkpoint/checkpoint-store.ts';
import { compileCollection, type DocumentFilter } from '../encoding/compile-collection.ts';
import { memoryOf } from '../encoding/memory.ts';
import type { DocrowError } from '../errors/docrow-error.ts';
import type { ErrorCode } from '../errors/error-codes.ts';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import { compileFilter } from '../filtering/compile-filter.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { Transform } from '../mapping/transform.ts';
import { copyRange, type RangeTask } from '../pipeline/copy-range.ts';
import { describeRefusal } from '../pipeline/describe-refusal.ts';
import type { DocumentBatch } from '../source/document-source.ts';
import { PostgresRowTarget } from '../target/postgres/postgres-row-target.ts';
import { OwnInput } from './range-input.ts';
import type { RangeWork } from './range-work.ts';
import type { CopySetup } from './worker-messages.ts';

/** Attempts without a single commit in between, before an error that asks for a retry is given up on. */
const maxAttempts = 8;
const firstDelayMs = 250;
const longestDelayMs = 15_000;

/** The encoder learns the usual order of keys from so many documents. */
const sampleDocuments = 200;

/** What is told of a range while it is copied. */
export type CopyNote =
  | { readonly kind: 'chunk'; readonly counts: RangeCounts }
  | {
      readonly kind: 'retrying';
      readonly code: ErrorCode;
      readonly attempt: number;
      readonly delayMs: number;
    };

type Tell = (note: CopyNote) => void;

/**
 * Copies ranges one after the other, over a source and a target connection of its own. A task's result is false when it
 * was stopped before the end.
 */
export class RangeCopier implements RangeWork<RangeTask, CopyNote, boolean> {
  readonly #setup: CopySetup;
  readonly #input: OwnInput;
  readonly #soft = new AbortController();
  readonly #hard = new AbortController();
  #target: PostgresRowTarget | undefined;

  constructor(setup: CopySetup) {
    this.#setup = setup;
    this.#input = new OwnInput(setup);
  }

  stop(how: 'soft' | 'hard'): void {
    this.#soft.abort();
    if (how === 'soft') return;
    this.#hard.abort();
    // A statement that PostgreSQL is busy with would not hear of it; what was not committed is rolled back.
    this.#target?.destroy();
  }

  async close(): Promise<void> {
    await this.#closeConnections();
  }

  /** Copies a range, with new connections as often as they are lost and progress was made in between. */
  async run(task: RangeTask, tell: Tell): Promise<boolean> {
    let attempt = 0;
    for (;;) {
      let hasProgress = false;
      try {
        return await this.#copyOnce(task, (counts) => {
          hasProgress = true;
          tell({ kind: 'chunk', counts });
        });
      } catch (thrown) {
        const error = toDocrowError(thrown);
        await this.#closeConnections();
        if (this.#hard.signal.aborted) return false;
        attempt = hasProgress ? 1 : attempt + 1;
        if (error.policy.reaction !== 'retry' || attempt > maxAttempts || this.#soft.signal.aborted)
          throw error;
        await this.#waitBefore(attempt, error, tell);
      }
    }
  }

  async #copyOnce(task: RangeTask, onChunk: (counts: RangeCounts) => void): Promise<boolean> {
    const mapping = this.#input.mappingOf(task.writer.collection);
    const transforms = await this.#input.transformsOf(mapping);
    const filter = mapping.where === undefined ? undefined : compileFilter(mapping.where, mapping.file);
    const source = await this.#input.source();
    this.#target ??= await PostgresRowTarget.open(this.#setup.targetUri, this.#setup.schema);
    return copyRange(task, {
      source,
      target: this.#target,
      createEncoder: (batch) => this.#createEncoder(mapping, transforms, filter, batch),
      describeRefusal: describeRefusal(mapping),
      onChunk,
      soft: this.#soft.signal,
      hard: this.#hard.signal,
    });
  }

  #createEncoder(
    mapping: CollectionMapping,
    transforms: ReadonlyMap<string, Transform>,
    filter: DocumentFilter | undefined,
    batch: DocumentBatch,
  ) {
    const count = Math.min(batch.count, sampleDocuments);
    const input = memoryOf(batch.bytes, batch.view);
    const samples = Array.from(batch.starts.subarray(0, count), (start) => ({ input, start }));
    return compileCollection({ mapping, runTime: this.#setup.runTime, transforms, filter, samples });
  }

  async #waitBefore(attempt: number, { code }: DocrowError, tell: Tell): Promise<void> {
    const delayMs = Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs);
    tell({ kind: 'retrying', code, attempt, delayMs });
    await pause(delayMs, undefined, { signal: this.#soft.signal }).catch(() => undefined);
  }

  async #closeConnections(): Promise<void> {
    const target = this.#target;
    this.#target = undefined;
    await this.#input.closeSource();
    await target?.close();
  }
}
