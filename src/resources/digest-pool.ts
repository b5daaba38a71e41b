import type { DigestNote, DigestTask, RangeDigesters } from '../validation/digests/range-digesters.ts';
import { RangeDigester } from './range-digester.ts';
import type { RangeInput } from './range-input.ts';
import type { InputSetup } from './worker-messages.ts';
import { WorkerPool } from './worker-pool.ts';

/** Digests ranges of one comparison on several threads, each over a source connection of its own. */
export class DigestPool implements RangeDigesters {
  readonly #pool: WorkerPool<DigestTask, DigestNote, Uint8Array>;

  /** @param input what the main thread reads from; not closed here */
  constructor(count: number, setup: InputSetup, input: RangeInput) {
    this.#pool = new WorkerPool(count, { work: 'digest', setup }, () => new RangeDigester(input));
  }

  get count(): number {
    return this.#pool.count;
  }

  digestRange(task: DigestTask, tell: (note: DigestNote) => void, signal: AbortSignal): Promise<Uint8Array> {
    return this.#pool.run(task, tell, signal);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
