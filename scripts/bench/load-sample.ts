/** What one load has taken. All in seconds unless the name says otherwise. */
export interface LoadSample {
  /** From before the first process was started until the last is gone: table, rows, keys, indexes, statistics. */
  readonly seconds: number;
  /** The same inside the processes, without their start and end, where that can be seen. */
  readonly workSeconds?: number;
  /** Rows alone. */
  readonly loadSeconds?: number;
  /** Keys, indexes and statistics. */
  readonly indexSeconds?: number;
  /** From a live server: how long the first documents took to come. */
  readonly firstBatchSeconds?: number;
  /** Of a chain of programs: what came before its last two steps. */
  readonly exportSeconds?: number;
  /** User and system time of docrow's process. */
  readonly cpuSeconds?: number;
  /** Peak of the resident memory of docrow's process. */
  readonly peakMebibytes?: number;
}

export const loaderNames = [
  'B1',
  'B2',
  'T1',
  'docrow-1',
  'docrow-2',
  'docrow-live',
  'docrow-inspect',
  'find-chain',
  'export-chain',
] as const;

/** See `docs/benchmarks.md` for what each of them is. */
export type LoaderName = (typeof loaderNames)[number];

/** Whether there are rows afterwards: all but `docrow inspect`, which only reads. */
export const leavesRows = (name: LoaderName): boolean => name !== 'docrow-inspect';

/** Loads the tables once, from nothing. */
export type Loader = () => Promise<LoadSample>;
