import type { Adjustment } from '../encoding/adjustment-log.ts';
import type { CollectionEncoder, EncodeOutcome } from '../encoding/compile-collection.ts';
import type { PlannedCollection } from '../report/plan-report.ts';

type Rejections = PlannedCollection['rejections'];

/** Adds up what would become of documents. */
export class PlanTally {
  loaded = 0;
  filtered = 0;
  rejected = 0;
  /** BSON bytes of all of them. */
  bytes = 0;
  readonly #rejections = new Map<string, { readonly group: Rejections[number]; documents: number }>();
  /** The encoder has one object for each adjustment, whatever the document. */
  readonly #adjustments = new Map<Adjustment, number>();

  get read(): number {
    return this.loaded + this.filtered + this.rejected;
  }

  /** Counts a document that the encoder has just seen. */
  count(outcome: EncodeOutcome, encoder: CollectionEncoder, bytes: number): void {
    this.bytes += bytes;
    if (outcome === 'filtered') this.filtered++;
    else if (outcome === 'rejected') this.#reject(encoder.rejection!);
    else {
      this.loaded++;
      for (const adjustment of encoder.adjustments) {
        this.#adjustments.set(adjustment, (this.#adjustments.get(adjustment) ?? 0) + 1);
      }
    }
  }

  /** Groups of one code and path, the largest first. */
  rejections(): Rejections {
    return [...this.#rejections.values()]
      .map(({ group, documents }) => ({ ...group, documents }))
      .sort((a, b) => b.documents - a.documents || (a.path < b.path ? -1 : 1));
  }

  adjustments(): readonly (Adjustment & { readonly documents: number })[] {
    const place = ({ table, column, kind, path = '' }: Adjustment): string =>
      [table, column, kind, path].join();
    return [...this.#adjustments]
      .map(([adjustment, documents]) => ({ ...adjustment, documents }))
      .sort((a, b) => (place(a) < place(b) ? -1 : 1));
  }

  #reject({ code, path, reason }: NonNullable<CollectionEncoder['rejection']>): void {
    this.rejected++;
    // Array positions differ from document to document: tags.0 and tags.3 are one path in a summary.
    const place = path.replace(/\.\d+/g, '');
    const key = JSON.stringify([code, place]);
    const known = this.#rejections.get(key);
    if (known !== undefined) known.documents++;
    else this.#rejections.set(key, { group: { code, path: place, reason, documents: 0 }, documents: 1 });
  }
}
