import type { RunRecord } from '../checkpoint/checkpoint-store.ts';
import type { Settings } from '../config/settings.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { type RepairOptions, repair as runRepair } from '../pipeline/repair.ts';
import { requireNotCutOver } from '../pipeline/require-not-cut-over.ts';
import type { RunControl } from '../pipeline/use-cases.ts';
import type { RepairReport } from '../report/repair-report.ts';
import type { ValidationReport } from '../report/validation-report.ts';
import type { DocumentSource } from '../source/document-source.ts';
import { PostgresRowComparer } from '../target/postgres/compare/postgres-row-comparer.ts';
import { PostgresRefreshTarget } from '../target/postgres/refresh/postgres-refresh-target.ts';
import { compareRows } from '../validation/rows/compare-rows.ts';
import { giveUpAfter } from './give-up-after.ts';
import { openProject, type Project } from './open-project.ts';
import { type OpenTarget, requireRun, withTarget } from './open-target.ts';
import { refreshPartsOf } from './refresh-parts-of.ts';
import { requireRunSource } from './require-run-source.ts';
import { RunStop } from './run-stop.ts';
import { withSource } from './with-source.ts';

/** Turns the differences of the last validation into changes, and makes them when asked to. */
export async function repair(
  settings: Settings,
  options: RepairOptions,
  control: RunControl,
): Promise<RepairReport> {
  const project = await openProject(settings);
  return withSource(settings, (source) =>
    withTarget(settings, async (target) => {
      const stop = new RunStop(control);
      await target.lock((error) => stop.fail(error));
      for (const message of target.notices) control.onEvent({ kind: 'notice', message });
      const run = await requireRun(target);
      requireNotCutOver(run);
      if (run.schema !== project.mapping.schema) {
        throw new DocrowError(
          'mapping-changed',
          `The tables of this run are in schema ${run.schema}, and now they are to be in ${project.mapping.schema}`,
        );
      }
      await requireRunSource(source, run);
      await target.store.prepare();
      const repairing = repairRun(target, source, project, run, options, stop, control);
      const report = await Promise.race([repairing, giveUpAfter(control.signal)]);
      if (stop.failure !== undefined) throw stop.failure;
      return report;
    }),
  );
}

async function repairRun(
  { uri, store, schema, retryStore, historyStore, syncStore }: OpenTarget,
  source: DocumentSource,
  project: Project,
  run: RunRecord,
  options: RepairOptions,
  stop: RunStop,
  { signal, onEvent }: RunControl,
): Promise<RepairReport> {
  const { mapping, allCollections, transformsOf } = project;
  const validation = await historyStore.lastValidation(run.runId);
  if (validation === undefined) {
    throw new DocrowError('validation-missing', 'Both sides of this run have not been compared yet');
  }
  const isSynced = (await syncStore.find(run.runId)) !== undefined;
  const target = await PostgresRefreshTarget.open(uri, mapping.schema, allCollections);
  const comparer = new PostgresRowComparer(uri, mapping.schema);
  const partsOf = refreshPartsOf({ source, store, run, project });
  try {
    return await runRepair(
      {
        run,
        store,
        retryStore,
        collections: mapping.collections,
        refreshParts: (collection, epoch) => ({
          ...partsOf(collection, target, epoch),
          target,
          counts: isSynced ? 'leave' : 'move',
        }),
        compareAgain: async (collection, ids) => {
          const parts = { source, store, schema, comparer, run, transformsOf, signal: stop.soft, onEvent };
          return (await compareRows(parts, collection, asGroup(ids))).differences;
        },
        validation: {
          validatedAt: validation.validatedAt,
          report: validation.report as ValidationReport,
        },
        soft: stop.soft,
        onEvent,
        signal: signal.name,
      },
      options,
    );
  } finally {
    await Promise.all([target.close(), comparer.close()]);
  }
}

async function* asGroup<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  if (items.length > 0) yield items;
}
