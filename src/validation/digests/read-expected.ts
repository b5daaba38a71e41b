import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { RangeRecord } from '../../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import { reachFailPoint } from '../../pipeline/fail-point.ts';
import type { DigestPlan } from '../../target/digest-reader.ts';
import type { DigestParts } from './create-digester.ts';
import { ExpectedSums } from './expected-sums.ts';
import { isWholeRange, keptRangeFrom } from './kept-range.ts';
import type { DigestNote, ExceptionSets } from './range-digesters.ts';
import { runTogether } from './run-together.ts';

const defaultKeepEveryBytes = 1024 * 1024 * 1024;

/**
 * Has all documents of a collection read and the digests of their rows added up, several ranges at once; of ranges that
 * sums were kept of, only the rest.
 */
export class ExpectedReader {
  readonly #parts: DigestParts;
  readonly #mapping: CollectionMapping;
  readonly #plan: DigestPlan;
  readonly #exceptions: ExceptionSets;
  #planText = '';

  constructor(parts: DigestParts, mapping: CollectionMapping, plan: DigestPlan, exceptions: ExceptionSets) {
    this.#parts = parts;
    this.#mapping = mapping;
    this.#plan = plan;
    this.#exceptions = exceptions;
  }

  /** @throws DocrowError `interrupted`, and what the source reports */
  async read(ranges: readonly RangeRecord[], signal: AbortSignal): Promise<ExpectedSums> {
    const { digests, run, rangeDigesters } = this.#parts;
    const { collection, tables } = this.#mapping;
    const { buckets } = this.#plan;
    this.#planText = await this.#describePlan();
    const kept = await digests.keptRanges(run.runId, collection, this.#planText);
    const limit = pLimit(rangeDigesters.count);
    const all = new ExpectedSums(tables.length, buckets);
    const addRange = async (range: RangeRecord, either: AbortSignal): Promise<void> => {
      if (either.aborted) throw new DocrowError('interrupted', 'Comparing digests was stopped');
      const content = await this.#digestRange(range, kept.get(range.rangeNumber), either);
      all.addAll(keptRangeFrom(content, tables.length, buckets).sums);
    };
    await runTogether(
      signal,
      ranges.map((range) => (either: AbortSignal) => limit(addRange, range, either)),
    );
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

  /** @returns what is kept of the whole range */
  async #digestRange(
    { rangeNumber, range }: RangeRecord,
    kept: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    if (kept !== undefined && isWholeRange(kept)) return kept;
    const { digests, run, onEvent, onRejected, rangeDigesters } = this.#parts;
    const { collection } = this.#mapping;
    const keep = (content: Uint8Array): Promise<void> =>
      digests.keepRange(run.runId, collection, this.#planText, rangeNumber, bufferOf(content));
    let keeping = Promise.resolve();
    const take = (note: DigestNote): void => {
      if (note.kind === 'read') {
        onEvent({ kind: 'documents-read', collection, read: note.documents, bytes: note.bytes });
        return;
      }
      if (note.kind === 'rejected') {
        onRejected?.(note);
        return;
      }
      keeping = keeping.then(() => keep(note.content));
      // A failure ends the comparison where it is waited for.
      keeping.catch(() => undefined);
    };
    const task = {
      collection,
      plan: this.#plan,
      exceptions: this.#exceptions,
      range,
      kept,
      keepEveryBytes: this.#parts.keepEveryBytes ?? defaultKeepEveryBytes,
    };
    try {
      const content = await rangeDigesters.digestRange(task, take, signal);
      await keeping;
      await keep(content);
      reachFailPoint('after-digest');
      return content;
    } finally {
      // Nothing may be stored after the comparison has ended.
      await keeping.catch(() => undefined);
    }
  }
}

/** The same memory: what was sent by a thread is no Buffer any more. */
const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
