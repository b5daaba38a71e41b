import { Worker } from 'node:worker_threads';
import type { RangeCounts } from '../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import type { RangeTask } from '../pipeline/copy-range.ts';
import type { RangeWorkers } from '../pipeline/range-workers.ts';
import type { RunEventListener } from '../pipeline/run-event.ts';
import { RangeCopier } from './range-copier.ts';
import { fromSentError, type WorkerReply, type WorkerRequest, type WorkerSetup } from './worker-messages.ts';

/** The file beside this one; TypeScript when it runs uncompiled, which a worker cannot load by itself. */
function startThread(setup: WorkerSetup): Worker {
  const isTypeScript = import.meta.url.endsWith('.ts');
  const file = new URL(isTypeScript ? './range-worker.ts' : './range-worker.js', import.meta.url);
  const execArgv = isTypeScript ? ['--import', new URL('./register-tsx.mjs', import.meta.url).href] : [];
  return new Worker(file, { workerData: setup, execArgv, resourceLimits: { maxYoungGenerationSizeMb: 2 } });
}

interface RunningTask {
  readonly onChunk: (counts: RangeCounts) => void;
  readonly resolve: (isFinished: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Something that copies one range at a time. */
interface Copier {
  copy(task: RangeTask, onChunk: (counts: RangeCounts) => void): Promise<boolean>;
  stop(how: 'soft' | 'hard'): void;
  close(): Promise<void>;
}

/** Copies on the main thread, which has nothing else to do and whose memory is there already. */
class MainThreadCopier implements Copier {
  readonly #copier: RangeCopier;
  #onChunk: (counts: RangeCounts) => void = () => undefined;

  constructor(setup: WorkerSetup, onEvent: RunEventListener) {
    this.#copier = new RangeCopier(setup, (reply) => {
      if (reply.kind === 'chunk') this.#onChunk(reply.counts);
      else if (reply.kind === 'retrying') onEvent(reply);
    });
  }

  copy(task: RangeTask, onChunk: (counts: RangeCounts) => void): Promise<boolean> {
    this.#onChunk = onChunk;
    return this.#copier.copy(task);
  }

  stop(how: 'soft' | 'hard'): void {
    this.#copier.stop(how);
  }

  close(): Promise<void> {
    return this.#copier.close();
  }
}

/** A range that nobody finished must not look like one that a person stopped. */
const endedByItself = (): DocrowError => new DocrowError('internal', 'A worker thread ended by itself');

/** Copies on a thread of its own. */
class WorkerThread implements Copier {
  readonly #worker: Worker;
  #task: RunningTask | undefined;
  #isClosing = false;

  constructor(setup: WorkerSetup, onEvent: RunEventListener) {
    this.#worker = startThread(setup);
    this.#worker.on('message', (reply: WorkerReply) => {
      if (reply.kind === 'chunk') this.#task?.onChunk(reply.counts);
      else if (reply.kind === 'retrying') onEvent(reply);
      else if (reply.kind === 'done') this.#end((task) => task.resolve(reply.isFinished));
      else this.#end((task) => task.reject(fromSentError(reply.error)));
    });
    this.#worker.on('error', (error) => this.#end((task) => task.reject(toDocrowError(error))));
    this.#worker.on('exit', () =>
      this.#end((task) => (this.#isClosing ? task.resolve(false) : task.reject(endedByItself()))),
    );
  }

  copy(task: RangeTask, onChunk: (counts: RangeCounts) => void): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#task = { onChunk, resolve, reject };
      this.#send({ kind: 'copy', task });
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

  #send(request: WorkerRequest): void {
    this.#worker.postMessage(request);
  }

  #end(tell: (task: RunningTask) => void): void {
    const task = this.#task;
    this.#task = undefined;
    if (task !== undefined) tell(task);
  }
}

/** Copies on the main thread and on further threads, each over a source and a target connection of its own. */
export class WorkerPool implements RangeWorkers {
  readonly count: number;
  readonly #setup: WorkerSetup;
  readonly #onEvent: RunEventListener;
  readonly #idle: Copier[] = [];
  readonly #all: Copier[] = [];

  constructor(count: number, setup: WorkerSetup, onEvent: RunEventListener) {
    this.count = count;
    this.#setup = setup;
    this.#onEvent = onEvent;
  }

  async copyRange(task: RangeTask, onChunk: (counts: RangeCounts) => void): Promise<boolean> {
    const copier = this.#idle.pop() ?? this.#start();
    try {
      return await copier.copy(task, onChunk);
    } finally {
      this.#idle.push(copier);
    }
  }

  /** Lets the copiers stop after their chunk, or at once. */
  stop(how: 'soft' | 'hard'): void {
    for (const copier of this.#all) copier.stop(how);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((copier) => copier.close()));
  }

  /** Threads are started when they are needed. */
  #start(): Copier {
    const make = this.#all.length === 0 ? MainThreadCopier : WorkerThread;
    const copier = new make(this.#setup, this.#onEvent);
    this.#all.push(copier);
    return copier;
  }
}
