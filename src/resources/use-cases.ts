import type { Settings } from '../config/settings.ts';
import type { UseCases } from '../pipeline/use-cases.ts';
import type { PostgresReport } from '../report/postgres-report.ts';
import {
  embeddedStatus,
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
} from '../target/embedded/embedded-postgres.ts';
import { PostgresSchema } from '../target/postgres/postgres-schema.ts';
import { demo } from './demo.ts';
import { init } from './init.ts';
import { inspect } from './inspect.ts';
import { migrate } from './migrate.ts';
import { openProject } from './open-project.ts';
import { embeddedFolder, requireRun, withTarget } from './open-target.ts';
import { plan } from './plan.ts';
import { rejectsExport, rejectsList, rejectsShow } from './rejects.ts';
import { rejectsRetry } from './retry-rejects.ts';
import { status } from './status.ts';
import { validateCounts } from './validate-counts.ts';
import { withSource } from './with-source.ts';

/** The use cases over real sources and targets. */
export const createUseCases = (): UseCases => ({
  inspect,
  init,
  plan,
  migrate: (settings, control) => migrate(settings, control),
  demo,
  status,
  rejectsList,
  rejectsShow,
  rejectsExport,
  rejectsRetry,
  schema,
  validate,
  postgresControl,
});

const schema: UseCases['schema'] = async (settings, { apply }) => {
  const { mapping } = await openProject(settings);
  const sql = new PostgresSchema('', mapping.schema).describe(mapping.collections);
  if (apply) await withTarget(settings, (target) => target.schema.apply(mapping.collections));
  return { sql, applied: apply };
};

const validate: UseCases['validate'] = async (settings) => {
  const { mapping } = await openProject(settings);
  return withSource(settings, (source) =>
    withTarget(settings, async (target) => {
      const run = await requireRun(target);
      return validateCounts(target, source, run.runId, mapping.collections);
    }),
  );
};

async function postgresControl(
  { dir }: Pick<Settings, 'dir'>,
  action: 'start' | 'stop' | 'status',
): Promise<PostgresReport> {
  const dataFolder = embeddedFolder(dir);
  if (action === 'start') await startEmbeddedPostgres({ dataFolder });
  if (action === 'stop') await stopEmbeddedPostgres({ dataFolder });
  const { state, uri } = embeddedStatus({ dataFolder });
  return { running: state === 'running', dataFolder, ...(uri === undefined ? {} : { uri }) };
}
