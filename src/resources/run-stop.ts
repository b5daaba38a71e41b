import type { DocrowError } from '../errors/docrow-error.ts';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import type { RunControl } from '../pipeline/use-cases.ts';

/** Joins what may stop a run: the person, by signals, and a failure that concerns all collections. */
export class RunStop {
  readonly #soft = new AbortController();
  readonly #hard: AbortSignal;
  #stop: ((how: 'soft' | 'hard') => void) | undefined;
  failure: DocrowError | undefined;

  constructor({ signal }: RunControl) {
    this.#hard = signal.hard;
    signal.soft.addEventListener('abort', () => this.#ask('soft'));
    signal.hard.addEventListener('abort', () => this.#ask('hard'));
    if (signal.soft.aborted) this.#soft.abort();
  }

  get soft(): AbortSignal {
    return this.#soft.signal;
  }

  whenAsked(stop: (how: 'soft' | 'hard') => void): void {
    this.#stop = stop;
    if (this.#soft.signal.aborted) stop(this.#hard.aborted ? 'hard' : 'soft');
  }

  /** Ends everything at once because of `error`. */
  fail(error: unknown): void {
    this.failure ??= toDocrowError(error);
    this.now();
  }

  now(): void {
    this.#ask('hard');
  }

  #ask(how: 'soft' | 'hard'): void {
    this.#soft.abort();
    this.#stop?.(how);
  }
}
