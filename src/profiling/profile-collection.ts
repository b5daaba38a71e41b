import { DocrowError } from '../errors/docrow-error.ts';
import type { RunEventListener } from '../pipeline/run-event.ts';
import type { DocumentSource, SourceCollection, SourceRange } from '../source/document-source.ts';
import { CollectionProfiler } from './collection-profiler.ts';
import type { CollectionProfile } from './profile.ts';

export interface ProfileOptions {
  /** Look at so many documents, from several places where the source can be cut; all when left out. */
  readonly sample?: number | undefined;
  /** Gets `collection-planned`, `documents-read` and `collection-read`. */
  readonly onEvent?: RunEventListener | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The source makes an `_id` for documents without one, as exports do. */
  readonly hasMadeIds?: boolean | undefined;
}

/** A sample is taken from the beginnings of so many ranges, where the source has them. */
const sampledRanges = 16;

/**
 * Looks at the documents of one collection in one reading.
 * @throws DocrowError `interrupted`; what the source throws, but for the damage of a file, which is in `stoppedBy`
 */
export async function profileCollection(
  source: DocumentSource,
  collection: SourceCollection,
  { sample, onEvent = () => undefined, signal, hasMadeIds = false }: ProfileOptions = {},
): Promise<CollectionProfile> {
  const { name, kind, estimatedDocuments } = collection;
  const profiler = new CollectionProfiler(collection, { hasMadeIds });
  const description = await source.describeCollection(name);
  const skipped = kind === 'system' ? 'MongoDB keeps it for itself; it is not migrated' : undefined;
  if (skipped !== undefined) return profiler.finish({ description, skipped });

  const ranges = await source.planRanges(name, sample === undefined ? 1 : Math.min(sampledRanges, sample));
  const expected =
    sample === undefined || estimatedDocuments === undefined
      ? estimatedDocuments
      : Math.min(sample, estimatedDocuments);
  onEvent({
    kind: 'collection-planned',
    collection: name,
    estimatedDocuments: expected,
    ranges: ranges.length,
    alreadyRead: 0,
  });
  let left = sample ?? Number.POSITIVE_INFINITY;
  let isSample = false;
  try {
    for (const [index, range] of ranges.entries()) {
      const quota = Math.ceil(left / (ranges.length - index));
      const { taken, isCut } = await readSome(range, quota);
      left -= taken;
      isSample ||= isCut;
    }
  } catch (error) {
    if (!(error instanceof DocrowError)) throw error;
    if (error.code === 'source-not-found' && (kind === 'view' || kind === 'timeseries')) {
      return profiler.finish({ description, skipped: 'The dump does not hold its documents' });
    }
    if (error.code !== 'source-corrupt') throw error;
    onEvent({ kind: 'collection-stopped', collection: name, code: error.code, message: error.message });
    return profiler.finish({ description, isSample: true, stoppedBy: error });
  }
  onEvent({ kind: 'collection-read', collection: name });
  return profiler.finish({ description, isSample, sampledRanges: isSample ? ranges.length : undefined });

  async function readSome(
    range: SourceRange,
    quota: number,
  ): Promise<{ readonly taken: number; readonly isCut: boolean }> {
    let taken = 0;
    for await (const batch of source.readRange(name, range, { signal })) {
      // Only what comes after the last document wanted says that there is more.
      if (taken === quota) {
        batch.release();
        return { taken, isCut: true };
      }
      const count = Math.min(batch.count, quota - taken);
      const bytes = profiler.add(batch, count);
      const isCut = count < batch.count;
      batch.release();
      taken += count;
      onEvent({ kind: 'documents-read', collection: name, read: count, bytes });
      if (isCut) return { taken, isCut };
    }
    return { taken, isCut: false };
  }
}
