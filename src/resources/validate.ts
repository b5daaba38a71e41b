import { setOutstandingApart } from '../changes/set-outstanding-apart.ts';
import type { RunRecord } from '../checkpoint/checkpoint-store.ts';
import type { Settings } from '../config/settings.ts';
import { describeSync } from '../pipeline/describe-sync.ts';
import type { RunEventListener } from '../pipeline/run-event.ts';
import type { RunControl } from '../pipeline/use-cases.ts';
import type { ValidationReport } from '../report/validation-report.ts';
import type { DocumentSource, SourceAddress } from '../source/document-source.ts';
import { PostgresAggregateReader } from '../target/postgres/aggregates/postgres-aggregate-reader.ts';
import { PostgresRowComparer } from '../target/postgres/compare/postgres-row-comparer.ts';
import { PostgresDigestReader } from '../target/postgres/digest/postgres-digest-reader.ts';
import { PostgresRowTexts } from '../target/postgres/texts/postgres-row-texts.ts';
import { runValidation, type ValidationOptions } from '../validation/run-validation.ts';
import { DigestPool } from './digest-pool.ts';
import { giveUpAfter } from './give-up-after.ts';
import { openProject, type Project } from './open-project.ts';
import { type OpenTarget, requireRun, withTarget } from './open-target.ts';
import { outstandingChanges, positionOfRun } from './outstanding-changes.ts';
import { openedInput } from './range-input.ts';
import { requireRunSource } from './require-run-source.ts';
import { RunStop } from './run-stop.ts';
import { withSource } from './with-source.ts';
import { workerAddress } from './worker-address.ts';
import { workerCount } from './worker-count.ts';

/** What a comparison of a run needs. */
export interface ValidatedRun {
  readonly run: RunRecord;
  readonly source: DocumentSource;
  /** Where other threads open the source. */
  readonly address: SourceAddress;
  readonly target: OpenTarget;
  readonly project: Project;
  readonly workers: Settings['workers'];
  readonly signal: AbortSignal;
  readonly onEvent: RunEventListener;
}

/** With more changes than these nothing is said about single differences. */
const mostOutstanding = 1_000_000;

/**
 * Before looking again at what differs while another process brings the tables in step: a change waits for the batch at
 * hand, and then for its own.
 */
const followedPausesMs: readonly number[] = [5_000, 5_000];

/** Compares both sides of a run, and keeps the report in the target's state. */
export async function validateRun(
  { run, source, address, target, project, workers, signal, onEvent }: ValidatedRun,
  options: Omit<ValidationOptions, 'collections'>,
): Promise<ValidationReport> {
  const { uri, store, syncStore, schema, digestStore } = target;
  const followed = { run, source, target, project, signal };
  const from = await positionOfRun(followed);
  const { collections, schema: targetSchema } = project.mapping;
  const reader = new PostgresDigestReader(uri, targetSchema);
  const comparer = new PostgresRowComparer(uri, targetSchema);
  const texts = new PostgresRowTexts(uri, targetSchema);
  const aggregates = new PostgresAggregateReader(uri, targetSchema);
  const { transformsOf } = project;
  const { runTime } = run;
  const rangeDigesters = new DigestPool(
    workerCount(workers, uri),
    {
      source: await workerAddress(address, source, store, run.runId),
      projectFolder: project.folder,
      collections,
      runTime,
    },
    openedInput(source, project, runTime),
  );
  try {
    const isLocked = await target.isLocked();
    const sync = await describeSync({ store, syncStore, runId: run.runId, isLocked });
    const report = await runValidation(
      {
        ...(sync?.isFollowed === true ? { pausesMs: followedPausesMs } : {}),
        run,
        source,
        store,
        schema,
        digests: digestStore,
        reader,
        rangeDigesters,
        comparer,
        texts,
        aggregates,
        transformsOf,
        signal,
        onEvent,
      },
      { collections, ...options },
    );
    const outstanding =
      from === undefined || report.verdict === 'match'
        ? undefined
        : await outstandingChanges(followed, from, mostOutstanding);
    const judged = outstanding === undefined ? report : setOutstandingApart(report, outstanding);
    await store.addValidation(run.runId, options.level, judged.verdict, judged);
    return judged;
  } finally {
    await Promise.all([
      rangeDigesters.close(),
      reader.close(),
      comparer.close(),
      texts.close(),
      aggregates.close(),
    ]);
  }
}

/** Compares the newest run of the target with the source that it was loaded from. */
export async function validate(
  settings: Settings,
  { aggregates }: Pick<ValidationOptions, 'aggregates'>,
  control: RunControl,
): Promise<ValidationReport> {
  const project = await openProject(settings);
  return withSource(settings, (source, address) =>
    withTarget(settings, async (target) => {
      const stop = new RunStop(control);
      const run = await requireRun(target);
      await requireRunSource(source, run);
      const validating = validateRun(
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
        { level: settings.level, aggregates },
      );
      return Promise.race([validating, giveUpAfter(control.signal)]);
    }),
  );
}
