import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Measurements } from './figure.ts';
import { loadsFor, needsPsql, needsSync } from './figure-loads.ts';
import { startLiveServer } from './live-server.ts';
import { readMachine } from './machine.ts';
import { measureShape, type ShapeParts } from './measure-shape.ts';
import type { BenchOptions } from './options.ts';
import { Psql } from './psql.ts';
import { computeRatios } from './ratio-figures.ts';
import { computeReading } from './reading-figures.ts';
import type { BenchResults } from './results.ts';
import { openScratchPostgres } from './scratch-postgres.ts';
import { shapes } from './shapes.ts';
import { measureSync } from './sync/measure-sync.ts';
import { computeSync } from './sync/sync-figures.ts';
import type { SyncMeasurements } from './sync/sync-samples.ts';
import { computeUsage } from './usage-figures.ts';
import { databaseName } from './write-dump-file.ts';

const builtCli = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/**
 * Starts what is needed, measures all shapes and stops and removes everything again, also after a signal.
 * @param command for the results
 * @throws Error with what is missing or what has failed
 */
export async function runBench(
  options: BenchOptions,
  command: string,
  signal: AbortSignal,
  onNote: (text: string) => void,
): Promise<BenchResults> {
  const { documents, rounds, figures, seed } = options;
  const cli = options.cli ?? builtCli;
  if (!existsSync(cli))
    throw new Error('docrow is not built, and the built program is measured: npm run build');
  const plans = options.shapes
    .map((name) => ({ shape: shapes[name], loads: loadsFor(figures, name) }))
    .filter(({ loads }) => loads.length > 0);
  const withSync = needsSync(figures, options.shapes);
  if (plans.length === 0 && !withSync) throw new Error('None of these figures is measured with these shapes');
  const psqlVersion = plans.some(({ loads }) => needsPsql(loads)) ? await Psql.version(signal) : undefined;
  warnWhenBusy(onNote);
  const startedAt = new Date();
  const folder = mkdtempSync(join(tmpdir(), 'docrow-bench-'));
  // PostgreSQL does not run as root: the user it runs as has to get in.
  chmodSync(folder, 0o755);
  let mongo: string | undefined;
  try {
    const postgres = await openScratchPostgres(options.target, folder);
    try {
      const parts = {
        ...{ postgres, folder, rounds, seed, signal, onNote },
        psql: new Psql(postgres.uri, folder, signal),
        docrow: { cli, targetUri: postgres.uri, folder, signal },
        withSmall: figures.has(6) || figures.has(7),
        startServer: async (database: string) => {
          const server = await startLiveServer(database);
          mongo = server.description;
          return server;
        },
      };
      const measurements: Measurements[] = [];
      for (const { shape, loads } of plans) {
        measurements.push(await measureShape(parts, shape, documents, loads));
      }
      const sync = withSync ? await measureSyncOnServer(parts, figures) : undefined;
      const { version, settings, kind } = postgres;
      return {
        startedAt: startedAt.toISOString(),
        minutes: (Date.now() - startedAt.getTime()) / 60_000,
        ...{ command, documents, rounds, machine: readMachine(), psql: psqlVersion, mongo },
        postgres: { version, settings, kind },
        figures: [
          ...measurements.flatMap((measured) => [
            ...computeRatios(measured, figures),
            ...computeUsage(measured, figures),
            ...computeReading(measured, figures),
          ]),
          ...computeSync(sync),
        ].toSorted((a, b) => a.figure - b.figure),
        ...{ measurements, sync },
      };
    } finally {
      await postgres.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureSyncOnServer(
  parts: ShapeParts,
  figures: ReadonlySet<number>,
): Promise<SyncMeasurements> {
  const server = await parts.startServer(databaseName);
  try {
    return await measureSync({ ...parts, server }, figures, parts.rounds);
  } finally {
    await server.stop();
  }
}

/** Half a core that others use is enough to change every number. */
function warnWhenBusy(onNote: (text: string) => void): void {
  const [load = 0] = loadavg();
  if (load < 0.5) return;
  onNote(
    `The machine is busy (load ${load.toFixed(1)}, ${availableParallelism()} cores): the numbers will be uncertain`,
  );
}
