import { type LossSet, loss, sizeOf } from './loss-kind.ts';
import type { LossPath } from './loss-path.ts';

/** Takes the losses of one document, each path as often as it comes up. */
export interface LossSink {
  add(path: LossPath, losses: LossSet): void;
}

/** Keeps the losses of one document by path. */
export class LossMap implements LossSink {
  readonly byPath = new Map<LossPath, LossSet>();

  add(path: LossPath, losses: LossSet): void {
    if (losses !== 0) this.byPath.set(path, (this.byPath.get(path) ?? 0) | losses);
  }

  clear(): void {
    if (this.byPath.size > 0) this.byPath.clear();
  }
}

/** One of several places that hold what stands under a path: a column, the rest column, a child table. */
export interface Keeper {
  readonly base: LossPath;
  /** What this place loses at `base` and below. */
  readonly losses: LossMap;
  /** What it loses of everything at `base` and below alike, such as a column that holds a hash only. */
  readonly ofAll: LossSet;
}

/**
 * Of a value that is kept in several places only that is lost which is lost in all of them; of two places that both
 * lose something the one that loses fewer kinds counts.
 */
export function addLeastLosses(keepers: readonly Keeper[], sink: LossSink): void {
  const paths = new Set<LossPath>();
  for (const { base, losses, ofAll } of keepers) {
    if (ofAll !== 0) paths.add(base);
    for (const path of losses.byPath.keys()) paths.add(path);
  }
  for (const path of paths) {
    let least: LossSet | undefined;
    for (const { base, losses, ofAll } of keepers) {
      if (!base.covers(path) && !losses.byPath.has(path)) continue;
      const here = (losses.byPath.get(path) ?? 0) | ofAll | lostAbove(losses, base, path);
      if (least === undefined || sizeOf(here) < sizeOf(least)) least = here;
    }
    if (least !== undefined) sink.add(path, least);
  }
}

/** Of what is lost by these nothing inside is left either. */
const ofWhole: LossSet =
  loss('computed') | loss('hashed') | loss('mismatch-null') | loss('other-path') | loss('unmapped');

function lostAbove(losses: LossMap, base: LossPath, path: LossPath): LossSet {
  let lost = 0;
  for (let above = path.parent; above !== undefined && base.covers(above); above = above.parent) {
    lost |= (losses.byPath.get(above) ?? 0) & ofWhole;
  }
  return lost;
}
