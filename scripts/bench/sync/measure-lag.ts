import { fileURLToPath } from 'node:url';
import { runProcess } from '../run-process.ts';
import { databaseName } from '../write-dump-file.ts';
import { lagSeconds, paces } from './lag-paces.ts';
import { ProbeWatch } from './probe-watch.ts';
import type { SyncBench } from './sync-bench.ts';
import type { LagSample } from './sync-samples.ts';
import type { SteadyWrites } from './write-steadily.ts';

const startTimeoutMs = 30_000;
const endTimeoutMs = 120_000;
const tsx = import.meta.resolve('tsx');
const writer = fileURLToPath(new URL('./write-steadily.ts', import.meta.url));

/** Follows at each pace what a program of its own writes, and times documents from their write to their row. */
export async function measureLag(bench: SyncBench): Promise<readonly LagSample[]> {
  const { postgres, onNote } = bench.parts;
  const watch = await ProbeWatch.open(postgres.uri);
  const samples: LagSample[] = [];
  let probes = 0;
  try {
    for (const pace of paces) {
      const { sample, acknowledged } = await followWriter(bench, watch, pace, probes);
      probes += 1 + acknowledged;
      samples.push(sample);
      const slowest = Math.max(...sample.seconds).toFixed(2);
      onNote(`sync: ${pace} changes/s wanted, ${Math.round(sample.made)} made, ${slowest} s behind at most`);
      await bench.syncOnce();
      await bench.requireMatch(`following ${pace} changes/s`);
    }
  } finally {
    await watch.close();
  }
  return samples;
}

async function followWriter(bench: SyncBench, watch: ProbeWatch, pace: number, probes: number) {
  const { server, seed, signal } = bench.parts;
  const end = new AbortController();
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  const following = bench.follow(end.signal);
  following.catch((error) => failed.abort(error));
  try {
    await bench.collection('probes').insertOne({ _id: probes as never });
    await watch.until((seen) => seen.has(probes), startTimeoutMs, both);
    const args = [databaseName, pace, lagSeconds, seed, probes + 1].map(String);
    const writing = runProcess(process.execPath, ['--import', tsx, writer, ...args], {
      env: { ...process.env, SOURCE: server.uri },
      signal: both,
    });
    let written: SteadyWrites | undefined;
    const parsed = writing.then(({ output }) => {
      written = JSON.parse(output) as SteadyWrites;
    });
    parsed.catch((error) => failed.abort(error));
    const isDone = (seen: ReadonlyMap<number, number>): boolean =>
      written !== undefined && seen.has(probes + written.acknowledged.length);
    const seen = await watch.until(isDone, lagSeconds * 1000 + endTimeoutMs, both);
    const { acknowledged, changes, seconds: took } = written!;
    const lags = acknowledged.map((at, index) => Math.max(0, seen.get(probes + 1 + index)! - at) / 1000);
    const sample: LagSample = { wanted: pace, made: changes / took, seconds: lags };
    return { sample, acknowledged: acknowledged.length };
  } finally {
    end.abort();
    await following.catch(() => undefined);
  }
}
