import { DocrowError } from '../../errors/docrow-error.ts';
import { countByReading } from '../count-by-reading.ts';
import { decodeCountPosition } from '../count-position.ts';
import type {
  ChangePosition,
  CollectionDescription,
  DocumentBatch,
  DocumentSource,
  ReadOptions,
  SourceCollection,
  SourceIdentity,
  SourceRange,
} from '../document-source.ts';
import { describeMetadata } from './describe-metadata.ts';
import type { DumpCollection, DumpData } from './dump-collection.ts';
import { dumpFingerprint } from './dump-fingerprint.ts';
import { estimateDocuments } from './estimate-documents.ts';
import { findByIds } from './find-by-ids.ts';
import { readDumpData } from './read-dump-data.ts';
import { splitBsonFile } from './split-bson-file.ts';

const everything: SourceRange = { lower: undefined, upper: undefined };

/** One database of a dump made by mongodump: a folder, a file or an archive, packed or not. */
export class DumpSource implements DocumentSource {
  readonly #database: string;
  readonly #collections: ReadonlyMap<string, DumpCollection>;
  readonly #notices: readonly string[];

  /** @param collections those of `database` */
  constructor(database: string, collections: readonly DumpCollection[], notices: readonly string[]) {
    this.#database = database;
    this.#collections = new Map(collections.map((collection) => [collection.name, collection]));
    this.#notices = notices;
  }

  notices(): readonly string[] {
    return this.#notices;
  }

  async identity(): Promise<SourceIdentity> {
    const fingerprint = await dumpFingerprint([...this.#collections.values()]);
    return { kind: 'dump', database: this.#database, fingerprint };
  }

  async listCollections(): Promise<readonly SourceCollection[]> {
    const listed: SourceCollection[] = [];
    for (const collection of this.#collections.values()) {
      const { name, kind } = collection;
      const file = isSeekable(collection) ? collection.data : undefined;
      listed.push({
        name,
        kind,
        estimatedDocuments: file && (await estimateDocuments(file.path, file.fileBytes)),
        estimatedBytes: file?.fileBytes,
      });
    }
    return listed;
  }

  async describeCollection(collection: string): Promise<CollectionDescription> {
    return describeMetadata(this.#find(collection).metadata, collection);
  }

  async changePosition(): Promise<ChangePosition> {
    return { kind: 'none', reason: 'A dump does not change' };
  }

  async planRanges(collection: string, wanted: number): Promise<readonly SourceRange[]> {
    const found = this.#find(collection);
    if (!isSeekable(found)) return [everything];
    return splitBsonFile(found.data.path, found.data.fileBytes, wanted);
  }

  readRange(collection: string, range: SourceRange, options: ReadOptions = {}): AsyncIterable<DocumentBatch> {
    return readDumpData(this.#find(collection), range, options);
  }

  readByIds(collection: string, ids: readonly Uint8Array[]): AsyncIterable<DocumentBatch> {
    return findByIds(this.readRange(collection, everything), ids);
  }

  countDocuments(collection: string, range: SourceRange): Promise<number> {
    return countByReading(this.readRange(collection, range));
  }

  describePosition(position: Uint8Array): string {
    const collections = [...this.#collections.values()];
    const unit = collections.every(isSeekable)
      ? 'byte'
      : collections.some(isSeekable)
        ? 'byte or document'
        : 'document';
    return `${unit} ${decodeCountPosition(position)}`;
  }

  async close(): Promise<void> {}

  #find(name: string): DumpCollection {
    const collection = this.#collections.get(name);
    if (collection !== undefined) return collection;
    const message = `The dump holds no collection ${JSON.stringify(name)}`;
    throw new DocrowError('source-not-found', message, { collection: name });
  }
}

/** Whether reading can begin at any document: then positions are byte offsets, and not numbers of documents. */
function isSeekable(collection: DumpCollection): collection is DumpCollection & { readonly data: DumpData } {
  return collection.data?.form === 'bson' && collection.data.packing === 'plain';
}
