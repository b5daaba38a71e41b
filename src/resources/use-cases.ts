import type { Settings } from '../config/settings.ts';
import type { UseCases } from '../pipeline/use-cases.ts';
import type { PostgresReport } from '../report/postgres-report.ts';
import {
  embeddedStatus,
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
} from '../target/embedded/embedded-postgres.ts';
import { validationSql as sqlOf } from '../target/postgres/aggregates/validation-sql.ts';
import { PostgresSchema } from '../target/postgres/postgres-schema.ts';
import { cutover } from './cutover.ts';
import { demo } from './demo.ts';
import { init } from './init.ts';
import { inspect } from './inspect.ts';
import { migrate } from './migrate.ts';
import { openProject } from './open-project.ts';
import { embeddedFolder, withTarget } from './open-target.ts';
import { plan } from './plan.ts';
import { rejectsExport, rejectsList, rejectsShow } from './rejects.ts';
import { repair } from './repair.ts';
import { report, reportList } from './report.ts';
import { rejectsRetry } from './retry-rejects.ts';
import { status } from './status.ts';
import { sync } from './sync.ts';
import { validate } from './validate.ts';
import { writeReportFile } from './write-report-file.ts';

/** The use cases over real sources and targets. */
export const createUseCases = (): UseCases => ({
  inspect,
  init,
  plan,
  migrate: (settings, control) => migrate(settings, control),
  sync,
  cutover,
  demo,
  status,
  rejectsList,
  rejectsShow,
  rejectsExport,
  rejectsRetry,
  repair,
  report,
  reportList,
  writeReport: ({ showValues }, file, text) => writeReportFile(file, text, showValues),
  schema,
  validate,
  validationSql,
  postgresControl,
});

const schema: UseCases['schema'] = async (settings, { apply }) => {
  const { mapping } = await openProject(settings);
  const sql = new PostgresSchema('', mapping.schema).describe(mapping.collections);
  if (apply) await withTarget(settings, (target) => target.schema.apply(mapping.collections));
  return { sql, applied: apply };
};

const validationSql: UseCases['validationSql'] = async (settings) => {
  const { mapping } = await openProject(settings);
  return sqlOf(mapping.collections, mapping.schema);
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
