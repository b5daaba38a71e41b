import type { CollectionInspection } from '../report/inspect-report.ts';
import { findOddities } from './find-oddities.ts';
import { inspectPlace, placesOf } from './inspect-paths.ts';
import type { CollectionProfile } from './profile.ts';

/** What docrow does with collections of a kind that is not the ordinary one. */
const decisions: Readonly<Record<CollectionProfile['kind'], string | undefined>> = {
  collection: undefined,
  capped: 'capped: migrated like any other; PostgreSQL does not limit its size',
  view: 'a view: what it gives is read as documents',
  timeseries: 'a time series: its measurements are read as documents',
  system: 'of MongoDB itself: not migrated',
};

/** A profile as `inspect` shows it: no values of documents but ranges, lengths and the texts of codes. */
export function inspectCollection(profile: CollectionProfile): CollectionInspection {
  const { name, kind, skipped, documents, bytes, isSample, description, root } = profile;
  return {
    name,
    kind,
    decision: decisions[kind],
    skipped,
    documents,
    bytes,
    averageBytes: documents === 0 ? 0 : Math.round(bytes / documents),
    largestBytes: profile.largestDocument,
    isSample,
    sampledRanges: profile.sampledRanges,
    estimatedDocuments: profile.estimatedDocuments,
    depth: profile.depth,
    idTypes: root.fields.find(({ key }) => key === '_id')?.value.types ?? [],
    ...description,
    paths: [...placesOf(root)].map(inspectPlace),
    oddities: findOddities(profile),
  };
}
