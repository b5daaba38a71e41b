import { Worker } from 'node:worker_threads';
import type { RangeCounts } from '../checkpoint/checkpoint-store.ts';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import type { RangeTask } from '../pipeline/copy-range.ts';
import type { RangeWorkers } from '../pipeline/range-workers.ts';
import type { RunEventListener } from '../pipeline/run-event.ts';
import { fromSentError, type WorkerReply, type WorkerRequest, type WorkerSetup } from './worker-messages.ts';

/** The file beside this one; TypeScript when it runs uncompiled, which a worker cannot load by itself. */
function startThread(setup: WorkerSetup): Worker {
  const isTypeScript = import.meta.url.endsWith('.ts');
  const file = new URL(isTypeScript ? './range-worker.ts' : './range-worker.js', import.meta.url);
  const execArgv = isTypeScript ? ['--import', new URL('./register-tsx.mjs', import.meta.url).href] : [];
  return new Worker(file, { workerData: setup, execArgv, resourceLimits: { stackSizeMb: 16 } });
}

interface RunningTask {
  readonly onChunk: (counts: RangeCounts) => void;
  readonly resolve: (isFinished: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread and the range that it copies. */
class WorkerThread {
  readonly #worker: Worker;
  #task: RunningTask | undefined;

  constructor(setup: WorkerSetup, onEvent: RunEventListener) {
    this.#worker = startThread(setup);
    this.#worker.on('message', (reply: WorkerReply) => {
      if (reply.kind === 'chunk') this.#task?.onChunk(reply.counts);
      else if (reply.kind === 'retrying') onEvent(reply);
      else if (reply.kind === 'done') this.#end((task) => task.resolve(reply.isFinished));
      else this.#end((task) => task.reject(fromSentError(reply.error)));
    });
    this.#worker.on('error', (error) => this.#end((task) => task.reject(toDocrowError(error))));
    this.#worker.on('exit', () => this.#end((task) => task.resolve(false)));
  }

  copy(task: RangeTask, onChunk: (counts: RangeCounts) => void): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#task = { onChunk, resolve, reject };
      this.send({ kind: 'copy', task });
    });
  }

  send(request: WorkerRequest): void {
    this.#worker.postMessage(request);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #end(tell: (task: RunningTask) => void): void {
    const task = this.#task;
    this.#task = undefined;
    if (task !== undefined) tell(task);
  }
}

/** Worker threads, each with a source and a target connection of its own; started when they are needed. */
export class WorkerPool implements RangeWorkers {
  readonly count: number;
  readonly #setup: WorkerSetup;
  readonly #onEvent: RunEventListener;
  readonly #idle: WorkerThread[] = [];
  readonly #all: WorkerThread[] = [];

  constructor(count: number, setup: WorkerSetup, onEvent: RunEventListener) {
    this.count = count;
    this.#setup = setup;
    this.#onEvent = onEvent;
  }

  async copyRange(task: RangeTask, onChunk: (counts: RangeCounts) => void): Promise<boolean> {
    const thread = this.#idle.pop() ?? this.#start();
    try {
      return await thread.copy(task, onChunk);
    } finally {
      this.#idle.push(thread);
    }
  }

  /** Lets the threads stop after their chunk, or at once. */
  stop(how: 'soft' | 'hard'): void {
    for (const thread of this.#all) {
      thread.send({ kind: 'stop', how });
      // A thread that waits for a server would hear of it too late; what it had not committed is rolled back.
      if (how === 'hard') void thread.close();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((thread) => thread.close()));
  }

  #start(): WorkerThread {
    const thread = new WorkerThread(this.#setup, this.#onEvent);
    this.#all.push(thread);
    return thread;
  }
}
