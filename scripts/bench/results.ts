import type { Figure, Measurements } from './figure.ts';
import type { Machine } from './machine.ts';
import type { ScratchPostgres } from './scratch-postgres.ts';
import type { SyncMeasurements } from './sync/sync-samples.ts';

/** Everything that a run has found out. */
export interface BenchResults {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly minutes: number;
  /** As it can be typed again, without a connection. */
  readonly command: string;
  readonly documents: number;
  readonly rounds: number;
  readonly machine: Machine;
  readonly postgres: Pick<ScratchPostgres, 'version' | 'settings' | 'kind'>;
  readonly psql: string | undefined;
  /** The MongoDB server of the live loads. */
  readonly mongo: string | undefined;
  readonly figures: readonly Figure[];
  readonly measurements: readonly Measurements[];
  readonly sync: SyncMeasurements | undefined;
}
