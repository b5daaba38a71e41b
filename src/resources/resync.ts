import { compareAndRefresh } from '../changes/resync/compare-and-refresh.ts';
import { DeferredDeletes } from '../changes/resync/deferred-deletes.ts';
import { planRecovery, type Recovery, recover } from '../changes/resync/recover.ts';
import type { RepeatedDocuments } from '../changes/resync/repeated-documents.ts';
import { requireCollections, resyncCollections } from '../changes/resync/resync.ts';
import { resyncByCursor } from '../changes/resync/resync-by-cursor.ts';
import type { ResyncParts } from '../changes/resync/resync-parts.ts';
import type { SyncParts } from '../changes/sync-parts.ts';
import type { SyncProgress } from '../changes/sync-progress.ts';
import type { SyncTally } from '../changes/sync-tally.ts';
import type { SyncStop } from '../checkpoint/sync-store.ts';
import type { Settings } from '../config/settings.ts';
import type { SyncOptions } from '../pipeline/use-cases.ts';
import type { FeedPosition } from '../source/change-feed.ts';
import type { SourceAddress } from '../source/document-source.ts';
import { PostgresDigestReader } from '../target/postgres/digest/postgres-digest-reader.ts';
import { PostgresRootRows } from '../target/postgres/postgres-root-rows.ts';
import { DigestPool } from './digest-pool.ts';
import type { Project } from './open-project.ts';
import type { OpenTarget } from './open-target.ts';
import { openedInput } from './range-input.ts';
import { workerAddress } from './worker-address.ts';
import { workerCount } from './worker-count.ts';

/** What is kept of a re-sync while connections come and go. */
export interface ResyncState {
  readonly tally: SyncTally;
  readonly progress: SyncProgress;
  /** Collections that are in step already. */
  readonly done: Set<string>;
  readonly repeated: RepeatedDocuments;
  /** What is to be deleted after them. */
  deletes: DeferredDeletes | undefined;
  readonly stops: Map<string, SyncStop>;
  /** Where changes are followed from after a recovery. */
  recovery: Recovery | undefined;
  /** They are, from now on. */
  isRecovered: boolean;
}

export interface ResyncInput {
  readonly parts: SyncParts;
  readonly target: OpenTarget;
  readonly project: Project;
  readonly address: SourceAddress;
  readonly workers: Settings['workers'];
  readonly state: ResyncState;
  /** Up to where changes are in the tables by events; undefined when they never were. */
  readonly from: FeedPosition | undefined;
  /** Applies the changes up to now. @returns where that is; undefined when it was stopped before */
  readonly follow: (from: FeedPosition) => Promise<FeedPosition | undefined>;
  readonly onProgress: () => void;
}

/**
 * Brings the tables in step without change events, or so that events can be followed again.
 * @returns false when it was stopped before the end
 */
export function resync(
  input: ResyncInput,
  by: Exclude<SyncOptions['by'], { kind: 'stream' }>,
): Promise<boolean> {
  switch (by.kind) {
    case 'cursor':
      return resyncFields(input, by);
    case 'full':
      return resyncAll(input);
    case 'recover':
      return recoverChanges(input);
  }
}

async function resyncFields(
  input: ResyncInput,
  options: SyncOptions['by'] & { kind: 'cursor' },
): Promise<boolean> {
  const { parts } = input;
  await requireCollections(parts.source, parts.collections);
  if (!options.findDeletes) {
    const message =
      'Deletes were not looked for: documents that are gone keep their rows (see --find-deletes)';
    parts.onEvent({ kind: 'notice', message });
  }
  return withResyncParts(input, undefined, (resyncParts) =>
    resyncCollections(resyncParts, parts.collections, (mapping) =>
      resyncByCursor(resyncParts, mapping, options),
    ),
  );
}

async function resyncAll(input: ResyncInput): Promise<boolean> {
  const { parts, from, state } = input;
  const { source, collections } = parts;
  await requireCollections(source, collections);
  // Where all is compared and nothing was followed yet, changes can be followed from the beginning of it.
  if (from === undefined && !isPart(input)) state.recovery ??= await recoveryFromNow(parts);
  const { recovery } = state;
  if (recovery !== undefined) source.readAtLeast?.(recovery.position.clusterTime);
  return withResyncParts(input, recovery?.position, (resyncParts) =>
    recovery === undefined
      ? resyncCollections(resyncParts, collections, (mapping) => compareAndRefresh(resyncParts, mapping))
      : recover(resyncParts, recovery, state.stops),
  );
}

async function recoveryFromNow({ source, collections }: SyncParts): Promise<Recovery | undefined> {
  const found = source.openChanges === undefined ? undefined : await source.changePosition();
  if (found?.kind !== 'position') return undefined;
  const position = { clusterTime: found.clusterTime, resumeToken: found.resumeToken };
  return { position, collections, moves: true, gap: undefined };
}

const isPart = ({ parts, project }: ResyncInput): boolean =>
  parts.collections.length < project.allCollections.length;

async function recoverChanges(input: ResyncInput): Promise<boolean> {
  const { parts, state } = input;
  if (state.isRecovered) return true;
  const { stops } = state;
  state.recovery ??= await planAfterChanges(input);
  const { recovery } = state;
  if (recovery === undefined) return false;
  parts.source.readAtLeast?.(recovery.position.clusterTime);
  state.isRecovered = await withResyncParts(input, recovery.position, (resyncParts) =>
    recover(resyncParts, recovery, stops),
  );
  return state.isRecovered;
}

/**
 * Where single collections are taken up again, the others are brought to the present before: what happened to these
 * collections meanwhile, such as the rename that put one back, is not to stop them again.
 * @returns undefined when it was stopped before
 */
async function planAfterChanges(input: ResyncInput): Promise<Recovery | undefined> {
  const { parts, state, from, follow } = input;
  const { startedAt } = parts.run;
  const plan = (position: FeedPosition | undefined): Promise<Recovery> =>
    planRecovery(parts, { from: position, startedAt, stops: state.stops, isPart: isPart(input) });
  const first = await plan(from);
  if (first.moves || isPart(input)) return first;
  const reached = await follow(first.position);
  return reached && plan(reached);
}

/** @param position reads are at or after it */
async function withResyncParts<T>(
  { parts, target, project, address, workers, state, onProgress }: ResyncInput,
  position: FeedPosition | undefined,
  work: (parts: ResyncParts) => Promise<T>,
): Promise<T> {
  const { uri, store, digestStore } = target;
  const { run, source, soft, onEvent } = parts;
  const { schema, collections } = project.mapping;
  const { runTime } = run;
  state.deletes ??= new DeferredDeletes(project.allCollections);
  const { deletes } = state;
  const opened = await workerAddress(address, source, store, run.runId);
  const reader = new PostgresDigestReader(uri, schema);
  const rootRows = new PostgresRootRows(uri, schema);
  const rangeDigesters = new DigestPool(
    workerCount(workers, uri),
    {
      source:
        opened.kind === 'mongo' && position !== undefined
          ? { ...opened, afterClusterTime: position.clusterTime }
          : opened,
      projectFolder: project.folder,
      collections,
      runTime,
    },
    openedInput(source, project, runTime),
  );
  try {
    return await work({
      ...parts,
      digestParts: {
        source,
        store,
        digests: digestStore,
        reader,
        rangeDigesters,
        run,
        transformsOf: project.transformsOf,
        signal: soft,
        onEvent,
      },
      rootRows,
      tally: state.tally,
      progress: state.progress,
      done: state.done,
      deletes,
      repeated: state.repeated,
      onProgress,
    });
  } finally {
    await Promise.all([rangeDigesters.close(), reader.close(), rootRows.close()]);
  }
}
