import { mostRounds, syncCollections } from './backlogs.ts';
import type { SyncBench } from './sync-bench.ts';
import type { RefreshSamples } from './sync-samples.ts';

/** Times a first load, and then looking at all of it again, with nothing to write: by digests, and by events. */
export async function measureRefresh(bench: SyncBench, rounds: number): Promise<RefreshSamples> {
  const { signal, onNote } = bench.parts;
  const load: number[] = [];
  const full: number[] = [];
  const forced: number[] = [];
  const { documents } = syncCollections.nested;
  for (let round = 0; round < Math.min(rounds, mostRounds); round += 1) {
    signal.throwIfAborted();
    load.push(await bench.load());
    full.push((await bench.syncOnce('--full')).seconds);
    await bench.collection('nested').updateMany({}, { $set: { touched: round } });
    const touched = await bench.syncOnce();
    if (touched.events !== documents) throw new Error(`${touched.events} events of ${documents} documents`);
    forced.push(touched.seconds);
    const seconds = [load, full, forced].map((list) => list.at(-1)!.toFixed(2));
    onNote(
      `sync: round ${round + 1}, load ${seconds[0]} s, --full ${seconds[1]} s, all touched ${seconds[2]} s`,
    );
  }
  return { documents, load, full, forced };
}
