import { afterAll, describe, expect, test } from 'vitest';
import { openSource } from '../../../src/source/open-source.ts';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { loadMongo } from '../../support/load-mongo.ts';
import { startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { planDirectly } from '../../support/plan-directly.ts';
import { raw, rawDocument } from '../../support/raw-bson.ts';

const server = await startMongoServerOrSkip();

describe.skipIf(server === undefined)('the history of a server', () => {
  afterAll(() => server?.stop());

  test('reaches from one time to a later one, or there is a reason why it cannot be told', async () => {
    await loadMongo(server!.uri, 'window', 'things', [rawDocument([['_id', raw.int32(1)]])]);
    const source = await openSource({ kind: 'mongo', uri: server!.uri, database: 'window' });
    try {
      const window = await source.changeWindow!();
      if (window.kind === 'window') {
        expect(window.newest.getTime()).toBeGreaterThanOrEqual(window.oldest.getTime());
        expect(Math.abs(Date.now() - window.newest.getTime())).toBeLessThan(24 * 3600 * 1000);
      } else expect(window.reason).not.toBe('');
      expect(window).toMatchObject({ kind: expect.stringMatching(/^(?:window|none)$/) });
    } finally {
      await source.close();
    }
  });

  test('is in the plan, with the reason where changes could not be followed', async () => {
    await loadMongo(server!.uri, 'window', 'things', [rawDocument([['_id', raw.int32(1)]])]);
    const project = createProject({
      'mappings/things.yaml': mappingYaml({
        collection: 'things',
        columns: ['id: { from: _id, type: integer }'],
      }),
    });
    try {
      const plan = await planDirectly({
        source: server!.uri,
        database: 'window',
        dir: project.dir,
        insecureArgv: true,
      });
      expect(plan).toMatchObject({ exitCode: 0, verdict: 'ready', totals: { read: 1, loaded: 1, rows: 1 } });
      const { changeHistory } = plan;
      if (changeHistory.kind === 'window') expect(changeHistory.seconds).toBeGreaterThanOrEqual(0);
      else expect(changeHistory.reason).not.toBe('Files do not change');
    } finally {
      project.remove();
    }
  });
});
