import { bsonType } from '../bson/bson-type.ts';
import { createFoundField, findField } from '../bson/find-field.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import { LossCounts } from './loss-counts.ts';
import { type DeclaredLoss, kindsIn, type LossKind, type LossSet, loss } from './loss-kind.ts';
import { type LossPath, rootLossPath } from './loss-path.ts';
import { LossMap, type LossSink } from './loss-sink.ts';
import { keysOf, type StarredPath, StarredPaths } from './starred-paths.ts';
import { TableLosses } from './table-losses.ts';

const idKey = Buffer.from('_id');

/** One loss of one document. */
export interface DocumentLoss {
  readonly path: string;
  readonly kind: LossKind;
}

/**
 * Finds what a collection's mapping loses of documents, and counts it. A value is lost when it cannot be read back from
 * the tables byte by byte, by the mapping alone; docs/losses.md says what each column reads back as.
 *
 * Only documents that are loaded may be shown to it: of one that is set aside nothing is lost.
 */
export class LossTally {
  readonly #tables: TableLosses;
  readonly #document = new LossMap();
  readonly #sink: LossSink = {
    add: (path, losses) => this.#document.add(path.shown, losses),
  };
  readonly #idPath: LossPath;
  readonly #madeId: Buffer | undefined;
  readonly #found = createFoundField();
  readonly #starred = new StarredPaths();
  readonly #starredOfDocument = new Map<StarredPath, LossSet>();
  readonly #counts = new LossCounts<LossPath>();
  readonly #starredCounts = new LossCounts<StarredPath>();
  #documents = 0;

  /**
   * @param options `hasMadeIds`: the source makes an `_id` (`<collection>#<n>`) for documents without one;
   *   `isExact`: every path is told apart, however many there are, which is for one document alone
   */
  constructor(
    mapping: CollectionMapping,
    {
      hasMadeIds = false,
      isExact = false,
    }: { readonly hasMadeIds?: boolean; readonly isExact?: boolean } = {},
  ) {
    const all = Number.POSITIVE_INFINITY;
    const root = rootLossPath(isExact ? { paths: all, keys: all } : undefined);
    this.#tables = new TableLosses(mapping, mapping.tables[0]!, root);
    this.#idPath = root.child('_id');
    this.#madeId = hasMadeIds ? Buffer.from(`${mapping.collection}#`) : undefined;
  }

  /** Counts the losses of the document at `start`. */
  count(bytes: Buffer, view: DataView, start: number): void {
    this.#find(bytes, view, start);
    this.#documents++;
    this.#starredOfDocument.clear();
    for (const [path, losses] of this.#document.byPath) {
      this.#counts.add(path, losses);
      for (const starred of this.#starred.of(path)) {
        this.#starredOfDocument.set(starred, (this.#starredOfDocument.get(starred) ?? 0) | losses);
      }
    }
    for (const [starred, losses] of this.#starredOfDocument) this.#starredCounts.add(starred, losses);
  }

  /** The losses of one document, without counting it. */
  lossesOf(bytes: Buffer, view: DataView, start: number): readonly DocumentLoss[] {
    this.#find(bytes, view, start);
    return [...this.#document.byPath].flatMap(([path, losses]) =>
      kindsIn(losses).map((kind) => ({ path: path.text, kind })),
    );
  }

  /**
   * What was counted, by path and kind. The keys of a map are told as one, `*`; of a map in a map documents may have
   * been counted several times then.
   * @param isMap whether the keys of the object at a path, given as keys, are data
   */
  declaredLosses(isMap: (keys: readonly string[]) => boolean = () => false): readonly DeclaredLoss[] {
    const folded = new Map<string, Set<ReadonlyMap<LossKind, number>>>();
    const starredDocuments = new Map<StarredPath, ReadonlyMap<LossKind, number>>();
    for (const path of this.#counts.places()) {
      const keys = keysOf(path);
      const starred = this.#starred.of(path);
      const stars = starred.flatMap((_, at) => (isMap(keys.slice(0, at)) ? [at] : []));
      const [first] = stars;
      const text =
        first === undefined ? path.text : keys.map((key, at) => (stars.includes(at) ? '*' : key)).join('.');
      const counts = folded.get(text) ?? new Set();
      folded.set(text, counts);
      if (first === undefined) counts.add(this.#counts.documents(path));
      else {
        const one = starred[first]!;
        const documents = starredDocuments.get(one) ?? this.#starredCounts.documents(one);
        starredDocuments.set(one, documents);
        counts.add(documents);
      }
    }
    return [...folded]
      .flatMap(([path, counts]) => this.#sum(counts).map(([kind, documents]) => ({ path, kind, documents })))
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.kind < b.kind ? -1 : 1));
  }

  #sum(counts: Iterable<ReadonlyMap<LossKind, number>>): readonly (readonly [LossKind, number])[] {
    const sums = new Map<LossKind, number>();
    for (const documents of counts) {
      for (const [kind, count] of documents) sums.set(kind, (sums.get(kind) ?? 0) + count);
    }
    return [...sums].map(([kind, count]) => [kind, Math.min(count, this.#documents)]);
  }

  #find(bytes: Buffer, view: DataView, start: number): void {
    this.#document.clear();
    try {
      this.#tables.find(bsonType.document, bytes, view, start, this.#sink);
      if (this.#hasMadeId(bytes, view, start)) this.#document.add(this.#idPath, loss('filled-in'));
    } catch (error) {
      // Damage inside of what no column takes does not keep a document from being loaded.
      if (!(error instanceof DocrowError) || error.code !== 'document-corrupt') throw error;
    }
  }

  #hasMadeId(bytes: Buffer, view: DataView, start: number): boolean {
    const prefix = this.#madeId;
    const found = this.#found;
    if (prefix === undefined || !findField(bytes, view, start, idKey, found)) return false;
    if (found.type !== bsonType.string) return false;
    const text = bytes.subarray(found.at + 4, found.end - 1);
    return (
      text.subarray(0, prefix.length).equals(prefix) && /^\d+$/.test(text.toString('latin1', prefix.length))
    );
  }
}
