import type { RunEvent } from '../../pipeline/run-event.ts';
import { Throughput } from './throughput.ts';

/** Milliseconds of a monotonic clock. */
export type Clock = () => number;

/** Where one collection stands, for display. */
export interface CollectionProgress {
  readonly collection: string;
  readonly estimatedDocuments: number | undefined;
  read: number;
  rejected: number;
  state: 'loading' | 'loaded' | 'stopped';
  readonly startedAt: number;
  readonly throughput: Throughput;
}

/** Adds up a run's events. It knows nothing of how they are shown. */
export class RunBoard {
  readonly #clock: Clock;
  readonly #collections = new Map<string, CollectionProgress>();
  readonly #steps = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(event: RunEvent): void {
    switch (event.kind) {
      case 'collection-planned':
        this.#open(event.collection, event.estimatedDocuments, event.alreadyRead);
        break;
      case 'chunk-committed': {
        const line = this.collection(event.collection);
        line.read += event.read;
        line.rejected += event.rejected;
        line.throughput.add(this.#clock(), event.read, event.bytes);
        break;
      }
      case 'documents-read': {
        const line = this.collection(event.collection);
        line.read += event.read;
        line.throughput.add(this.#clock(), event.read, event.bytes);
        break;
      }
      case 'set-aside':
        this.collection(event.collection).rejected += event.documents;
        break;
      case 'collection-loaded':
      case 'collection-read':
        this.collection(event.collection).state = 'loaded';
        break;
      case 'collection-stopped':
        this.collection(event.collection).state = 'stopped';
        break;
      case 'step-started':
        this.#steps.add(`${event.table}: ${event.step}`);
        break;
      case 'step-finished':
        this.#steps.delete(`${event.table}: ${event.step}`);
        break;
    }
  }

  collection(name: string): CollectionProgress {
    return this.#collections.get(name) ?? this.#open(name, undefined, 0);
  }

  /** Collections that are being loaded and have moved. */
  active(): readonly CollectionProgress[] {
    return [...this.#collections.values()].filter(({ state, read }) => state === 'loading' && read > 0);
  }

  /** Steps after the load that are running: `tasks: primary key`. */
  runningSteps(): readonly string[] {
    return [...this.#steps];
  }

  #open(collection: string, estimatedDocuments: number | undefined, alreadyRead: number): CollectionProgress {
    const startedAt = this.#clock();
    const line: CollectionProgress = {
      collection,
      estimatedDocuments,
      read: alreadyRead,
      rejected: 0,
      state: 'loading',
      startedAt,
      throughput: new Throughput(startedAt),
    };
    this.#collections.set(collection, line);
    return line;
  }
}
