import type { RangeWork } from './range-work.ts';
import type { WorkerSetup } from './worker-messages.ts';
import { WorkerThread } from './worker-thread.ts';

/** Works on so many ranges at once: on the main thread, and on further ones. */
export class WorkerPool<Task, Note, Result> {
  readonly count: number;
  readonly #setup: WorkerSetup;
  readonly #createFirst: () => RangeWork<Task, Note, Result>;
  readonly #idle: RangeWork<Task, Note, Result>[] = [];
  readonly #all: RangeWork<Task, Note, Result>[] = [];

  /**
   * @param count tasks that are given at the same time, at most
   * @param setup what threads are started with
   * @param createFirst makes what works on the main thread, which has nothing else to do and whose memory is there already
   */
  constructor(count: number, setup: WorkerSetup, createFirst: () => RangeWork<Task, Note, Result>) {
    this.count = count;
    this.#setup = setup;
    this.#createFirst = createFirst;
  }

  /** @param signal asks this task alone to end where it can */
  async run(task: Task, tell: (note: Note) => void, signal?: AbortSignal): Promise<Result> {
    const worker = this.#idle.pop() ?? this.#start();
    const stop = (): void => worker.stop('soft');
    try {
      const running = worker.run(task, tell);
      if (signal?.aborted === true) stop();
      signal?.addEventListener('abort', stop);
      return await running;
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#idle.push(worker);
    }
  }

  /** Lets all end where they can, or at once. */
  stop(how: 'soft' | 'hard'): void {
    for (const worker of this.#all) worker.stop(how);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((worker) => worker.close()));
  }

  /** Threads are started when they are needed. */
  #start(): RangeWork<Task, Note, Result> {
    const worker =
      this.#all.length === 0 ? this.#createFirst() : new WorkerThread<Task, Note, Result>(this.#setup);
    this.#all.push(worker);
    return worker;
  }
}
