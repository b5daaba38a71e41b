import type { CheckpointStore, RunRecord } from '../checkpoint/checkpoint-store.ts';
import type { RetryStore } from '../checkpoint/retry-store.ts';
import { exitCodes } from '../errors/error-codes.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { RepairReport } from '../report/repair-report.ts';
import type { Difference, ValidationReport } from '../report/validation-report.ts';
import { reachFailPoint } from './fail-point.ts';
import {
  applyRepair,
  CollectionRepairTally,
  planRepair,
  type RepairingParts,
  removeStrays,
} from './repair-collection.ts';
import { type RepairWork, repairWork } from './repair-work.ts';
import { requireLoaded } from './require-loaded.ts';
import type { RunEventListener } from './run-event.ts';

/** Compares the documents of these `_id`s with their rows again. @returns what still differs */
export type CompareAgain = (
  collection: CollectionMapping,
  ids: readonly Uint8Array[],
) => Promise<readonly Difference[]>;

export interface RepairParts {
  readonly run: RunRecord;
  readonly store: CheckpointStore;
  readonly retryStore: Pick<RetryStore, 'raiseEpoch'>;
  /** Those that are to be repaired, referenced ones first. */
  readonly collections: readonly CollectionMapping[];
  readonly refreshParts: (mapping: CollectionMapping, epoch: number) => RepairingParts;
  readonly compareAgain: CompareAgain;
  /** The last one of the run. */
  readonly validation: { readonly validatedAt: Date; readonly report: ValidationReport };
  readonly soft: AbortSignal;
  readonly onEvent: RunEventListener;
  /** Which signal came first; undefined before any. */
  readonly signal: () => 'SIGINT' | 'SIGTERM' | undefined;
}

export interface RepairOptions {
  /** Makes the changes; otherwise they are told alone. */
  readonly apply: boolean;
  /** Documents, and rows without one, at most. */
  readonly limit: number;
}

type RepairOutcome = Omit<RepairReport, 'status' | 'exitCode'>;

/** Documents wait for each other in chains; one pass settles one link at least. */
const maxPasses = 10;
const listedRows = 1_000;

/**
 * Turns the differences of the last validation into changes. The documents that they name are brought in step with the
 * source as it is now, so that a difference which is none any more changes nothing, and an interrupted repair goes on
 * by being called again.
 * @throws DocrowError `load-incomplete`, `mapping-changed`, and those of source and target
 */
export async function repair(parts: RepairParts, options: RepairOptions): Promise<RepairReport> {
  const { run, validation, soft } = parts;
  const { report } = validation;
  const workload = repairWork(parts.collections, report.differences, options.limit);
  await requireLoaded(
    parts.store,
    run,
    workload.works.map(({ mapping }) => mapping),
  );
  const epoch = await parts.retryStore.raiseEpoch(run.runId);
  const tallies = workload.works.map((work) => ({
    work,
    tally: new CollectionRepairTally(work),
    refresh: parts.refreshParts(work.mapping, epoch),
  }));
  const rows: RepairReport['rows'][number][] = [];
  const remaining: Difference[] = [];
  let isInterrupted = false;
  if (!options.apply) {
    for (const { work, tally, refresh } of tallies) {
      if (!soft.aborted) rows.push(...(await planRepair(refresh, work, tally)));
    }
    isInterrupted = soft.aborted;
  } else {
    await applyPasses(tallies, soft, parts.onEvent);
    // A signal that came when all was done interrupted nothing.
    isInterrupted = soft.aborted;
    for (const { work, refresh } of isInterrupted ? [] : tallies) {
      remaining.push(...(await compareWork(parts, work, refresh)));
    }
  }
  const outcome: RepairOutcome = {
    command: 'repair',
    runId: run.runId,
    validation: {
      at: validation.validatedAt.toISOString(),
      level: levelOf(report),
      verdict: report.verdict,
      isTruncated: report.differencesTruncated,
    },
    collections: tallies.map(({ tally }) => tally.report()),
    rows: rows.slice(0, listedRows),
    rowsTruncated: rows.length > listedRows,
    rejections: tallies.flatMap(({ tally }) => tally.rejections),
    left: workload.left,
    unreadable: workload.unreadable,
    remaining,
  };
  if (isInterrupted) {
    const exitCode = parts.signal() === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted;
    return { ...outcome, status: 'interrupted', exitCode };
  }
  return { ...outcome, ...verdict(outcome, options.apply) };
}

interface TalliedWork {
  readonly work: RepairWork;
  readonly tally: CollectionRepairTally;
  readonly refresh: RepairingParts;
}

/** Applies everything, then once more what may pass now that the rest is done, until nothing changes. */
async function applyPasses(
  tallies: readonly TalliedWork[],
  soft: AbortSignal,
  onEvent: RunEventListener,
): Promise<void> {
  let waiting = new Map(tallies.map(({ work }) => [work, work.ids] as const));
  for (let pass = 0; pass < maxPasses && !soft.aborted; pass++) {
    const next = new Map<RepairWork, readonly Uint8Array[]>();
    let before = 0;
    let after = 0;
    for (const { work, tally, refresh } of tallies) {
      const ids = waiting.get(work) ?? [];
      const again = { ...work, ids, rows: pass === 0 ? work.rows : [] };
      if ((ids.length === 0 && again.rows.length === 0) || soft.aborted) continue;
      const left = await applyRepair(refresh, again, tally, soft, onEvent);
      reachFailPoint('after-repair');
      next.set(work, left);
      before += ids.length;
      after += left.length;
    }
    if (after === 0 || (pass > 0 && after === before)) return;
    waiting = next;
  }
}

async function compareWork(
  { compareAgain }: RepairParts,
  { mapping, ids, rows }: RepairWork,
  refresh: RepairingParts,
): Promise<readonly Difference[]> {
  const found = ids.length === 0 ? [] : await compareAgain(mapping, ids);
  if ((await removeStrays(refresh, rows, true)).count === 0) return found;
  const firstSeenAt = new Date().toISOString();
  const { collection } = mapping;
  return [
    ...found,
    ...rows.map(
      ({ table, key }): Difference => ({
        kind: 'extra-row',
        collection,
        table: table.name,
        key,
        state: 'standing',
        firstSeenAt,
      }),
    ),
  ];
}

/** The closest one of all collections. */
function levelOf({ collections }: ValidationReport): RepairReport['validation']['level'] {
  const levels = ['counts', 'digests', 'rows', 'documents'] as const;
  const found = collections.map(({ level }) => levels.indexOf(level));
  return levels[Math.max(0, ...found)]!;
}

function verdict(outcome: RepairOutcome, isApplied: boolean): Pick<RepairReport, 'status' | 'exitCode'> {
  const { collections, remaining, left, unreadable, validation } = outcome;
  const isAllDone = remaining.length === 0 && left === 0 && unreadable === 0 && !validation.isTruncated;
  const isChanging = collections.some(({ tables }) =>
    tables.some(({ inserted, updated, deleted }) => inserted + updated + deleted > 0),
  );
  const isRejecting = outcome.rejections.length > 0;
  if (!isApplied && (isChanging || isRejecting)) {
    return { status: 'planned', exitCode: exitCodes.differences };
  }
  if (!isAllDone) return { status: 'differences', exitCode: exitCodes.differences };
  if (collections.length > 0) return { status: isApplied ? 'clean' : 'nothing', exitCode: exitCodes.done };
  const isMatch = validation.verdict !== 'mismatch';
  return isMatch
    ? { status: 'nothing', exitCode: exitCodes.done }
    : { status: 'differences', exitCode: exitCodes.differences };
}
