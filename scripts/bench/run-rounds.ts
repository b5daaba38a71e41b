import { type Loader, type LoaderName, type LoadSample, leavesRows } from './load-sample.ts';
import { rotate } from './rotate.ts';
import type { ScratchPostgres } from './scratch-postgres.ts';
import type { Shape } from './shapes.ts';

export interface RoundParts {
  readonly postgres: ScratchPostgres;
  readonly shape: Shape;
  readonly documents: number;
  /** That have to be in all tables together after a load. */
  readonly rows: number;
  readonly signal: AbortSignal;
  /** Tells a person who waits what is going on. */
  readonly onNote: (text: string) => void;
}

/**
 * Runs every load once per round, each into an empty database with nothing pending.
 * @throws Error when a load leaves another number of rows than the documents have
 */
export async function runRounds(
  { postgres, shape, documents, rows, signal, onNote }: RoundParts,
  loaders: ReadonlyMap<LoaderName, Loader>,
  rounds: number,
): Promise<Readonly<Partial<Record<LoaderName, readonly LoadSample[]>>>> {
  const samples: Partial<Record<LoaderName, LoadSample[]>> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, load] of rotate([...loaders], round)) {
      signal.throwIfAborted();
      await postgres.reset(shape.tables);
      const sample = await load();
      const loaded = leavesRows(name) ? await postgres.countRows(shape.tables) : rows;
      if (loaded !== rows) throw new Error(`${name} loaded ${loaded} rows where the documents have ${rows}`);
      const list = samples[name] ?? [];
      list.push(sample);
      samples[name] = list;
      onNote(`${shape.name}: round ${round + 1} of ${rounds}, ${name} ${describe(sample, documents)}`);
    }
  }
  await postgres.reset(shape.tables);
  return samples;
}

function describe(sample: LoadSample, documents: number): string {
  const parts = [`${sample.seconds.toFixed(2)} s`, `${Math.round(documents / sample.seconds)} docs/s`];
  const add = (label: string, value: number | undefined, unit = 's'): void => {
    if (value !== undefined) parts.push(`${label} ${value.toFixed(2)} ${unit}`);
  };
  add('rows', sample.loadSeconds);
  add('indexes', sample.indexSeconds);
  add('first batch after', sample.firstBatchSeconds);
  add('export', sample.exportSeconds);
  add('CPU', sample.cpuSeconds);
  add('peak', sample.peakMebibytes, 'MiB');
  return parts.join(', ');
}
