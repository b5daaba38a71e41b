import type { CheckpointStore, CollectionRecord, RunRecord } from '../checkpoint/checkpoint-store.ts';
import { collectionCounts } from '../checkpoint/collection-counts.ts';
import type { Settings } from '../config/settings.ts';
import { exitCodes } from '../errors/error-codes.ts';
import { describeSync } from '../pipeline/describe-sync.ts';
import type { CollectionStatus, RunStatus, StatusReport } from '../report/status-report.ts';
import { stepLabel } from '../target/target-schema.ts';
import { type OpenTarget, requireRun, withTarget } from './open-target.ts';

/** Where every collection of the newest run stands, from the target's state tables alone. */
export function status(settings: Settings): Promise<StatusReport> {
  return withTarget(settings, async (target) => {
    const run = await requireRun(target);
    const isLocked = await target.isLocked();
    return {
      command: 'status',
      exitCode: exitCodes.done,
      runs: [await describeRun(target, run, settings.only, isLocked)],
      errors: [],
    };
  });
}

async function describeRun(
  { store, syncStore }: Pick<OpenTarget, 'store' | 'syncStore'>,
  run: RunRecord,
  only: Settings['only'],
  isLocked: boolean,
): Promise<RunStatus> {
  const records = await store.collections(run.runId);
  const wanted = records.filter(({ collection }) => only === undefined || only.includes(collection));
  const position = await store.changePosition(run.runId);
  const sync = await describeSync({ store, syncStore, runId: run.runId, isLocked, only });
  const { cutOverAt } = run;
  return {
    runId: run.runId,
    state: run.status === 'done' ? 'finished' : isLocked ? 'running' : stoppedState(records),
    source: `${run.identity.kind}, database ${run.identity.database}`,
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString(),
    changePosition:
      position?.kind === 'position'
        ? `cluster time ${position.clusterTime}`
        : position && `none: ${position.reason}`,
    collections: await Promise.all(wanted.map((record) => describeCollection(store, run, record))),
    ...(sync === undefined ? {} : { sync }),
    ...(cutOverAt === undefined ? {} : { cutOverAt: cutOverAt.toISOString() }),
  };
}

const stoppedState = (records: readonly CollectionRecord[]): RunStatus['state'] =>
  records.some((record) => record.status === 'stopped') ? 'failed' : 'interrupted';

/** A finished run leaves behind what waits for collections that were not loaded. */
function stateOf(
  run: RunRecord['status'],
  collection: CollectionRecord['status'],
  isFinishing: boolean,
): CollectionStatus['state'] {
  if (collection !== 'loaded') return collection;
  return run === 'done' ? 'waiting' : isFinishing ? 'finishing' : collection;
}

async function describeCollection(
  store: CheckpointStore,
  { runId, status: runStatus }: RunRecord,
  record: CollectionRecord,
): Promise<CollectionStatus> {
  const ranges = await store.ranges(runId, record.collection);
  const steps = (await store.steps(runId)).filter(({ collection }) => collection === record.collection);
  const isFinishing = record.status === 'loaded' && steps.some(({ isDone }) => isDone);
  const { read, loaded, rejected, filtered, rows } = await collectionCounts(store, runId, record);
  return {
    collection: record.collection,
    read,
    loaded,
    rejected,
    filtered,
    rows,
    state: stateOf(runStatus, record.status, isFinishing),
    ranges: { done: ranges.filter(({ isDone }) => isDone).length, total: ranges.length },
    steps: steps.map(({ table, name, isDone }) => ({
      table,
      step: stepLabel(table, name),
      state: isDone ? 'done' : 'waiting',
    })),
    lastPosition: ranges.findLast(({ positionText }) => positionText !== undefined)?.positionText,
    startedAt: record.startedAt.toISOString(),
    finishedAt: record.finishedAt?.toISOString(),
  };
}
