import { setTimeout as pause } from 'node:timers/promises';
import { compileCollection, type DocumentFilter } from '../encoding/compile-collection.ts';
import { memoryOf } from '../encoding/memory.ts';
import type { DocrowError } from '../errors/docrow-error.ts';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import { compileFilter } from '../filtering/compile-filter.ts';
import { loadTransforms } from '../mapping/load-transforms.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { Transform } from '../mapping/transform.ts';
import { copyRange, type RangeTask } from '../pipeline/copy-range.ts';
import { describeRefusal } from '../pipeline/describe-refusal.ts';
import type { DocumentBatch, DocumentSource } from '../source/document-source.ts';
import { openSource } from '../source/open-source.ts';
import { PostgresRowTarget } from '../target/postgres/postgres-row-target.ts';
import type { WorkerReply, WorkerSetup } from './worker-messages.ts';

/** Attempts without a single commit in between, before an error that asks for a retry is given up on. */
const maxAttempts = 8;
const firstDelayMs = 250;
const longestDelayMs = 15_000;

/** The encoder learns the usual order of keys from so many documents. */
const sampleDocuments = 200;

/** Copies ranges one after the other, over a source and a target connection of its own. */
export class RangeCopier {
  readonly #setup: WorkerSetup;
  readonly #reply: (message: WorkerReply) => void;
  readonly #soft = new AbortController();
  readonly #hard = new AbortController();
  readonly #transforms = new Map<string, ReadonlyMap<string, Transform>>();
  #source: DocumentSource | undefined;
  #target: PostgresRowTarget | undefined;

  constructor(setup: WorkerSetup, reply: (message: WorkerReply) => void) {
    this.#setup = setup;
    this.#reply = reply;
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

  /**
   * Copies a range, with new connections as often as they are lost and progress was made in between.
   * @returns false when it was stopped before the end
   */
  async copy(task: RangeTask): Promise<boolean> {
    let attempt = 0;
    for (;;) {
      let hasProgress = false;
      try {
        return await this.#copyOnce(task, () => {
          hasProgress = true;
        });
      } catch (thrown) {
        const error = toDocrowError(thrown);
        await this.#closeConnections();
        if (this.#hard.signal.aborted) return false;
        attempt = hasProgress ? 1 : attempt + 1;
        if (error.policy.reaction !== 'retry' || attempt > maxAttempts || this.#soft.signal.aborted)
          throw error;
        await this.#waitBefore(attempt, error);
      }
    }
  }

  async #copyOnce(task: RangeTask, onProgress: () => void): Promise<boolean> {
    const mapping = this.#setup.collections.find(({ collection }) => collection === task.writer.collection)!;
    const transforms = await this.#transformsOf(mapping);
    const filter = mapping.where === undefined ? undefined : compileFilter(mapping.where, mapping.file);
    this.#source ??= await openSource(this.#setup.source);
    this.#target ??= await PostgresRowTarget.open(this.#setup.targetUri, this.#setup.schema);
    return copyRange(task, {
      source: this.#source,
      target: this.#target,
      createEncoder: (batch) => this.#createEncoder(mapping, transforms, filter, batch),
      describeRefusal: describeRefusal(mapping),
      onChunk: (counts) => {
        onProgress();
        this.#reply({ kind: 'chunk', counts });
      },
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

  async #transformsOf(mapping: CollectionMapping): Promise<ReadonlyMap<string, Transform>> {
    let transforms = this.#transforms.get(mapping.collection);
    if (transforms === undefined) {
      transforms = await loadTransforms(this.#setup.projectFolder, mapping);
      this.#transforms.set(mapping.collection, transforms);
    }
    return transforms;
  }

  async #waitBefore(attempt: number, { code }: DocrowError): Promise<void> {
    const delayMs = Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs);
    this.#reply({ kind: 'retrying', code, attempt, delayMs });
    await pause(delayMs, undefined, { signal: this.#soft.signal }).catch(() => undefined);
  }

  async #closeConnections(): Promise<void> {
    const [source, target] = [this.#source, this.#target];
    this.#source = undefined;
    this.#target = undefined;
    await source?.close().catch(() => undefined);
    await target?.close();
  }
}
