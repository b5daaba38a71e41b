import type { RunRecord } from '../checkpoint/checkpoint-store.ts';
import type { Settings } from '../config/settings.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { AttemptCounter } from '../pipeline/attempt-counter.ts';
import { type BegunRun, beginRun } from '../pipeline/begin-run.ts';
import { reportMigration } from '../pipeline/report-migration.ts';
import { type MigrationOutcome, runMigration } from '../pipeline/run-migration.ts';
import type { RunControl } from '../pipeline/use-cases.ts';
import type { MigrationReport } from '../report/migration-report.ts';
import type { ValidationReport } from '../report/validation-report.ts';
import type { DocumentSource, SourceAddress } from '../source/document-source.ts';
import { attemptEnvironment } from './attempt-environment.ts';
import { CopyPool } from './copy-pool.ts';
import { giveUpAfter } from './give-up-after.ts';
import { openProject, type Project } from './open-project.ts';
import { type OpenTarget, withTarget } from './open-target.ts';
import { outstandingChanges, positionOfRun } from './outstanding-changes.ts';
import { RunStop } from './run-stop.ts';
import { validateRun } from './validate.ts';
import { withSource } from './with-source.ts';
import { workerAddress } from './worker-address.ts';
import { workerCount } from './worker-count.ts';

/**
 * Migrates a source into a target, or goes on where an earlier process stopped.
 * @param projectFolder the folder with mappings/ and transforms/, where it is not `settings.dir`
 */
export async function migrate(
  settings: Settings,
  control: RunControl,
  projectFolder = settings.dir,
): Promise<MigrationReport> {
  const project = await openProject({ ...settings, dir: projectFolder });
  return withSource(settings, (source, address) =>
    withTarget(settings, (target) => {
      const counter = new AttemptCounter(control.onEvent);
      const parts = { settings, project, address, source, target, counter, stop: new RunStop(control) };
      const migration = migrateBetween(parts, control.signal);
      return Promise.race([migration, giveUpAfter(control.signal)]);
    }),
  );
}

/** What one process needs to migrate. */
interface Migration {
  readonly settings: Settings;
  readonly project: Project;
  readonly address: SourceAddress;
  readonly source: DocumentSource;
  readonly target: OpenTarget;
  readonly counter: AttemptCounter;
  readonly stop: RunStop;
}

async function migrateBetween(parts: Migration, signal: RunControl['signal']): Promise<MigrationReport> {
  const { settings, project, source, target, counter, stop } = parts;
  const { collections, schema: targetSchema } = project.mapping;
  await target.lock((error) => stop.fail(error));
  for (const message of [...source.notices(), ...target.notices]) {
    counter.onEvent({ kind: 'notice', message });
  }
  const estimates = await findCollections(source, project);
  const begun = await beginRun(target.store, source, target.schema, {
    targetSchema,
    collections,
    fresh: settings.fresh,
    mayAppend: settings.onExisting === 'append',
  });
  const nothingToDo = isFinished(begun, project);
  let outcome: MigrationOutcome = { isComplete: true, errors: [] };
  if (!nothingToDo) {
    outcome = await load(parts, begun, estimates);
  } else await target.store.finishRun(begun.run.runId, 'done');
  // A finished run whose changes were followed since is compared by `docrow validate`, as closely as a person likes.
  const isSynced = nothingToDo && begun.known.some((record) => record.isSynced);
  const validation =
    settings.validate && outcome.isComplete && !isSynced
      ? await check(parts, begun.run, nothingToDo)
      : undefined;
  return reportMigration({
    store: target.store,
    run: begun.run,
    collections: collections.map(({ collection }) => collection),
    counter,
    outcome,
    nothingToDo,
    signal: signal.name(),
    maxRejects: settings.maxRejects,
    validation,
  });
}

/** With more changes since the copy began a comparison says nothing before they are in the tables. */
const mostOutstanding = 100_000;

/**
 * Compares both sides: a run that was finished already has been compared closely, and is only counted again.
 * @returns undefined when a person stopped it
 */
async function check(
  { settings, project, address, source, target, counter, stop }: Migration,
  run: RunRecord,
  isFinished: boolean,
): Promise<ValidationReport | undefined> {
  const level = isFinished ? 'counts' : settings.level;
  const { onEvent } = counter;
  const { soft: signal } = stop;
  const followed = { run, source, target, project, signal };
  try {
    const from = await positionOfRun(followed);
    const changes = from && (await outstandingChanges(followed, from, mostOutstanding));
    if (changes?.isWhole === false) {
      const count = `more than ${mostOutstanding} changes`;
      onEvent({
        kind: 'notice',
        message: `Not validated: ${count} happened in the source since the copy began; run docrow sync --once, then docrow validate`,
      });
      return undefined;
    }
    return await validateRun(
      { run, source, address, target, project, workers: settings.workers, signal, onEvent },
      { level, aggregates: false },
    );
  } catch (error) {
    if (stop.failure === undefined && error instanceof DocrowError && error.code === 'interrupted')
      return undefined;
    throw error;
  }
}

async function load(
  parts: Migration,
  begun: BegunRun,
  estimates: ReadonlyMap<string, number | undefined>,
): Promise<MigrationOutcome> {
  const { settings, project, address, source, target, counter, stop } = parts;
  const { run, known, isResumed } = begun;
  const { collections, schema } = project.mapping;
  const pool = new CopyPool(
    workerCount(settings.workers, target.uri),
    {
      source: await workerAddress(address, source, target.store, run.runId),
      targetUri: target.uri,
      schema,
      projectFolder: project.folder,
      collections,
      runTime: run.runTime,
    },
    counter.onEvent,
  );
  stop.whenAsked((how) => pool.stop(how));
  counter.onEvent({ kind: 'run-started', runId: run.runId, resumed: isResumed, workers: pool.count });
  try {
    await target.historyStore.addAttempt(run.runId, run.epoch, attemptEnvironment(pool.count));
    const outcome = await runMigration(
      {
        run,
        known,
        store: target.store,
        source,
        estimates,
        schema: target.schema,
        workers: pool,
        allCollections: project.allCollections,
        transformsOf: project.transformsOf,
        soft: stop.soft,
        stopAll: () => stop.now(),
        onEvent: counter.onEvent,
      },
      {
        collections,
        chunkDocuments: settings.chunkDocuments,
        chunkBytes: settings.chunkBytes,
        mayAppend: settings.onExisting === 'append',
      },
    );
    return stop.failure === undefined
      ? outcome
      : { isComplete: false, errors: [...outcome.errors, { collection: undefined, error: stop.failure }] };
  } finally {
    await pool.close();
  }
}

/**
 * Finds the collections of the mappings in the source.
 * @returns about how many documents each has
 * @throws DocrowError `source-not-found` when a mapping names one that is not there
 */
async function findCollections(
  source: DocumentSource,
  project: Project,
): Promise<ReadonlyMap<string, number | undefined>> {
  const found = await source.listCollections();
  const estimates = new Map(found.map(({ name, estimatedDocuments }) => [name, estimatedDocuments]));
  const missing = project.mapping.collections.filter(({ collection }) => !estimates.has(collection));
  if (missing.length === 0) return estimates;
  const list = missing.map(({ collection, file }) => `${collection} (${file})`).join(', ');
  throw new DocrowError('source-not-found', `The source has no collection for these mappings: ${list}`, {
    collections: missing.length,
  });
}

const isFinished = ({ known }: BegunRun, project: Project): boolean =>
  project.mapping.collections.every(({ collection }) =>
    known.some((record) => record.collection === collection && record.status === 'done'),
  );
