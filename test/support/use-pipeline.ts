import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import type { RunControl } from '../../src/pipeline/use-cases.ts';
import type { MigrationReport } from '../../src/report/migration-report.ts';
import type { TestProject } from './bson-dump.ts';
import { createControl, migrateDirectly } from './migrate-directly.ts';
import { createDatabase, type TestDatabase } from './postgres-server.ts';
import { queryTarget } from './target-content.ts';

/** A database that is empty before each test, and the project that the test migrates into it. */
export interface Pipeline {
  readonly uri: string;
  /** To be set by each test; removed after it. */
  project: TestProject;
  /** @param more settings by name, as on the command line */
  migrate(more?: Readonly<Record<string, unknown>>, control?: RunControl): Promise<MigrationReport>;
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** The first column of each row. */
  values(sql: string): Promise<unknown[]>;
  /** `collection code path _id` of each rejection, in the order of that text. */
  rejections(): Promise<unknown[]>;
}

/** Registers the hooks of a test file that runs migrations in PostgreSQL. */
export function usePipeline(): Pipeline {
  let database: TestDatabase;
  let project: TestProject | undefined;
  const pipeline: Pipeline = {
    get uri() {
      return database.uri;
    },
    get project() {
      return project!;
    },
    set project(made) {
      project = made;
    },
    migrate: (more = {}, control = createControl()) =>
      migrateDirectly({ source: project!.source, target: database.uri, dir: project!.dir, ...more }, control),
    query: (sql) => queryTarget(database.uri, sql),
    values: async (sql) => (await pipeline.query(sql)).map((row) => Object.values(row)[0]),
    rejections: () =>
      pipeline.values(
        "select collection || ' ' || code || ' ' || path || ' ' || id_text from docrow.rejection order by 1",
      ),
  };
  beforeAll(async () => {
    database = await createDatabase(inject('postgresUri'));
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await pipeline.query(
      'drop schema if exists docrow cascade; drop schema public cascade; create schema public',
    );
    return () => {
      project?.remove();
      project = undefined;
    };
  });
  return pipeline;
}
