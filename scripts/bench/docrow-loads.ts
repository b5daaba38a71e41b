import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPhases } from './docrow-phases.ts';
import type { Loader } from './load-sample.ts';
import { runProcess } from './run-process.ts';
import { type SchemaStatements, splitSchema } from './schema-statements.ts';
import { databaseName } from './write-dump-file.ts';

/** The built command line, as users run it. */
export interface Docrow {
  /** Its entry file. */
  readonly cli: string;
  readonly targetUri: string;
  readonly folder: string;
  readonly signal: AbortSignal;
}

const recordUsage = new URL('./record-usage.mjs', import.meta.url).href;
const projectFolder = fileURLToPath(new URL('./project', import.meta.url));

/** @param source a dump folder, or the URI of a server */
export function docrowLoad(docrow: Docrow, collection: string, source: string, workers: number): Loader {
  return async () => {
    const usageFile = join(docrow.folder, 'usage.json');
    const { seconds, errors, output } = await runDocrow(
      docrow,
      [
        ...['migrate', '--dir', projectFolder, '--only', collection, '--database', databaseName],
        ...[
          '--workers',
          String(workers),
          '--no-validate',
          '--progress',
          'json',
          '--log-level',
          'error',
          '--json',
        ],
      ],
      { DOCROW_SOURCE: source, DOCROW_BENCH_USAGE: usageFile },
    );
    const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as {
      cpuSeconds: number;
      peakMebibytes: number;
    };
    const report = JSON.parse(output) as { collections: { attempt: { seconds: number } }[] };
    const { workSeconds, indexSeconds, firstBatchSeconds } = readPhases(errors);
    const loadSeconds = report.collections[0]!.attempt.seconds;
    return { seconds, workSeconds, loadSeconds, indexSeconds, firstBatchSeconds, ...usage };
  };
}

/** The SQL that docrow would run for the collection. */
export async function readSchema(docrow: Docrow, collection: string): Promise<SchemaStatements> {
  const args = ['schema', '--dir', projectFolder, '--only', collection, '--json'];
  const { output } = await runDocrow(docrow, args, {});
  return splitSchema((JSON.parse(output) as { sql: string }).sql);
}

const runDocrow = (
  { cli, targetUri, signal }: Docrow,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
) =>
  runProcess(process.execPath, ['--import', recordUsage, cli, ...args], {
    env: { ...withoutSettings(process.env), DOCROW_TARGET: targetUri, ...env },
    signal,
  });

/** Settings that somebody has in the environment would change what is measured. */
const withoutSettings = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(DOCROW_|MONGODB_URI$|DATABASE_URL$|NODE_OPTIONS$)/.test(name)),
  );
