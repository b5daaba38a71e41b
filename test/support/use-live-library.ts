import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { author, book, libraryProject, many } from './library-project.ts';
import type { MongoServer } from './mongo-server.ts';
import { type Pipeline, usePipeline } from './use-pipeline.ts';

/** The library in a server and, freshly migrated, in PostgreSQL. */
export interface LiveLibrary {
  readonly pipeline: Pipeline;
  readonly db: Db;
  /** `source`, `database`, `target` and `dir`, by setting name. */
  readonly options: Readonly<Record<string, unknown>>;
}

const database = 'shop';

/** Registers the hooks of a test file whose tests begin with 20 authors and 100 books on both sides, and stops the server. */
export function useLiveLibrary(server: MongoServer | undefined): LiveLibrary {
  const pipeline = usePipeline();
  const client = new MongoClient(server?.uri ?? 'mongodb://localhost');
  const db = client.db(database);
  const place = () => ({ source: server!.uri, database });
  beforeAll(() => client.connect());
  afterAll(async () => {
    await client.close();
    await server?.stop();
  });
  beforeEach(async () => {
    await db.dropDatabase();
    await db.collection('authors').insertMany(many(20, (id) => author(id)) as never);
    await db.collection('books').insertMany(many(100, (index) => book(index)));
    pipeline.project = libraryProject([], []);
    expect((await pipeline.migrate(place())).exitCode).toBe(0);
  });
  return {
    pipeline,
    db,
    get options() {
      return { ...place(), target: pipeline.uri, dir: pipeline.project.dir };
    },
  };
}
