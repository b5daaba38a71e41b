import type { Settings } from '../config/settings.ts';
import { compileCollection } from '../encoding/compile-collection.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { compileFilter } from '../filtering/compile-filter.ts';
import { reportRetry } from '../pipeline/report-retry.ts';
import { requireNotCutOver } from '../pipeline/require-not-cut-over.ts';
import { type RetryOutcome, retryRejections } from '../pipeline/retry-rejections.ts';
import type { RetryOptions, RunControl } from '../pipeline/use-cases.ts';
import type { RetryReport } from '../report/retry-report.ts';
import { PostgresRetryTarget } from '../target/postgres/postgres-retry-target.ts';
import { giveUpAfter } from './give-up-after.ts';
import { openProject, type Project } from './open-project.ts';
import { type OpenTarget, requireRun, withTarget } from './open-target.ts';
import { RunStop } from './run-stop.ts';

/** Loads documents of the newest run again that were set aside, by the mapping of now. Needs no source. */
export async function rejectsRetry(
  settings: Settings,
  options: RetryOptions,
  control: RunControl,
): Promise<RetryReport> {
  const project = await openProject(settings);
  return withTarget(settings, async (target) => {
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
    await target.store.prepare();
    const retrying = retry(target, project, run, options, stop, control);
    const outcome = await Promise.race([retrying, giveUpAfter(control.signal)]);
    if (stop.failure !== undefined) throw stop.failure;
    const { runId } = run;
    const signal = control.signal.name();
    return reportRetry({ store: target.store, runId, outcome, signal, maxRejects: settings.maxRejects });
  });
}

async function retry(
  { uri, store, retryStore, schema }: OpenTarget,
  { mapping, allCollections, transformsOf }: Project,
  run: Awaited<ReturnType<typeof requireRun>>,
  options: RetryOptions,
  stop: RunStop,
  { onEvent }: RunControl,
): Promise<RetryOutcome> {
  const target = await PostgresRetryTarget.open(uri, mapping.schema);
  try {
    return await retryRejections(
      {
        run,
        store,
        retryStore,
        target,
        schema,
        collections: allCollections,
        createEncoder: (collection) =>
          compileCollection({
            mapping: collection,
            runTime: run.runTime,
            transforms: transformsOf(collection),
            filter:
              collection.where === undefined ? undefined : compileFilter(collection.where, collection.file),
          }),
        soft: stop.soft,
        onEvent,
      },
      options,
    );
  } finally {
    await target.close();
  }
}
