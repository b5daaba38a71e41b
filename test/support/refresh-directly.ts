import { serialize } from 'bson';
import { compileCollection } from '../../src/encoding/compile-collection.ts';
import { compileFilter } from '../../src/filtering/compile-filter.ts';
import { describeId } from '../../src/pipeline/describe-rejection.ts';
import { type PlannedDocument, planRefresh } from '../../src/pipeline/refresh/plan-refresh.ts';
import { type BatchOptions, refreshBatch } from '../../src/pipeline/refresh/refresh-batch.ts';
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
import type { RefreshBatch } from '../../src/target/refresh-target.ts';

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
      counts: 'move',
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

/** Documents of several collections, brought in step in one transaction. */
export interface DirectBatch {
  /** BSON documents `{_id: value}` by collection. */
  readonly ids: Readonly<Record<string, readonly Uint8Array[]>>;
  readonly options?: Partial<BatchOptions>;
  /** What becomes of the transaction; by default it is committed. */
  readonly end?: (batch: RefreshBatch) => Promise<void>;
}

const commit = (batch: RefreshBatch): Promise<void> => batch.commit(async () => undefined);

/** Brings documents in step in batches, one after the other on one connection. @returns outcomes by collection */
export const refreshBatchesDirectly = (
  place: RefreshPlace,
  batches: readonly DirectBatch[],
): Promise<readonly Readonly<Record<string, RefreshOutcome>>[]> =>
  withRefreshParts(place, async (partsOf, target) => {
    const done: Record<string, RefreshOutcome>[] = [];
    for (const { ids, options = {}, end = commit } of batches) {
      const batch = await target.beginBatch();
      try {
        const names = Object.keys(ids);
        const works = names.map((name) => ({ parts: { ...partsOf(name), target: batch }, ids: ids[name]! }));
        const outcomes = await refreshBatch(works, {
          onReject: () => 'remove',
          audit: undefined,
          documentsPerTransaction: 5_000,
          counts: 'leave',
          ...options,
        });
        await end(batch);
        done.push(Object.fromEntries(names.map((name, index) => [name, outcomes[index]!])));
      } catch (error) {
        await batch.rollback();
        throw error;
      }
    }
    return done;
  });

/** Opens what bringing documents of a collection in step needs, over the newest run of the target. */
const withRefresh = <T>(
  place: RefreshPlace,
  collection: string,
  work: (parts: RefreshParts) => Promise<T>,
): Promise<T> => withRefreshParts(place, (partsOf) => work(partsOf(collection)));

async function withRefreshParts<T>(
  { uri, dir, source: address }: RefreshPlace,
  work: (partsOf: (collection: string) => RefreshParts, target: PostgresRefreshTarget) => Promise<T>,
): Promise<T> {
  const project = await openProject({ dir, schema: 'public', only: undefined });
  const { transformsOf, allCollections: collections } = project;
  return withSource({ source: address, database: undefined }, (source) =>
    withTarget({ target: uri, schema: 'public', dir }, async ({ store, retryStore }) => {
      const run = await requireRun({ store } as never);
      const target = await PostgresRefreshTarget.open(uri, 'public', collections);
      try {
        const epoch = await retryStore.raiseEpoch(run.runId);
        const partsOf = (collection: string): RefreshParts => {
          const mapping = collections.find((each) => each.collection === collection)!;
          const { where, file } = mapping;
          const encoder = compileCollection({
            mapping,
            runTime: run.runTime,
            transforms: transformsOf(mapping),
            filter: where === undefined ? undefined : compileFilter(where, file),
          });
          return { source, target, store, run, epoch, mapping, collections, transformsOf, encoder };
        };
        return await work(partsOf, target);
      } finally {
        await target.close();
      }
    }),
  );
}
