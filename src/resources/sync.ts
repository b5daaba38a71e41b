import { type FollowOptions, followChanges } from '../changes/follow-changes.ts';
import { readStops } from '../changes/read-stops.ts';
import { reportSync } from '../changes/report-sync.ts';
import { requireNotEarlier } from '../changes/require-not-earlier.ts';
import { RepeatedDocuments } from '../changes/resync/repeated-documents.ts';
import { stopUnmapped } from '../changes/stop-unmapped.ts';
import { SyncProgress } from '../changes/sync-progress.ts';
import { SyncTally } from '../changes/sync-tally.ts';
import type { RunRecord } from '../checkpoint/checkpoint-store.ts';
import type { Settings } from '../config/settings.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import { requireLoaded } from '../pipeline/require-loaded.ts';
import { requireNotCutOver } from '../pipeline/require-not-cut-over.ts';
import type { RunControl, SyncOptions } from '../pipeline/use-cases.ts';
import type { HistoryGap, SyncReport } from '../report/sync-report.ts';
import { dateOfClusterTime, type FeedPosition } from '../source/change-feed.ts';
import type { DocumentSource } from '../source/document-source.ts';
import type { ForeignWriteCounts } from '../target/write-guard.ts';
import { giveUpAfter } from './give-up-after.ts';
import { keepTrying } from './keep-trying.ts';
import { openProject, type Project } from './open-project.ts';
import { type OpenTarget, requireRun, withTarget } from './open-target.ts';
import { requireRunSource } from './require-run-source.ts';
import { type ResyncInput, type ResyncState, resync } from './resync.ts';
import { runOfSource } from './run-of-source.ts';
import { RunStop } from './run-stop.ts';
import { withSource } from './with-source.ts';
import { withSyncParts } from './with-sync-parts.ts';

/** Attempts of `--once` without progress; with `--follow` a server may be away for as long as it likes. */
const attemptsOnce = 8;

/** What this process did and knows, over all its connections. */
interface Synced extends ResyncState {
  readonly startedAt: number;
  /** What was said about the feed. */
  readonly told: Set<string>;
  run: RunRecord | undefined;
  position: FeedPosition | undefined;
  /** The source's time when `--once` began. */
  until: string | undefined;
  gap: HistoryGap | undefined;
  /** Rows, by collection. */
  readonly foreignWrites: Map<string, number>;
}

/** Brings the tables of the newest run in step with what happened in the source since. */
export async function sync(
  settings: Settings,
  options: SyncOptions,
  control: RunControl,
): Promise<SyncReport> {
  const project = await openProject(settings);
  const synced: Synced = {
    tally: new SyncTally(),
    progress: new SyncProgress(control.onEvent),
    stops: new Map(),
    done: new Set(),
    deletes: undefined,
    repeated: new RepeatedDocuments(),
    recovery: undefined,
    isRecovered: false,
    startedAt: performance.now(),
    told: new Set(),
    run: undefined,
    position: undefined,
    until: undefined,
    gap: undefined,
    foreignWrites: new Map(),
  };
  const working = keepTrying(
    (onProgress) => attempt(settings, project, options, control, synced, onProgress),
    {
      maxAttempts: options.how === 'once' ? attemptsOnce : Number.POSITIVE_INFINITY,
      signal: control.signal.soft,
      onEvent: control.onEvent,
    },
  );
  return Promise.race([working, giveUpAfter(control.signal)]);
}

/** Works on one set of connections until it is done, or one of them is lost. */
function attempt(
  settings: Settings,
  project: Project,
  options: SyncOptions,
  control: RunControl,
  synced: Synced,
  onProgress: () => void,
): Promise<SyncReport> {
  return withSource(settings, (source, address) =>
    withTarget(settings, async (target) => {
      const stop = new RunStop(control);
      await target.lock((error) => stop.fail(error));
      const isFirst = synced.run === undefined;
      if (isFirst) {
        for (const message of [...source.notices(), ...target.notices]) {
          control.onEvent({ kind: 'notice', message });
        }
      }
      await target.store.prepare();
      const found = await requireRun(target);
      const isFull = options.by.kind === 'full';
      if (!isFull) await requireRunSource(source, found);
      await requireLoaded(target.store, found, project.mapping.collections);
      requireNotCutOver(found);
      const run = isFull ? await runOfSource(source, target, found, project, settings) : found;
      synced.run = run;
      const errors: DocrowError[] = [];
      let isDone = false;
      const { onEvent } = control;
      try {
        isDone = await withSyncParts(
          {
            run,
            source,
            target,
            project,
            soft: stop.soft,
            onEvent,
            onForeignWrites: tellForeign(synced, onEvent),
          },
          (parts) => {
            const { workers } = settings;
            return bringInStep({ parts, target, project, address, workers, onProgress }, options, synced);
          },
        );
      } catch (thrown) {
        const error = stop.failure ?? toDocrowError(thrown);
        if (error.policy.reaction === 'retry' || error.code === 'interrupted') throw error;
        if (error.code === 'source-history-lost') synced.gap = await gapOf(source, synced.position);
        errors.push(error);
      }
      if (stop.failure !== undefined) throw stop.failure;
      return reportOf(settings, target, options, synced, {
        errors,
        signal: isDone || errors.length > 0 ? undefined : (control.signal.name() ?? 'SIGINT'),
      });
    }),
  );
}

/** @returns whether it got to the end */
async function bringInStep(
  input: Omit<ResyncInput, 'state' | 'from' | 'follow'>,
  options: SyncOptions,
  synced: Synced,
): Promise<boolean> {
  const { parts, onProgress } = input;
  const { run, writer, source, syncStore, store } = parts;
  const { by } = options;
  if (source.openChanges === undefined && by.kind === 'stream') {
    throw new DocrowError('changes-not-begun', 'Files have no history of changes');
  }
  const begin = await store.changePosition(run.runId);
  const start: FeedPosition | undefined =
    begin?.kind === 'position'
      ? { clusterTime: begin.clusterTime, resumeToken: begin.resumeToken }
      : undefined;
  await syncStore.begin(writer, start);
  const record = await syncStore.find(run.runId);
  let position = record?.position;
  if (by.kind === 'stream' || by.kind === 'recover') {
    await stopUnmapped(parts);
    for (const [collection, stop] of await readStops(parts)) synced.stops.set(collection, stop);
  }
  const follow = (
    from: FeedPosition,
    { until, isSettled }: Pick<FollowOptions, 'until' | 'isSettled'>,
  ): Promise<boolean> =>
    followChanges(parts, {
      from,
      stops: synced.stops,
      isSettled,
      until,
      tally: synced.tally,
      progress: synced.progress,
      told: synced.told,
      onPosition: (position) => {
        synced.position = position;
        onProgress();
      },
    });
  if (by.kind !== 'stream') {
    const followToNow = async (from: FeedPosition): Promise<FeedPosition | undefined> => {
      synced.position = from;
      const isThere = await follow(from, { until: await source.currentTime!(), isSettled: false });
      return isThere ? synced.position : undefined;
    };
    const isDone = await resync({ ...input, state: synced, from: position, follow: followToNow }, by);
    if (by.kind !== 'recover' || !isDone) return isDone;
    synced.gap = synced.recovery?.gap;
    position = (await syncStore.find(run.runId))?.position;
  }
  if (position === undefined) {
    const reason = begin?.kind === 'none' ? `: ${begin.reason}` : '';
    throw new DocrowError(
      'changes-not-begun',
      `No place to follow changes from was stored by the load${reason}`,
    );
  }
  synced.position = position;
  const now = await source.currentTime!();
  requireNotEarlier(now, position);
  if (options.how === 'once') synced.until ??= now;
  onProgress();
  const isSettled = by.kind === 'stream' && record?.isSettled === true;
  return follow(position, { until: synced.until, isSettled });
}

/** Says what others wrote to the tables, each time something is found. */
const tellForeign =
  ({ foreignWrites }: Synced, onEvent: RunControl['onEvent']) =>
  (counts: readonly ForeignWriteCounts[]): void => {
    for (const { collection, table, inserted, updated, deleted, truncated, unknown } of counts) {
      const rows = inserted + updated + deleted + unknown;
      foreignWrites.set(collection, (foreignWrites.get(collection) ?? 0) + rows + truncated);
      const what =
        truncated > 0 ? `Table ${table} was emptied` : `${rows} rows of table ${table} were written`;
      onEvent({
        kind: 'notice',
        message: `${what} by somebody else than docrow; docrow.foreign_write says by whom, docrow validate what differs`,
      });
    }
  };

/** From where to where nobody knows what happened. */
async function gapOf(source: DocumentSource, position: FeedPosition | undefined): Promise<HistoryGap> {
  const window = await source.changeWindow?.().catch(() => undefined);
  return {
    from: dateOfClusterTime(position?.clusterTime ?? '0:0').toISOString(),
    to: window?.kind === 'window' ? window.oldest.toISOString() : undefined,
  };
}

function reportOf(
  { maxRejects }: Settings,
  { store }: OpenTarget,
  { by }: SyncOptions,
  { tally, stops, run, position, until, gap, startedAt, foreignWrites }: Synced,
  end: { readonly errors: readonly DocrowError[]; readonly signal: 'SIGINT' | 'SIGTERM' | undefined },
): Promise<SyncReport> {
  return reportSync({
    store,
    runId: run!.runId,
    mode: by.kind,
    collections: [...new Set([...tally.counts.keys(), ...stops.keys(), ...foreignWrites.keys()])].sort(),
    counts: tally.counts,
    stops,
    foreignWrites,
    position,
    until,
    gap,
    errors: end.errors,
    signal: end.signal,
    maxRejects,
    seconds: (performance.now() - startedAt) / 1000,
  });
}
