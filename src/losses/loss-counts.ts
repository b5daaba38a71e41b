import { kindsIn, type LossKind, type LossSet } from './loss-kind.ts';

/** Documents by what they lose at a place. */
export class LossCounts<P> {
  readonly #counts = new Map<P, Map<LossSet, number>>();

  /** Counts one document. */
  add(place: P, losses: LossSet): void {
    let counts = this.#counts.get(place);
    if (counts === undefined) {
      counts = new Map();
      this.#counts.set(place, counts);
    }
    counts.set(losses, (counts.get(losses) ?? 0) + 1);
  }

  places(): Iterable<P> {
    return this.#counts.keys();
  }

  /** Documents for each kind of loss at a place. */
  documents(place: P): ReadonlyMap<LossKind, number> {
    const documents = new Map<LossKind, number>();
    for (const [losses, count] of this.#counts.get(place) ?? []) {
      for (const kind of kindsIn(losses)) documents.set(kind, (documents.get(kind) ?? 0) + count);
    }
    return documents;
  }
}
