import { setTimeout as pause } from 'node:timers/promises';
import { DocrowError } from '../errors/docrow-error.ts';

/** How something stood when it was looked at: what was found, and what both sides were. */
export interface Sighting<T> {
  /** Tells it from the others. */
  readonly key: string;
  /** Equal texts mean that neither side changed. */
  readonly sides: string;
  /** Undefined when nothing is wrong. */
  readonly finding: T | undefined;
}

export interface Suspect<T> extends Sighting<T> {
  readonly seenAt: Date;
}

export interface Settled<T> {
  readonly key: string;
  /** What was found at the last look; undefined when nothing is wrong any more. */
  readonly finding: T | undefined;
  /** `moving` when a side changed between the last two looks. */
  readonly state: 'standing' | 'moving';
  /** ISO 8601. */
  readonly firstSeenAt: string;
}

/** Before the second and the third look. */
const settlingPausesMs: readonly number[] = [500, 2_000];

/**
 * Looks again at what differs, while the source is written to: both sides, after a pause. A difference is
 * believed when nothing changed between two looks; one that keeps changing is on its way.
 * @param lookAgain gives a sighting of each that is still there, in any order
 * @param pausesMs before each look; the first counts from the time a suspect was seen
 * @throws DocrowError `interrupted`, and what `lookAgain` throws
 */
export async function settleDifferences<T>(
  suspects: readonly Suspect<T>[],
  lookAgain: (keys: readonly string[]) => Promise<readonly Sighting<T>[]>,
  signal: AbortSignal,
  pausesMs: readonly number[] = settlingPausesMs,
): Promise<readonly Settled<T>[]> {
  const settled: Settled<T>[] = [];
  let open = suspects;
  for (const [attempt, pauseMs] of pausesMs.entries()) {
    if (open.length === 0) break;
    await waitUntil(attempt === 0 ? latest(open) + pauseMs : Date.now() + pauseMs, signal);
    const sightings = await lookAgain(open.map(({ key }) => key));
    const again = new Map(sightings.map((sighting) => [sighting.key, sighting]));
    const isLast = attempt === pausesMs.length - 1;
    const next: Suspect<T>[] = [];
    for (const suspect of open) {
      const now = again.get(suspect.key);
      const { key, seenAt } = suspect;
      const finding = now?.finding;
      const firstSeenAt = seenAt.toISOString();
      const stood = now !== undefined && now.sides === suspect.sides;
      if (finding === undefined || stood) settled.push({ key, finding, state: 'standing', firstSeenAt });
      else if (isLast) settled.push({ key, finding, state: 'moving', firstSeenAt });
      else next.push({ key, seenAt, finding, sides: now?.sides ?? '' });
    }
    open = next;
  }
  return settled;
}

const latest = (suspects: readonly { readonly seenAt: Date }[]): number =>
  suspects.reduce((time, { seenAt }) => Math.max(time, seenAt.getTime()), 0);

async function waitUntil(time: number, signal: AbortSignal): Promise<void> {
  const left = time - Date.now();
  if (left > 0) await pause(left, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) throw new DocrowError('interrupted', 'Looking again at differences was stopped');
}
