import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import type { RunControl } from '../pipeline/use-cases.ts';
import type { DemoReport } from '../report/demo-report.ts';
import type { RejectionGroup } from '../report/migration-report.ts';
import { renderRunAs } from '../report/render-run.ts';
import { embeddedStatus } from '../target/embedded/embedded-postgres.ts';
import { migrate } from './migrate.ts';
import { embeddedFolder } from './open-target.ts';
import { report as runReport } from './report.ts';
import { writeReportFile } from './write-report-file.ts';

/** The package's own folder, with the sample, its mappings and transforms. */
const packageFolder = dirname(createRequire(import.meta.url).resolve('docrow/package.json'));

type Group = Pick<RejectionGroup, 'collection' | 'code' | 'path' | 'documents'>;

/** Groups as lines that can be compared. Array positions do not count: a summary leaves them out. */
const groupLines = (groups: readonly Group[]): string =>
  groups
    .map(
      ({ collection, code, path, documents }) =>
        `${collection} ${code} ${path.replaceAll(/\.\d+/g, '')} ${documents}`,
    )
    .sort()
    .join('\n');

/** Migrates the shipped sample with the shipped mappings into an embedded PostgreSQL, which keeps running. */
export async function demo(settings: Settings, control: RunControl): Promise<DemoReport> {
  const source = join(packageFolder, 'samples', 'imagegen');
  const report = await migrate({ ...settings, source, target: 'embedded:' }, control, packageFolder);
  const known = JSON.parse(readFileSync(join(source, 'known-rejections.json'), 'utf8')) as readonly Group[];
  const dataFolder = embeddedFolder(settings.dir);
  return {
    ...report,
    connection: embeddedStatus({ dataFolder }).uri ?? '',
    expected: groupLines(known) === groupLines(report.rejections),
    reportFile: report.status === 'interrupted' ? undefined : await writePage(settings),
    outFolder: dataFolder,
  };
}

/** Writes the run's report beside the embedded PostgreSQL. @returns its path */
async function writePage(settings: Settings): Promise<string> {
  const report = await runReport({ ...settings, target: 'embedded:' }, undefined);
  const file = join(settings.dir, '.docrow', 'report.html');
  await writeReportFile(file, renderRunAs('html', report), false);
  return file;
}
