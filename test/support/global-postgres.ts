import type { TestProject } from 'vitest/node';
import { startPostgresServer } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URI of the run's PostgreSQL; give each test file a database of its own with `createDatabase`. */
    postgresUri: string;
  }
}

/** Starts one PostgreSQL for the whole run and ends it afterwards, also when tests fail. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgresServer();
  project.provide('postgresUri', server.uri);
  return server.stop;
}
