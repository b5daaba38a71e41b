import { measureBacklogs } from './measure-backlogs.ts';
import { measureLag } from './measure-lag.ts';
import { measureRefresh } from './measure-refresh.ts';
import { SyncBench, type SyncBenchParts } from './sync-bench.ts';
import { refreshFigure, syncFigure } from './sync-figures.ts';
import type { SyncMeasurements } from './sync-samples.ts';

/** Measures what is wanted of keeping tables in step. */
export async function measureSync(
  parts: SyncBenchParts,
  wanted: ReadonlySet<number>,
  rounds: number,
): Promise<SyncMeasurements> {
  const bench = new SyncBench(parts);
  try {
    parts.onNote('sync: filling the MongoDB server');
    await bench.fill(['nested']);
    const refresh = wanted.has(refreshFigure) ? await measureRefresh(bench, rounds) : undefined;
    if (!wanted.has(syncFigure)) return { backlogs: [], idle: [], lag: [], refresh };
    await bench.fill(['nested', 'orders', 'large']);
    await bench.load();
    const measured = await measureBacklogs(bench, rounds);
    return { ...measured, lag: await measureLag(bench), refresh };
  } finally {
    await bench.close();
  }
}
