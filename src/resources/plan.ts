import type { Settings } from '../config/settings.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { type PlanParts, planRun } from '../pipeline/plan-run.ts';
import type { UseCases } from '../pipeline/use-cases.ts';
import { embeddedStatus } from '../target/embedded/embedded-postgres.ts';
import { PostgresProbe } from '../target/postgres/postgres-probe.ts';
import { PostgresSchema } from '../target/postgres/postgres-schema.ts';
import { quoteName, quoteTable } from '../target/postgres/quote.ts';
import { openProject } from './open-project.ts';
import { embeddedFolder, withTarget } from './open-target.ts';
import { withSource } from './with-source.ts';
import { workerCount } from './worker-count.ts';

/** Says what a migration would do, cost and lose, without writing anything. */
export const plan: UseCases['plan'] = async (settings, { onEvent, signal }, { sample }) => {
  const { mapping, transformsOf } = await openProject(settings);
  const { collections, schema } = mapping;
  return withSource(settings, async (source) => {
    for (const message of source.notices()) onEvent({ kind: 'notice', message });
    return withAskedTarget(settings, (target, notes, uri) =>
      planRun({
        source,
        target,
        notes,
        collections,
        transformsOf,
        schema,
        sample,
        onEvent,
        ddl: new PostgresSchema('', schema).describe(collections),
        workers: workerCount(settings.workers, uri),
        maxRejects: settings.maxRejects,
        mayAppend: settings.onExisting === 'append',
        addColumn: (table, column, type) =>
          `alter table ${quoteTable(schema, table)} add column ${quoteName(column)} ${type};`,
        signal: signal.soft,
      }),
    );
  });
};

/** Stands for a PostgreSQL on this machine, which needs a core of its own. */
const localUri = 'postgres:///';

/** Opens the target where there is one. An embedded PostgreSQL is not started for this: that would make its files. */
async function withAskedTarget<T>(
  settings: Settings,
  work: (target: PlanParts['target'], notes: readonly string[], uri: string) => Promise<T>,
): Promise<T> {
  if (settings.target === '') {
    const note = 'No target is given, so nothing is known of its tables, privileges and speed';
    return work(undefined, [note], localUri);
  }
  if (settings.target === 'embedded:') {
    const { state } = embeddedStatus({ dataFolder: embeddedFolder(settings.dir) });
    if (state !== 'running') {
      const note =
        'The embedded PostgreSQL is not running, so nothing is known of its tables and speed; migrate starts it';
      return work(undefined, [note], localUri);
    }
  }
  let begun = false;
  try {
    return await withTarget(settings, async (target) => {
      const probe = await PostgresProbe.open(target.uri);
      try {
        begun = true;
        const { schema, store } = target;
        return await work(
          { schema, store, probe, isLocked: () => target.isLocked() },
          target.notices,
          target.uri,
        );
      } finally {
        await probe.close();
      }
    });
  } catch (error) {
    // A target that cannot be reached is part of the plan.
    if (begun || !(error instanceof DocrowError)) throw error;
    return work(error, [], settings.target);
  }
}
