// Kills migrations at random moments, many times, and looks whether what they leave in the end is always the same.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runDocrow } from '../test/support/docrow-process.ts';
import { setup as buildCommandLine } from '../test/support/global-built-cli.ts';
import { killAndResume, sampleTables, seededRandom } from '../test/support/kill-campaign.ts';
import { createDatabase, startPostgresServer } from '../test/support/postgres-server.ts';
import { readTarget } from '../test/support/target-content.ts';
import { planSample } from './sample-data/sample.ts';
import { writeDump } from './sample-data/write-dump.ts';

const usage = `Usage: npm run soak -- [options]

  --kills N        kill a migration so often (default 200)
  --documents N    in the sample that is migrated (default 30000)
  --seed N         other moments and other data (default 1)

Ends with 0 when every migration that was resumed equals one that was left alone, else with 1.`;

const chunkDocuments = 250;

function wholeNumber(text: string, flag: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new Error(`${flag} takes a whole number of at least 1`);
}

async function soak(kills: number, documents: number, seed: number): Promise<readonly string[]> {
  const source = mkdtempSync(join(tmpdir(), 'docrow-soak-'));
  buildCommandLine();
  const server = await startPostgresServer();
  try {
    await writeDump(planSample({ documents, seed, clean: false }), source, 'imagegen');
    const database = await createDatabase(server.uri);
    const args = ['migrate', '--source', source, '--chunk-documents', `${chunkDocuments}`];
    const { code, stderr } = await runDocrow(args, { env: { DOCROW_TARGET: database.uri } });
    if (code !== 6) return [`the migration that was left alone ended with ${code}: ${stderr}`];
    const expected = await readTarget(database.uri, sampleTables);
    await database.drop();
    return await killAndResume({
      serverUri: server.uri,
      source,
      kills,
      random: seededRandom(seed),
      chunkDocuments,
      expected,
      onKill: (kill, what) => console.log(`kill ${kill} of ${kills}: ${what}`),
    });
  } finally {
    await server.stop();
    rmSync(source, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '200' },
      documents: { type: 'string', default: '30000' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const kills = wholeNumber(values.kills, '--kills');
  const problems = await soak(
    kills,
    wholeNumber(values.documents, '--documents'),
    wholeNumber(values.seed, '--seed'),
  );
  for (const problem of problems) console.error(`✗ ${problem}`);
  if (problems.length === 0) console.log(`✓ ${kills} kills, and nothing was lost or came twice`);
  else process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  process.exitCode = 2;
}
