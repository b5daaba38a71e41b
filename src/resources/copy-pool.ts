import type { RangeCounts } from '../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { RangeTask } from '../pipeline/copy-range.ts';
import type { RangeWorkers } from '../pipeline/range-workers.ts';
import type { RunEventListener } from '../pipeline/run-event.ts';
import { type CopyNote, RangeCopier } from './range-copier.ts';
import type { CopySetup } from './worker-messages.ts';
import { WorkerPool } from './worker-pool.ts';

/** Copies ranges on several threads, each over a source and a target connection of its own. */
export class CopyPool implements RangeWorkers {
  readonly #pool: WorkerPool<RangeTask, CopyNote, boolean>;
  readonly #onEvent: RunEventListener;
  #isStopped = false;

  constructor(count: number, setup: CopySetup, onEvent: RunEventListener) {
    this.#pool = new WorkerPool(count, { work: 'copy', setup }, () => new RangeCopier(setup));
    this.#onEvent = onEvent;
  }

  get count(): number {
    return this.#pool.count;
  }

  async copyRange(task: RangeTask, onChunk: (counts: RangeCounts) => void): Promise<boolean> {
    try {
      return await this.#pool.run(task, (note) => {
        if (note.kind === 'chunk') onChunk(note.counts);
        else this.#onEvent(note);
      });
    } catch (error) {
      // A thread that was ended in the middle of its work.
      if (this.#isStopped && error instanceof DocrowError && error.code === 'interrupted') return false;
      throw error;
    }
  }

  /** Lets the ranges end after their chunk, or at once. */
  stop(how: 'soft' | 'hard'): void {
    this.#isStopped ||= how === 'hard';
    this.#pool.stop(how);
  }

  close(): Promise<void> {
    this.#isStopped = true;
    return this.#pool.close();
  }
}
