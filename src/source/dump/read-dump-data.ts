import { DocrowError } from '../../errors/docrow-error.ts';
import { decodeCountPosition } from '../count-position.ts';
import type { DocumentBatch, ReadOptions, SourceRange } from '../document-source.ts';
import { ArchiveScanner } from './archive-scanner.ts';
import { BsonScanner } from './bson-scanner.ts';
import type { DumpCollection } from './dump-collection.ts';
import { openByteStream } from './open-byte-stream.ts';
import { readDocuments } from './read-documents.ts';

/**
 * Reads the documents of a collection in the order in which they are stored. In a .bson file that is not packed,
 * bounds and positions are byte offsets; elsewhere there is one range, a position is the number of documents that
 * are done, and a resumed read passes over them.
 * @throws DocrowError `source-corrupt`, `source-not-found`, `interrupted`
 */
export async function* readDumpData(
  collection: DumpCollection,
  range: SourceRange,
  options: ReadOptions,
): AsyncGenerator<DocumentBatch> {
  const { data, database, name } = collection;
  if (data === undefined) throw absentDataError(collection);
  const { path, packing } = data;
  const { signal } = options;
  const after = options.after === undefined ? undefined : decodeCountPosition(options.after);
  if (data.form === 'bson' && packing === 'plain') {
    const start = after ?? (range.lower === undefined ? 0 : decodeCountPosition(range.lower));
    const end = range.upper === undefined ? undefined : decodeCountPosition(range.upper);
    const stream = await openByteStream(path, packing, start, end);
    const countBefore = (): Promise<number> => countDocumentsUntil(path, start);
    const readOptions = {
      path,
      startOffset: start,
      positions: 'offset',
      skip: 0,
      signal,
      countBefore,
    } as const;
    yield* readDocuments(stream, new BsonScanner(), readOptions);
    return;
  }
  const skip = after ?? 0;
  if (data.form === 'bson') {
    const readOptions = { path, startOffset: 0, positions: 'count', skip, signal } as const;
    yield* readDocuments(await openByteStream(path, packing), new BsonScanner(), readOptions);
    return;
  }
  const stream = await openByteStream(path, packing, data.bodyOffset);
  const readOptions = { path, startOffset: data.bodyOffset, positions: 'count', skip, signal } as const;
  // mongodump writes the documents of a view only with --viewsAsCollections, which nothing else tells.
  const scanner = new ArchiveScanner(database, name, collection.kind === 'view');
  yield* readDocuments(stream, scanner, readOptions);
  if (!scanner.seen) throw absentDataError(collection);
}

/** Documents of a .bson file before an offset at which one begins. */
async function countDocumentsUntil(path: string, end: number): Promise<number> {
  if (end === 0) return 0;
  const options = { path, startOffset: 0, positions: 'offset', skip: 0, signal: undefined } as const;
  let count = 0;
  for await (const batch of readDocuments(
    await openByteStream(path, 'plain', 0, end),
    new BsonScanner(),
    options,
  )) {
    count += batch.count;
    batch.release();
  }
  return count;
}

function absentDataError({ name, kind }: DumpCollection): DocrowError {
  const what = kind === 'view' ? 'view' : kind === 'timeseries' ? 'time-series collection' : 'collection';
  const message = `The dump does not hold the documents of the ${what} ${JSON.stringify(name)}`;
  return new DocrowError('source-not-found', message, { collection: name, kind });
}
