import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkCutover } from '../changes/cutover/check-cutover.ts';
import type { CutoverParts } from '../changes/cutover/cutover-parts.ts';
import { reportOf, runCutover } from '../changes/cutover/run-cutover.ts';
import { followChanges } from '../changes/follow-changes.ts';
import { readStops } from '../changes/read-stops.ts';
import { stopUnmapped } from '../changes/stop-unmapped.ts';
import { storedPosition } from '../changes/stored-position.ts';
import type { SyncParts } from '../changes/sync-parts.ts';
import { SyncProgress } from '../changes/sync-progress.ts';
import { SyncTally } from '../changes/sync-tally.ts';
import type { RunRecord } from '../checkpoint/checkpoint-store.ts';
import type { Settings } from '../config/settings.ts';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import { requireLoaded } from '../pipeline/require-loaded.ts';
import { requireNotCutOver } from '../pipeline/require-not-cut-over.ts';
import type { CutoverOptions, RunControl } from '../pipeline/use-cases.ts';
import type { CutoverReport } from '../report/cutover-report.ts';
import { renderRunAs } from '../report/render-run.ts';
import type { ValidationReport } from '../report/validation-report.ts';
import type { DocumentSource, SourceAddress } from '../source/document-source.ts';
import { PostgresCutoverTarget } from '../target/postgres/cutover/postgres-cutover-target.ts';
import { PostgresWriteGuard } from '../target/postgres/guard/postgres-write-guard.ts';
import { giveUpAfter } from './give-up-after.ts';
import { openProject, type Project } from './open-project.ts';
import { type OpenTarget, requireRun, withTarget } from './open-target.ts';
import { report as runReport } from './report.ts';
import { requireRunSource } from './require-run-source.ts';
import { RunStop } from './run-stop.ts';
import { validateRun } from './validate.ts';
import { withSource } from './with-source.ts';
import { withSyncParts } from './with-sync-parts.ts';
import { writeReportFile } from './write-report-file.ts';

/** Looks at what must be true before the switch, or waits for it and records the switch. */
export async function cutover(
  settings: Settings,
  options: CutoverOptions,
  control: RunControl,
): Promise<CutoverReport> {
  const project = await openProject(settings);
  const working = withSource(settings, (source, address) =>
    withTarget(settings, async (target) => {
      const stop = new RunStop(control);
      if (!options.check) await target.lock((error) => stop.fail(error));
      for (const message of target.notices) control.onEvent({ kind: 'notice', message });
      await target.store.prepare();
      const run = await requireRun(target);
      requireNotCutOver(run);
      await requireRunSource(source, run);
      const opened = { settings, options, project, source, address, target, run, stop, control };
      const report = await withCutoverParts(opened, (parts) =>
        options.check ? look(parts) : switchOver(opened, parts),
      );
      if (stop.failure !== undefined) throw stop.failure;
      return report;
    }),
  );
  return Promise.race([working, giveUpAfter(control.signal)]);
}

interface Opened {
  readonly settings: Settings;
  readonly options: CutoverOptions;
  readonly project: Project;
  readonly source: DocumentSource;
  readonly address: SourceAddress;
  readonly target: OpenTarget;
  readonly run: RunRecord;
  readonly stop: RunStop;
  readonly control: RunControl;
}

async function withCutoverParts<T>(
  { settings, options, project, source, address, target, run, stop, control }: Opened,
  work: (parts: CutoverParts) => Promise<T>,
): Promise<T> {
  const { uri, store, syncStore, historyStore } = target;
  const { schema, collections } = project.mapping;
  const cutoverTarget = await PostgresCutoverTarget.open(uri, schema);
  const guard = new PostgresWriteGuard(uri, schema);
  const validate = (): Promise<ValidationReport> =>
    validateRun(
      {
        run,
        source,
        address,
        target,
        project,
        workers: settings.workers,
        signal: stop.soft,
        onEvent: control.onEvent,
      },
      { level: 'digests', aggregates: false },
    );
  try {
    return await work({
      run,
      source,
      store,
      syncStore,
      target: cutoverTarget,
      guard,
      collections,
      lastValidation: async () => {
        const found = await historyStore.lastValidation(run.runId);
        return found && { validatedAt: found.validatedAt, report: found.report as ValidationReport };
      },
      lastChange: () => historyStore.lastChange(run.runId),
      validate: options.validate ? validate : undefined,
      maxRejects: settings.maxRejects,
      signal: stop.soft,
    });
  } finally {
    await Promise.all([cutoverTarget.close(), guard.close()]);
  }
}

async function look(parts: CutoverParts): Promise<CutoverReport> {
  const found = await checkCutover(parts);
  return reportOf(parts.run.runId, found.isReady ? 'ready' : 'not-ready', found, 'check');
}

async function switchOver(opened: Opened, cutoverParts: CutoverParts): Promise<CutoverReport> {
  const { settings, options, project, source, target, run, stop, control } = opened;
  await requireLoaded(target.store, run, project.mapping.collections);
  // What others wrote is among the checks.
  const onForeignWrites = (): void => undefined;
  const { onEvent: onRunEvent } = control;
  const synced = { run, source, target, project, soft: stop.soft, onEvent: onRunEvent, onForeignWrites };
  const report = await withSyncParts(synced, async (parts) => {
    const catchUp = await catchingUp(parts);
    const { writer, onEvent } = parts;
    return runCutover({ ...cutoverParts, writer, catchUp, onEvent }, options.timeoutSeconds);
  });
  if (report.verdict !== 'done') return report;
  // The switch is recorded: that a page could not be written is told, and changes nothing.
  const message = await writeFinalReport(settings).then(
    (file) => `The final report is ${file}`,
    (error) =>
      `The final report could not be written: ${toDocrowError(error).message}; docrow report makes it again`,
  );
  onRunEvent({ kind: 'notice', message });
  return report;
}

/** @returns what applies everything up to now; undefined where the run is not followed by events */
async function catchingUp(parts: SyncParts): Promise<(() => Promise<number>) | undefined> {
  const { run, source, store, syncStore, writer, onEvent } = parts;
  if (source.openChanges === undefined) return undefined;
  const start = await storedPosition(store, syncStore, run);
  if (start === undefined) return undefined;
  await syncStore.begin(writer, start);
  await stopUnmapped(parts);
  const progress = new SyncProgress(onEvent);
  const told = new Set<string>();
  return async () => {
    const { position, isSettled } = (await syncStore.find(run.runId))!;
    const stops = await readStops(parts);
    const tally = new SyncTally();
    const until = await source.currentTime!();
    await followChanges(parts, {
      from: position!,
      isSettled,
      stops,
      until,
      tally,
      progress,
      told,
      onPosition: () => undefined,
    });
    return [...tally.counts.values()].reduce((sum, { events }) => sum + events, 0);
  };
}

/** The page that a person shows afterwards, beside the project. @returns its path */
async function writeFinalReport(settings: Settings): Promise<string> {
  const folder = join(settings.dir, '.docrow');
  const file = join(folder, 'report.html');
  await mkdir(folder, { recursive: true });
  await writeReportFile(file, renderRunAs('html', await runReport(settings, undefined)), false);
  return file;
}
