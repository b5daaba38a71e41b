import { rotate } from '../rotate.ts';
import { type BacklogName, backlogs, mostRounds } from './backlogs.ts';
import type { SyncBench } from './sync-bench.ts';
import type { BacklogSamples, SyncSample } from './sync-samples.ts';

/**
 * Makes each backlog and applies it, once per round and in turn; in the last round both sides are compared after each.
 * @throws Error when they differ, or another number of events was applied than was made
 */
export async function measureBacklogs(
  bench: SyncBench,
  rounds: number,
): Promise<{ readonly backlogs: readonly BacklogSamples[]; readonly idle: readonly SyncSample[] }> {
  const { seed, signal, onNote } = bench.parts;
  const samples = new Map<BacklogName, SyncSample[]>(backlogs.map(({ name }) => [name, []]));
  const idle: SyncSample[] = [];
  const count = Math.min(rounds, mostRounds);
  await bench.syncOnce();
  for (let round = 0; round < count; round += 1) {
    idle.push(await bench.syncOnce());
    for (const { name, collection, events, operation } of rotate(backlogs, round)) {
      signal.throwIfAborted();
      await bench.write(collection, events, (index) => operation(seed, round, index));
      const sample = await bench.syncOnce();
      if (sample.events !== events)
        throw new Error(`${name}: ${sample.events} events where ${events} were made`);
      samples.get(name)!.push(sample);
      onNote(`sync: round ${round + 1} of ${count}, ${name} ${describe(sample)}`);
      if (round === count - 1) await bench.requireMatch(name);
    }
  }
  return {
    idle,
    backlogs: backlogs.map(({ name, what, collection, events }) => ({
      ...{ name, what, collection, events },
      samples: samples.get(name)!,
    })),
  };
}

const describe = ({ seconds, events, cpuSeconds, peakMebibytes }: SyncSample): string =>
  `${seconds.toFixed(2)} s, ${Math.round(events / seconds)} events/s, CPU ${cpuSeconds.toFixed(2)} s, peak ${Math.round(peakMebibytes)} MiB`;
