import { bsonType } from '../bson/bson-type.ts';
import { createFoundField, findField } from '../bson/find-field.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionDescription, DocumentBatch, SourceCollection } from '../source/document-source.ts';
import { buildObjectProfile } from './build-profile.ts';
import type { CollectionProfile } from './profile.ts';
import { type ProfileLimits, profileLimits } from './profile-limits.ts';
import { checkStructure } from './scan/check-structure.ts';
import { DocumentScan } from './scan/document-scan.ts';
import { PlaceTree } from './scan/place-tree.ts';
import { settleMaps } from './settle-maps.ts';

/** What is known about a collection besides its documents. */
export interface CollectionFacts {
  readonly description: CollectionDescription;
  readonly isSample?: boolean;
  readonly sampledRanges?: number | undefined;
  readonly skipped?: string | undefined;
  readonly stoppedBy?: DocrowError | undefined;
}

/**
 * Builds the profile of one collection from batches of documents, in one pass over their bytes. It makes no object
 * and no string per value. Its memory is bounded by the limits and by the largest document.
 */
export class CollectionProfiler {
  readonly #collection: SourceCollection;
  readonly #tree: PlaceTree;
  readonly #scan: DocumentScan;
  readonly #idKey = Buffer.from('_id');
  readonly #found = createFoundField();
  readonly #madeIdPrefix: Buffer | undefined;
  #documents = 0;
  #bytes = 0;
  #largest = 0;
  #damaged = 0;
  #depth = 0;
  #missingIds = 0;

  /** @param options `hasMadeIds`: the source makes an `_id` (`<collection>#<n>`) for documents without one */
  constructor(
    collection: SourceCollection,
    options: { readonly hasMadeIds?: boolean; readonly limits?: ProfileLimits } = {},
  ) {
    this.#collection = collection;
    this.#tree = new PlaceTree(options.limits ?? profileLimits);
    this.#scan = new DocumentScan(this.#tree);
    this.#madeIdPrefix = options.hasMadeIds === true ? Buffer.from(`${collection.name}#`) : undefined;
  }

  /** Places that are told apart at the moment, for tests of the bound. */
  get places(): number {
    return this.#tree.places;
  }

  /**
   * Looks at the first `count` documents of a batch. The batch may be released afterwards.
   * @returns their BSON bytes
   */
  add(
    { bytes, view, starts, count: all }: Omit<DocumentBatch, 'positionAfter' | 'release'>,
    count = all,
  ): number {
    let total = 0;
    for (let index = 0; index < count; index++) {
      const start = starts[index] as number;
      const size = view.getInt32(start, true);
      total += size;
      this.#addDocument(bytes, view, start, size);
    }
    return total;
  }

  #addDocument(bytes: Buffer, view: DataView, start: number, size: number): void {
    let depth: number;
    try {
      depth = checkStructure(bytes, view, start);
    } catch (error) {
      if (!(error instanceof DocrowError)) throw error;
      this.#damaged++;
      return;
    }
    this.#documents++;
    this.#bytes += size;
    if (size > this.#largest) this.#largest = size;
    if (depth > this.#depth) this.#depth = depth;
    this.#scan.document(bytes, view, start);
    if (this.#lacksId(bytes, view, start)) this.#missingIds++;
    if (this.#tree.isFull) this.#tree.compact();
  }

  #lacksId(bytes: Buffer, view: DataView, start: number): boolean {
    if (!findField(bytes, view, start, this.#idKey, this.#found)) return true;
    const prefix = this.#madeIdPrefix;
    if (prefix === undefined || this.#found.type !== bsonType.string) return false;
    const { at } = this.#found;
    const end = at + 3 + view.getInt32(at, true);
    const digits = at + 4 + prefix.length;
    if (digits >= end || prefix.compare(bytes, at + 4, digits) !== 0) return false;
    for (let i = digits; i < end; i++) if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false;
    return true;
  }

  /** The profile of everything that was added. To be called once. */
  finish(facts: CollectionFacts): CollectionProfile {
    const { name, kind, estimatedDocuments } = this.#collection;
    const isSample = facts.isSample ?? false;
    settleMaps(this.#tree.root, this.#tree.limits);
    return {
      name,
      kind,
      description: facts.description,
      skipped: facts.skipped,
      stoppedBy: facts.stoppedBy,
      documents: this.#documents,
      bytes: this.#bytes,
      largestDocument: this.#largest,
      isSample,
      estimatedDocuments: isSample ? estimatedDocuments : undefined,
      sampledRanges: facts.sampledRanges,
      damagedDocuments: this.#damaged,
      duplicateKeyDocuments: this.#scan.duplicateKeyDocuments,
      duplicateKeyPath: this.#scan.duplicateKeyPath,
      depth: this.#depth,
      missingIds: this.#missingIds,
      root: buildObjectProfile(this.#tree.root),
    };
  }
}
