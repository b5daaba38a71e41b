import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SyncReport } from '../../../src/report/sync-report.ts';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { type MongoServer, startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { syncDirectly, validateRunDirectly } from '../../support/sync-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const server: MongoServer | undefined = await startMongoServerOrSkip();
const database = 'waiting';

const files = {
  'mappings/teams.yaml': mappingYaml({
    collection: 'teams',
    columns: [
      'id: { from: _id, type: integer }',
      'leader: { from: leader, type: integer, references: people.id }',
    ],
  }),
  'mappings/people.yaml': mappingYaml({
    collection: 'people',
    columns: [
      'id: { from: _id, type: integer }',
      'team: { from: team, type: integer, references: teams.id }',
      'mentor: { from: mentor, type: integer, references: people.id, orphans: "null" }',
    ],
  }),
};

describe.skipIf(server === undefined)('documents that wait for others, in sync', () => {
  const pipeline = usePipeline();
  const client = new MongoClient(server?.uri ?? 'mongodb://localhost');
  const db = client.db(database);
  const people = db.collection<{ _id: number }>('people');
  const teams = db.collection<{ _id: number }>('teams');
  let options: Record<string, unknown>;
  const sync = (): Promise<SyncReport> => syncDirectly(options);

  beforeAll(() => client.connect());
  afterAll(async () => {
    await client.close();
    await server?.stop();
  });
  beforeEach(async () => {
    await db.dropDatabase();
    await people.insertOne({ _id: 1, mentor: 9 } as never);
    await teams.insertOne({ _id: 1, leader: 1 } as never);
    pipeline.project = createProject(files);
    options = { source: server!.uri, database, target: pipeline.uri, dir: pipeline.project.dir };
    expect((await pipeline.migrate({ source: server!.uri, database })).exitCode).toBe(0);
  });

  it('gives a cleared reference back when what it refers to appears, in the load and later', async () => {
    await people.insertOne({ _id: 2, mentor: 8 } as never);
    await sync();
    const mentors = 'select mentor from people order by id';
    expect(await pipeline.values(mentors)).toEqual([null, null]);
    await people.insertMany([{ _id: 8 }, { _id: 9 }]);
    expect(await sync()).toMatchObject({ exitCode: 0 });
    expect(await pipeline.values('select mentor from people where id < 3 order by id')).toEqual([9, 8]);
    expect(
      await pipeline.values(`select count(*)::int from docrow.audit where action = 'orphan-null'`),
    ).toEqual([0]);
    expect(await validateRunDirectly(options)).toMatchObject({ verdict: 'match' });
  });

  it('loads documents that refer to each other and came one after the other', async () => {
    await people.insertOne({ _id: 5, team: 5 } as never);
    expect(await sync()).toMatchObject({ exitCode: 6 });
    await teams.insertOne({ _id: 5, leader: 5 } as never);
    await sync();
    expect(await pipeline.rejections()).toEqual([]);
    expect(await pipeline.values('select team from people where id = 5')).toEqual([5]);
    expect(await validateRunDirectly(options)).toMatchObject({ verdict: 'match' });
  });
});
