import type { CheckpointStore, RunRecord } from '../checkpoint/checkpoint-store.ts';
import type { AttemptRecord, NumberedRun, RunHistoryStore } from '../checkpoint/run-history-store.ts';
import type { SyncStore } from '../checkpoint/sync-store.ts';
import { errorPolicies } from '../errors/error-codes.ts';
import type { ErrorReport } from '../report/migration-report.ts';
import type { RunAttempt, RunCollection, RunFacts } from '../report/run-report.ts';
import type { ValidationReport } from '../report/validation-report.ts';
import { stepLabel } from '../target/target-schema.ts';
import { type DescribedCollection, describeLoad } from './describe-load.ts';
import { describeSync } from './describe-sync.ts';

export interface RunReportParts {
  readonly store: CheckpointStore;
  readonly history: RunHistoryStore;
  readonly syncStore: SyncStore;
  readonly run: NumberedRun;
  /** Whether a process holds the lock of the target's run now. */
  readonly isLocked: boolean;
}

/** Into so many spans the time of an attempt is cut. */
const throughputSpans = 48;

/** Tells all that the target's state knows of a run, finished or not, the newest or an earlier one. */
export async function reportRun(parts: RunReportParts): Promise<RunFacts> {
  const { store, history, syncStore, run, isLocked } = parts;
  const { runId, identity, ...record } = run.record;
  const { collections, ...load } = await describeLoad(store, runId);
  const validation = await lastValidation(history, runId);
  const sync = await describeSync({ store, syncStore, runId, isLocked });
  const { cutOverAt } = record;
  const described = await Promise.all(
    collections.map((collection) => describeCollection(store, runId, collection)),
  );
  return {
    runId,
    number: run.number,
    state: await stateOf(parts, described),
    version: record.version,
    startedAt: record.startedAt.toISOString(),
    finishedAt: record.finishedAt?.toISOString(),
    runTime: record.runTime.toISOString(),
    source: {
      kind: identity.kind,
      database: identity.database,
      changePosition: await changePosition(store, runId),
    },
    target: { schema: record.schema, postgres: await history.serverVersion() },
    attempts: (await history.attempts(runId)).map(describeAttempt),
    collections: described,
    ...load,
    retries: (await history.retries(runId)).map((retry) => ({
      ...retry,
      startedAt: retry.startedAt.toISOString(),
      finishedAt: retry.finishedAt?.toISOString(),
    })),
    ...(sync === undefined ? {} : { sync }),
    ...(cutOverAt === undefined ? {} : { cutOverAt: cutOverAt.toISOString() }),
    changedAt: (await history.lastChange(runId))?.toISOString(),
    throughput: (await history.throughput(runId, throughputSpans)).map(({ epoch, startedAt, ...rest }) => ({
      attempt: epoch,
      startedAt: startedAt.toISOString(),
      ...rest,
    })),
    validation,
    notes: notesOf(run.record, described),
    errors: [...collections.flatMap(stopOf), ...(validation?.errors ?? [])],
  };
}

/** What stopped a collection; nothing where nothing did. */
function stopOf({ record: { collection, errorCode } }: DescribedCollection): readonly ErrorReport[] {
  if (errorCode === undefined) return [];
  const { cause, remedy } = errorPolicies[errorCode];
  return [{ code: errorCode, message: cause, hint: remedy, location: `collection ${collection}` }];
}

async function stateOf(
  { history, run, isLocked }: RunReportParts,
  collections: readonly RunCollection[],
): Promise<RunFacts['state']> {
  if (run.record.status === 'done') return 'finished';
  const [newest] = await history.runs();
  if (isLocked && newest?.number === run.number) return 'running';
  return collections.some(({ state }) => state === 'stopped') ? 'failed' : 'interrupted';
}

async function describeCollection(
  store: CheckpointStore,
  runId: string,
  { record, ...counts }: DescribedCollection,
): Promise<RunCollection> {
  const ranges = await store.ranges(runId, record.collection);
  const steps = (await store.steps(runId)).filter(({ collection }) => collection === record.collection);
  return {
    ...counts,
    state: record.status,
    fingerprint: record.fingerprint,
    rowsBefore: record.rowsBefore,
    ranges: { done: ranges.filter(({ isDone }) => isDone).length, total: ranges.length },
    steps: steps.map(({ table, name, isDone }) => ({ table, step: stepLabel(table, name), isDone })),
    startedAt: record.startedAt.toISOString(),
    finishedAt: record.finishedAt?.toISOString(),
  };
}

const describeAttempt = ({ epoch, startedAt, version, environment }: AttemptRecord): RunAttempt => ({
  number: epoch,
  startedAt: startedAt.toISOString(),
  version,
  ...environment,
});

async function changePosition(store: CheckpointStore, runId: string): Promise<string | undefined> {
  const position = await store.changePosition(runId);
  return position?.kind === 'position' ? `cluster time ${position.clusterTime}` : undefined;
}

async function lastValidation(history: RunHistoryStore, runId: string): Promise<RunFacts['validation']> {
  const stored = await history.lastValidation(runId);
  if (stored === undefined) return undefined;
  const { command: _, exitCode: __, ...comparison } = stored.report as ValidationReport;
  return { ...comparison, validatedAt: stored.validatedAt.toISOString() };
}

const notesOf = (record: RunRecord, collections: readonly RunCollection[]): readonly string[] => {
  const notes: string[] = [];
  if (record.epoch > 1) {
    notes.push(`The run was taken up by ${record.epoch} processes, one after the other.`);
  }
  for (const { collection, rowsBefore } of collections) {
    const rows = Object.values(rowsBefore).reduce((sum, count) => sum + count, 0);
    if (rows > 0) notes.push(`The tables of ${collection} held ${rows} rows before the run, which stay.`);
  }
  return notes;
};
