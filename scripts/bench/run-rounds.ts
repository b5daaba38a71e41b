import type { Loader, LoaderName, LoadSample } from './load-sample.ts';
import { rotate } from './rotate.ts';
import type { ScratchPostgres } from './scratch-postgres.ts';

export interface RoundParts {
  readonly postgres: ScratchPostgres;
  readonly table: string;
  readonly documents: number;
  readonly signal: AbortSignal;
  /** Tells a person who waits what is going on. */
  readonly onNote: (text: string) => void;
}

/**
 * Runs every load once per round, each into an empty database with nothing pending.
 * @throws Error when a load leaves another number of rows than there are documents
 */
export async function runRounds(
  { postgres, table, documents, signal, onNote }: RoundParts,
  loaders: ReadonlyMap<LoaderName, Loader>,
  rounds: number,
): Promise<Readonly<Partial<Record<LoaderName, readonly LoadSample[]>>>> {
  const samples: Partial<Record<LoaderName, LoadSample[]>> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, load] of rotate([...loaders], round)) {
      signal.throwIfAborted();
      await postgres.reset(table);
      const sample = await load();
      const rows = await postgres.countRows(table);
      if (rows !== documents) throw new Error(`${name} loaded ${rows} rows of ${documents} documents`);
      const list = samples[name] ?? [];
      list.push(sample);
      samples[name] = list;
      onNote(`${table}: round ${round + 1} of ${rounds}, ${name} ${describe(sample, documents)}`);
    }
  }
  await postgres.reset(table);
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
