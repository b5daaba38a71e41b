/** The embedded PostgreSQL of a project folder. */
export interface PostgresReport {
  readonly running: boolean;
  /** A connection URI, while it runs. */
  readonly uri?: string;
  readonly dataFolder: string;
}
