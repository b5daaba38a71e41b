import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPhases, readReading } from './docrow-phases.ts';
import type { Loader } from './load-sample.ts';
import { type ProcessResult, runProcess } from './run-process.ts';
import { type SchemaStatements, splitSchema } from './schema-statements.ts';
import type { Shape } from './shapes.ts';
import { databaseName } from './write-dump-file.ts';

/** The built command line, as users run it. */
export interface Docrow {
  /** Its entry file. */
  readonly cli: string;
  readonly targetUri: string;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** What the process with its threads has used. */
interface Usage {
  readonly cpuSeconds: number;
  readonly peakMebibytes: number;
}

const recordUsage = new URL('./record-usage.mjs', import.meta.url).href;
const projectFolder = ({ project }: Shape): string => fileURLToPath(new URL(project, import.meta.url));

/** @param source a dump folder, or the URI of a server */
export function docrowLoad(docrow: Docrow, shape: Shape, source: string, workers: number): Loader {
  return async () => {
    const { seconds, errors, output, usage } = await runMeasured(docrow, source, [
      ...['migrate', '--dir', projectFolder(shape), '--only', shape.name],
      ...['--workers', String(workers), '--no-validate'],
    ]);
    const report = JSON.parse(output) as { collections: { attempt: { seconds: number } }[] };
    const { workSeconds, indexSeconds, firstBatchSeconds } = readPhases(errors);
    const loadSeconds = report.collections[0]!.attempt.seconds;
    return { seconds, workSeconds, loadSeconds, indexSeconds, firstBatchSeconds, ...usage };
  };
}

/** `docrow inspect` of the documents. It needs no project, and no target. */
export function docrowInspect(docrow: Docrow, shape: Shape, source: string): Loader {
  return async () => {
    const { seconds, errors, usage } = await runMeasured(docrow, source, ['inspect', '--only', shape.name]);
    return { seconds, workSeconds: readReading(errors), ...usage };
  };
}

/**
 * Runs one command to its end.
 * @param interrupt sends SIGINT, which is a good end then
 */
export async function runMeasured(
  docrow: Docrow,
  source: string,
  args: readonly string[],
  interrupt?: AbortSignal,
): Promise<ProcessResult & { readonly usage: Usage }> {
  const usageFile = join(docrow.folder, 'usage.json');
  const result = await runDocrow(
    docrow,
    [...args, '--database', databaseName, '--progress', 'json', '--log-level', 'error', '--json'],
    { DOCROW_SOURCE: source, DOCROW_BENCH_USAGE: usageFile },
    interrupt,
  );
  const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as Usage;
  return { ...result, usage };
}

/** The SQL that docrow would run for the shape's tables. */
export async function readSchema(docrow: Docrow, shape: Shape): Promise<SchemaStatements> {
  const args = ['schema', '--dir', projectFolder(shape), '--only', shape.name, '--json'];
  const { output } = await runDocrow(docrow, args, {});
  return splitSchema((JSON.parse(output) as { sql: string }).sql);
}

const runDocrow = (
  { cli, targetUri, signal }: Docrow,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  interrupt?: AbortSignal,
) =>
  runProcess(process.execPath, ['--import', recordUsage, cli, ...args], {
    env: { ...withoutSettings(process.env), DOCROW_TARGET: targetUri, ...env },
    signal,
    interrupt,
  });

/** Settings that somebody has in the environment would change what is measured. */
const withoutSettings = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(DOCROW_|MONGODB_URI$|DATABASE_URL$|NODE_OPTIONS$)/.test(name)),
  );
