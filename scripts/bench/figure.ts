import type { LoaderName, LoadSample } from './load-sample.ts';
import type { ShapeName } from './shapes.ts';

/** All that was measured with one shape. The samples of a loader are in the order of the rounds. */
export interface Measurements {
  readonly shape: ShapeName;
  readonly documents: number;
  /** In all tables together. */
  readonly rows: number;
  /** BSON bytes of all documents. */
  readonly bytes: number;
  readonly samples: Readonly<Partial<Record<LoaderName, readonly LoadSample[]>>>;
  /** The same loads with a fifth of the documents, for what should not grow with them. */
  readonly small: Pick<Measurements, 'documents' | 'rows' | 'bytes' | 'samples'> | undefined;
}

export interface Target {
  readonly kind: 'at least' | 'at most';
  readonly value: number;
}

/** One line of the result. */
export interface Figure {
  /** Its number in the table of docs/benchmarks.md. */
  readonly figure: number;
  readonly shape: ShapeName | 'large';
  readonly what: string;
  /** What docrow did, with its unit: documents per second, seconds per GB, MiB. */
  readonly value: number;
  readonly unit: string;
  /** The same of what it is compared with. */
  readonly reference: number | undefined;
  /** The number that the target is about: a ratio of paired rounds, or the value itself. */
  readonly result: number;
  readonly low: number;
  readonly high: number;
  readonly target: Target | undefined;
  readonly verdict: 'ok' | 'below' | 'no target';
}

/** `below` is short of the target, on whichever side that is. */
export function judge(result: number, target: Target | undefined): Figure['verdict'] {
  if (target === undefined) return 'no target';
  const isReached = target.kind === 'at least' ? result >= target.value : result <= target.value;
  return isReached ? 'ok' : 'below';
}
