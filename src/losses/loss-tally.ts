import { bsonType } from '../bson/bson-type.ts';
import { createFoundField, findField } from '../bson/find-field.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import { type DeclaredLoss, kindsIn, type LossKind, loss } from './loss-kind.ts';
import { type LossPath, rootLossPath } from './loss-path.ts';
import { LossMap, type LossSink } from './loss-sink.ts';
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
  readonly #counts = new Map<LossPath, Map<number, number>>();

  /** @param options `hasMadeIds`: the source makes an `_id` (`<collection>#<n>`) for documents without one */
  constructor(mapping: CollectionMapping, { hasMadeIds = false }: { readonly hasMadeIds?: boolean } = {}) {
    const root = rootLossPath();
    this.#tables = new TableLosses(mapping, mapping.tables[0]!, root);
    this.#idPath = root.child('_id');
    this.#madeId = hasMadeIds ? Buffer.from(`${mapping.collection}#`) : undefined;
  }

  /** Counts the losses of the document at `start`. */
  count(bytes: Buffer, view: DataView, start: number): void {
    this.#find(bytes, view, start);
    for (const [path, losses] of this.#document.byPath) {
      let counts = this.#counts.get(path);
      if (counts === undefined) {
        counts = new Map();
        this.#counts.set(path, counts);
      }
      counts.set(losses, (counts.get(losses) ?? 0) + 1);
    }
  }

  /** The losses of one document, without counting it. */
  lossesOf(bytes: Buffer, view: DataView, start: number): readonly DocumentLoss[] {
    this.#find(bytes, view, start);
    return [...this.#document.byPath].flatMap(([path, losses]) =>
      kindsIn(losses).map((kind) => ({ path: path.text, kind })),
    );
  }

  /** What was counted, by path and kind. */
  declaredLosses(): readonly DeclaredLoss[] {
    return [...this.#counts]
      .flatMap(([path, counts]) => {
        const documents = new Map<LossKind, number>();
        for (const [losses, count] of counts) {
          for (const kind of kindsIn(losses)) documents.set(kind, (documents.get(kind) ?? 0) + count);
        }
        return [...documents].map(([kind, count]) => ({ path: path.text, kind, documents: count }));
      })
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.kind < b.kind ? -1 : 1));
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
