import type { Settings } from '../config/settings.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { exitCodes } from '../errors/error-codes.ts';
import { reportRun } from '../pipeline/report-run.ts';
import { completeReport } from '../report/complete-report.ts';
import type { RunListReport, RunReport } from '../report/run-report.ts';
import { docrowVersion } from './docrow-version.ts';
import { type OpenTarget, requireRun, withTarget } from './open-target.ts';

/**
 * Everything that the target knows of a run, masked unless `settings.showValues` says otherwise.
 * @param key number or id of a run, or the first characters of an id; the newest run when left out
 * @throws DocrowError `no-run`, `settings-invalid` for a run that is not there
 */
export function report(
  settings: Pick<Settings, 'target' | 'schema' | 'dir' | 'showValues'>,
  key: string | undefined,
): Promise<RunReport> {
  return withTarget(settings, async (target) => {
    const run = await findRun(target, key);
    const facts = await reportRun({
      store: target.store,
      history: target.historyStore,
      syncStore: target.syncStore,
      run,
      isLocked: await target.isLocked(),
    });
    return completeReport(facts, {
      version: docrowVersion(),
      madeAt: new Date().toISOString(),
      showValues: settings.showValues,
    });
  });
}

async function findRun(target: OpenTarget, key: string | undefined) {
  await requireRun(target);
  const runs = await target.historyStore.runs();
  const fitting =
    key === undefined
      ? runs.slice(0, 1)
      : runs.filter(({ number, record }) => String(number) === key || isPrefix(key, record.runId));
  if (fitting.length === 1) return fitting[0]!;
  throw new DocrowError(
    'settings-invalid',
    fitting.length === 0 ? 'The target holds no such run' : 'More than one run begins like that',
    { location: '--run' },
  );
}

/** Fewer characters than eight are a number, or too few to be sure of. */
const isPrefix = (key: string, runId: string): boolean =>
  key.length >= 8 && runId.startsWith(key.toLowerCase());

/** All runs of the target. @throws DocrowError `no-run` */
export function reportList(settings: Pick<Settings, 'target' | 'schema' | 'dir'>): Promise<RunListReport> {
  return withTarget(settings, async (target) => {
    await requireRun(target);
    const isLocked = await target.isLocked();
    const runs = await target.historyStore.runs();
    const { store, historyStore: history, syncStore } = target;
    const parts = { store, history, syncStore, isLocked };
    const lines = runs.map(async (run) => {
      const { runId, number, state, source, startedAt, finishedAt, collections, validation } =
        await reportRun({ ...parts, run });
      return {
        number,
        runId,
        state,
        source: `${source.kind}, database ${source.database}`,
        startedAt,
        finishedAt,
        collections: collections.length,
        validation: validation && {
          verdict: validation.verdict,
          level: validation.collections[0]?.level ?? '',
        },
      };
    });
    return { command: 'report list', exitCode: exitCodes.done, runs: await Promise.all(lines) };
  });
}
