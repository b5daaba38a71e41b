import type { DocumentLoss } from '../../losses/loss-tally.ts';
import type { DeclaredLoss } from '../../report/validation-report.ts';

/** Counts the losses of documents by path and kind. */
export class LossCounts {
  readonly #counts = new Map<string, DocumentLoss & { documents: number }>();

  add(losses: readonly DocumentLoss[]): void {
    for (const { path, kind } of losses) {
      const key = `${path}\0${kind}`;
      const known = this.#counts.get(key);
      if (known === undefined) this.#counts.set(key, { path, kind, documents: 1 });
      else known.documents++;
    }
  }

  /** In the order of paths, then kinds. */
  all(): readonly DeclaredLoss[] {
    return [...this.#counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { path, kind, documents }]) => ({ path, kind, documents }));
  }
}
