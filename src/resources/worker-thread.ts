import { Worker } from 'node:worker_threads';
import { DocrowError } from '../errors/docrow-error.ts';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import type { RangeWork } from './range-work.ts';
import { fromSentError, type WorkerReply, type WorkerRequest, type WorkerSetup } from './worker-messages.ts';

/** The file beside this one; TypeScript when it runs uncompiled, which a worker cannot load by itself. */
function startThread(setup: WorkerSetup): Worker {
  const isTypeScript = import.meta.url.endsWith('.ts');
  const file = new URL(isTypeScript ? './range-worker.ts' : './range-worker.js', import.meta.url);
  const execArgv = isTypeScript ? ['--import', new URL('./register-tsx.mjs', import.meta.url).href] : [];
  return new Worker(file, { workerData: setup, execArgv, resourceLimits: { maxYoungGenerationSizeMb: 2 } });
}

interface RunningTask<Note, Result> {
  readonly tell: (note: Note) => void;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Has the work of its setup done on a thread of its own (range-worker.ts). */
export class WorkerThread<Task, Note, Result> implements RangeWork<Task, Note, Result> {
  readonly #worker: Worker;
  #task: RunningTask<Note, Result> | undefined;
  #isClosing = false;
  #hasEnded = false;

  constructor(setup: WorkerSetup) {
    this.#worker = startThread(setup);
    this.#worker.on('message', (reply: WorkerReply<Note, Result>) => {
      if (reply.kind === 'note') this.#task?.tell(reply.note);
      else if (reply.kind === 'done') this.#end((task) => task.resolve(reply.result));
      else this.#end((task) => task.reject(fromSentError(reply.error)));
    });
    this.#worker.on('error', (error) => this.#end((task) => task.reject(toDocrowError(error))));
    this.#worker.on('exit', () => {
      this.#hasEnded = true;
      this.#end((task) => task.reject(this.#whyEnded()));
    });
  }

  /** @throws DocrowError what ended the task, `interrupted` when the thread was closed, `internal` when it ended itself */
  run(task: Task, tell: (note: Note) => void): Promise<Result> {
    if (this.#hasEnded) return Promise.reject(this.#whyEnded());
    return new Promise((resolve, reject) => {
      this.#task = { tell, resolve, reject };
      this.#send({ kind: 'run', task });
    });
  }

  stop(how: 'soft' | 'hard'): void {
    this.#send({ kind: 'stop', how });
    // A thread that waits for a server would hear of it too late; what it had not committed is rolled back.
    if (how === 'hard') void this.close();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#worker.terminate();
  }

  /** A range that nobody finished must not look like one that a person stopped. */
  #whyEnded(): DocrowError {
    return this.#isClosing
      ? new DocrowError('interrupted', 'The worker thread was stopped')
      : new DocrowError('internal', 'A worker thread ended by itself');
  }

  #send(request: WorkerRequest<Task>): void {
    this.#worker.postMessage(request);
  }

  #end(settle: (task: RunningTask<Note, Result>) => void): void {
    const task = this.#task;
    this.#task = undefined;
    if (task !== undefined) settle(task);
  }
}
