import { serialize } from 'bson';
import { compileCollection } from '../../src/encoding/compile-collection.ts';
import { compileFilter } from '../../src/filtering/compile-filter.ts';
import { describeId } from '../../src/pipeline/describe-rejection.ts';
import { type PlannedDocument, planRefresh } from '../../src/pipeline/refresh/plan-refresh.ts';
import { refreshDocuments } from '../../src/pipeline/refresh/refresh-documents.ts';
import type {
  RefreshOptions,
  RefreshOutcome,
  RefreshParts,
} from '../../src/pipeline/refresh/refresh-parts.ts';
import { openProject } from '../../src/resources/open-project.ts';
import { requireRun, withTarget } from '../../src/resources/open-target.ts';
import { withSource } from '../../src/resources/with-source.ts';
import { PostgresRefreshTarget } from '../../src/target/postgres/refresh/postgres-refresh-target.ts';

/** A project on disk, its source and its target. */
export interface RefreshPlace {
  readonly uri: string;
  readonly dir: string;
  readonly source: string;
}

/** BSON documents `{_id: value}`. */
export const idsOf = (values: readonly unknown[]): Uint8Array[] => values.map((_id) => serialize({ _id }));

/** What became of each document: `_id` as Extended JSON, change, and the code of a rejection. */
export const changesOf = ({ documents }: RefreshOutcome): readonly string[] =>
  documents.map(({ id, change, problem }) =>
    [describeId(id), change, ...(problem === undefined ? [] : [problem.code, problem.path])].join(' '),
  );

/** Brings documents in step within this process. */
export const refreshDirectly = (
  place: RefreshPlace,
  collection: string,
  ids: readonly Uint8Array[],
  options: Partial<RefreshOptions> = {},
): Promise<RefreshOutcome> =>
  withRefresh(place, collection, (parts) =>
    refreshDocuments(parts, ids, {
      onReject: 'remove',
      audit: 'repair',
      documentsPerTransaction: 5_000,
      ...options,
    }),
  );

/** What that would change. */
export const planRefreshDirectly = (
  place: RefreshPlace,
  collection: string,
  ids: readonly Uint8Array[],
): Promise<readonly PlannedDocument[]> =>
  withRefresh(place, collection, async (parts) => {
    const planned: PlannedDocument[] = [];
    for await (const document of planRefresh(parts, ids, 1_000)) planned.push(document);
    return planned;
  });

/** Opens what bringing documents of a collection in step needs, over the newest run of the target. */
async function withRefresh<T>(
  { uri, dir, source: address }: RefreshPlace,
  collection: string,
  work: (parts: RefreshParts) => Promise<T>,
): Promise<T> {
  const project = await openProject({ dir, schema: 'public', only: undefined });
  const mapping = project.allCollections.find((each) => each.collection === collection)!;
  return withSource({ source: address, database: undefined }, (source) =>
    withTarget({ target: uri, schema: 'public', dir }, async ({ store, retryStore }) => {
      const run = await requireRun({ store } as never);
      const target = await PostgresRefreshTarget.open(uri, 'public', project.allCollections);
      const { transformsOf, allCollections: collections } = project;
      const encoder = compileCollection({
        mapping,
        runTime: run.runTime,
        transforms: transformsOf(mapping),
        filter: mapping.where === undefined ? undefined : compileFilter(mapping.where, mapping.file),
      });
      try {
        const epoch = await retryStore.raiseEpoch(run.runId);
        return await work({ source, target, store, run, epoch, mapping, collections, transformsOf, encoder });
      } finally {
        await target.close();
      }
    }),
  );
}
