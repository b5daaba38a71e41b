import { setTimeout as pause } from 'node:timers/promises';
import type { SyncWriter } from '../../checkpoint/sync-store.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import { exitCodes } from '../../errors/error-codes.ts';
import type { RunEventListener } from '../../pipeline/run-event.ts';
import type { CutoverReport } from '../../report/cutover-report.ts';
import { lookAhead } from '../look-ahead.ts';
import { type CutoverLook, checkCutover, cutoverExitCode } from './check-cutover.ts';
import type { CutoverParts } from './cutover-parts.ts';

export interface RunCutoverParts extends CutoverParts {
  readonly writer: SyncWriter;
  /**
   * Applies everything that happened up to the source's time now; undefined where the source has no history.
   * @returns how many events there were
   */
  readonly catchUp: (() => Promise<number>) | undefined;
  readonly onEvent: RunEventListener;
}

/** Writes have stopped when nothing happens for so long. */
const quietMs = 3_000;
const pauseMs = 500;

/**
 * Waits until nothing happens in the source any more and everything is in the tables, compares both sides, and makes the
 * tables ready for the application. The switch is recorded when all of it holds.
 * @param timeoutSeconds how long to wait for the writes to stop; undefined for as long as it takes
 * @throws DocrowError `interrupted`, and those of source and target
 */
export async function runCutover(
  parts: RunCutoverParts,
  timeoutSeconds: number | undefined,
): Promise<CutoverReport> {
  const { target, collections, run, syncStore, writer, guard } = parts;
  const deadline = performance.now() + (timeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  for (;;) {
    await waitForQuiet(parts, deadline);
    if (parts.signal.aborted) throw new DocrowError('interrupted', 'The switch was stopped');
    await target.setSequences(await target.sequencesBehind(collections));
    await target.analyze(await target.tablesNotAnalyzed(collections));
    const look = await checkCutover(parts, true);
    if (!look.isReady) return reportOf(run.runId, 'not-ready', look);
    // Somebody may have written while both sides were compared.
    if (await hasChanged(parts)) continue;
    await guard.remove();
    const report = reportOf(run.runId, 'done', look);
    const finishedAt = await syncStore.saveCutover(writer, look.position?.clusterTime, report);
    return { ...report, finishedAt: finishedAt.toISOString() };
  }
}

async function waitForQuiet({ catchUp, onEvent, signal }: RunCutoverParts, deadline: number): Promise<void> {
  if (catchUp === undefined) return;
  let quietSince: number | undefined;
  let hasTold = false;
  while (!signal.aborted) {
    const startedAt = performance.now();
    const events = await catchUp();
    if (events > 0) quietSince = undefined;
    else quietSince ??= startedAt;
    const now = performance.now();
    if (quietSince !== undefined && now - quietSince >= quietMs) return;
    if (now >= deadline) return;
    if (events > 0 && !hasTold) {
      hasTold = true;
      onEvent({ kind: 'notice', message: 'The source is being written to; waiting for the writes to stop' });
    }
    await pause(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

async function hasChanged(parts: RunCutoverParts): Promise<boolean> {
  const position = parts.catchUp && (await parts.syncStore.find(parts.run.runId))?.position;
  return position !== undefined && (await lookAhead(parts, position, 1)).events > 0;
}

/** What a check found, without anything having been done. */
export const reportOf = (
  runId: string,
  verdict: CutoverReport['verdict'],
  { checks, position, validation }: CutoverLook,
  mode: CutoverReport['mode'] = 'cutover',
): CutoverReport => ({
  command: 'cutover',
  runId,
  mode,
  verdict,
  exitCode: verdict === 'not-ready' ? cutoverExitCode({ checks }) : exitCodes.done,
  checks,
  position,
  ...(validation === undefined ? {} : { validation }),
  errors: [],
});
