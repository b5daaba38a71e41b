import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { planSample } from '../../scripts/sample-data/sample.ts';
import { writeDump } from '../../scripts/sample-data/write-dump.ts';
import { reportOf, runDocrow } from '../support/docrow-process.ts';
import { killAndResume, readProgress, sampleTables, seededRandom } from '../support/kill-campaign.ts';
import { createDatabase } from '../support/postgres-server.ts';
import { readTarget, type TargetContent } from '../support/target-content.ts';

const documents = 8_000;
const source = mkdtempSync(join(tmpdir(), 'docrow-kill-'));
let expected: TargetContent;

const migrate = (target: string, env: Readonly<Record<string, string>> = {}, workers = 1) =>
  runDocrow(
    [
      'migrate',
      '--source',
      source,
      '--json',
      '--progress',
      'none',
      '--chunk-documents',
      '150',
      '--workers',
      `${workers}`,
    ],
    { env: { DOCROW_TARGET: target, ...env } },
  );

beforeAll(async () => {
  await writeDump(planSample({ documents, seed: 5, clean: false }), source, 'imagegen');
  const database = await createDatabase(inject('postgresUri'));
  try {
    const report = reportOf(await migrate(database.uri));
    expect(report).toMatchObject({
      exitCode: 6,
      validation: { verdict: 'match' },
      totals: { read: documents },
    });
    expected = await readTarget(database.uri, sampleTables);
  } finally {
    await database.drop();
  }
});
afterAll(() => rmSync(source, { recursive: true, force: true }));

test('killed at 20 random moments, a resumed migration equals an uninterrupted one', async () => {
  const problems = await killAndResume({
    serverUri: inject('postgresUri'),
    source,
    kills: 20,
    random: seededRandom(20),
    chunkDocuments: 150,
    expected,
  });
  expect(problems).toEqual([]);
});

describe('killed at a named point', () => {
  test.each([
    ['after-read:1', 1],
    ['mid-copy:20', 1],
    ['mid-copy:7', 2],
    ['after-copy:1', 1],
    ['after-copy:9', 2],
    ['after-commit:1', 1],
    ['after-commit:13', 2],
    ['before-step:1', 1],
    ['before-step:9', 1],
    ['after-step:4', 1],
    ['after-step:12', 1],
    ['mid-set-aside:1', 1],
    ['mid-set-aside:2', 1],
  ])('%s, with %i workers', async (point, workers) => {
    const database = await createDatabase(inject('postgresUri'));
    try {
      const killed = await migrate(database.uri, { DOCROW_FAIL_POINT: point }, workers);
      expect(killed).toMatchObject({ signal: 'SIGKILL', stdout: '' });
      const before = await readProgress(database.uri);
      expect(before.problems).toEqual([]);
      const report = reportOf(await migrate(database.uri, {}, workers));
      expect(report).toMatchObject({
        exitCode: 6,
        validation: { verdict: 'match' },
        totals: { read: documents },
      });
      const own = report.collections.reduce((sum, { attempt }) => sum + attempt.read, 0);
      expect(own).toBe(documents - before.read);
      expect(await readTarget(database.uri, sampleTables)).toEqual(expected);
    } finally {
      await database.drop();
    }
  });
});
