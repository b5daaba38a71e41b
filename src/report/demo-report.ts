import type { MigrationReport } from './migration-report.ts';

/** The migration of the shipped sample. */
export interface DemoReport extends MigrationReport {
  /** URI of the embedded PostgreSQL, which keeps running. */
  readonly connection: string;
  /** Whether what was set aside equals the sample's known list. */
  readonly expected: boolean;
  /** The run's report as a page for a browser; undefined when the run was interrupted. */
  readonly reportFile?: string | undefined;
  /** The folder with the embedded PostgreSQL's data and the reports. */
  readonly outFolder: string;
}
