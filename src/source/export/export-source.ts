import { DocrowError } from '../../errors/docrow-error.ts';
import { emptyDescription } from '../collection-description.ts';
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
import { collectionKind } from '../dump/dump-collection.ts';
import { dumpFingerprint } from '../dump/dump-fingerprint.ts';
import { findByIds } from '../dump/find-by-ids.ts';
import type { ExportFile } from './export-file.ts';
import { readExportData } from './read-export-data.ts';
import { splitExport } from './split-export.ts';

const everything: SourceRange = { lower: undefined, upper: undefined };

/** Smaller files are read in a moment. */
const splitBytes = 2 * 1024 * 1024;

/** Files that mongoexport wrote, or something like it: one for each collection. */
export class ExportSource implements DocumentSource {
  readonly #database: string;
  readonly #files: ReadonlyMap<string, ExportFile>;
  readonly #notices: readonly string[];

  constructor(database: string, files: readonly ExportFile[], notices: readonly string[]) {
    this.#database = database;
    this.#files = new Map(files.map((file) => [file.collection, file]));
    this.#notices = notices;
  }

  notices(): readonly string[] {
    return this.#notices;
  }

  async identity(): Promise<SourceIdentity> {
    const files = [...this.#files.values()].map((file) => ({ name: file.collection, data: file }));
    return { kind: 'export', database: this.#database, fingerprint: await dumpFingerprint(files) };
  }

  async listCollections(): Promise<readonly SourceCollection[]> {
    return [...this.#files.values()].map(({ collection, packing, fileBytes, sample }) => {
      const { documents, textBytes } = sample;
      const isKnown = packing === 'plain' && (documents > 0 || fileBytes === 0);
      return {
        name: collection,
        kind: collectionKind(collection, '', false),
        estimatedDocuments: isKnown
          ? Math.round((fileBytes / Math.max(1, textBytes)) * documents)
          : undefined,
        estimatedBytes: packing === 'plain' ? fileBytes : undefined,
      };
    });
  }

  async describeCollection(collection: string): Promise<CollectionDescription> {
    this.#find(collection);
    return emptyDescription;
  }

  async changePosition(): Promise<ChangePosition> {
    return { kind: 'none', reason: 'An export does not change' };
  }

  async planRanges(collection: string, wanted: number): Promise<readonly SourceRange[]> {
    const { path, packing, fileBytes, sample } = this.#find(collection);
    // Where documents get their `_id` from their number, each range would have to count those before it.
    const canSplit = packing === 'plain' && sample.form === 'sequence' && !sample.madeIds;
    if (wanted <= 1 || !canSplit || fileBytes < splitBytes) return [everything];
    return splitExport(path, fileBytes, wanted);
  }

  readRange(collection: string, range: SourceRange, options: ReadOptions = {}): AsyncIterable<DocumentBatch> {
    return readExportData(this.#find(collection), range, options);
  }

  readByIds(collection: string, ids: readonly Uint8Array[]): AsyncIterable<DocumentBatch> {
    return findByIds(this.readRange(collection, everything), ids);
  }

  countDocuments(collection: string, range: SourceRange): Promise<number> {
    return countByReading(this.readRange(collection, range));
  }

  describePosition(position: Uint8Array): string {
    const packings = new Set([...this.#files.values()].map(({ packing }) => packing));
    const unit = packings.size > 1 ? 'byte or document' : packings.has('plain') ? 'byte' : 'document';
    return `${unit} ${decodeCountPosition(position)}`;
  }

  async close(): Promise<void> {}

  #find(name: string): ExportFile {
    const file = this.#files.get(name);
    if (file !== undefined) return file;
    const message = `The export holds no collection ${JSON.stringify(name)}`;
    throw new DocrowError('source-not-found', message, { collection: name });
  }
}
