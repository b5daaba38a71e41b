import { requireCollections } from '../changes/resync/resync.ts';
import type { RunRecord } from '../checkpoint/checkpoint-store.ts';
import type { Settings } from '../config/settings.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { type DocumentSource, isSameSource, type SourceRange } from '../source/document-source.ts';
import type { Project } from './open-project.ts';
import type { OpenTarget } from './open-target.ts';
import { requireRunSource } from './require-run-source.ts';
import { workerCount } from './worker-count.ts';

/**
 * The run as one of this source, which may be a newer dump of the run's database, or its server: everything is going to be
 * compared with it. From here on the run belongs to it.
 * @throws DocrowError `source-changed` for another database, or when not all collections are compared; `source-not-found`
 * when a collection is not there
 */
export async function runOfSource(
  source: DocumentSource,
  { store, syncStore, uri }: Pick<OpenTarget, 'store' | 'syncStore' | 'uri'>,
  run: RunRecord,
  { mapping: { collections } }: Project,
  { workers }: Pick<Settings, 'workers'>,
): Promise<RunRecord> {
  const identity = await source.identity();
  if (isSameSource(identity, run.identity)) return run;
  if (identity.database !== run.identity.database) await requireRunSource(source, run);
  const names = new Set(collections.map(({ collection }) => collection));
  const others = (await store.collections(run.runId)).filter(({ collection }) => !names.has(collection));
  if (others.length > 0) {
    const left = others.map(({ collection }) => collection).join(', ');
    throw new DocrowError(
      'source-changed',
      `This is another source than the run’s, and not all collections of the run are compared with it: ${left}`,
    ).advising('Leave out --only, and keep the mappings of all collections that were loaded');
  }
  await requireCollections(source, collections);
  const ranges = new Map<string, readonly SourceRange[]>();
  for (const { collection } of collections) {
    ranges.set(collection, await source.planRanges(collection, workerCount(workers, uri)));
  }
  await syncStore.adoptSource(run, identity, ranges);
  return { ...run, identity };
}
