import { loadSettings } from '../../src/config/load-settings.ts';
import type { RunEvent } from '../../src/pipeline/run-event.ts';
import type { RunControl } from '../../src/pipeline/use-cases.ts';
import type { MigrationReport } from '../../src/report/migration-report.ts';
import { migrate } from '../../src/resources/migrate.ts';

/** A control that nobody ever stops. */
export function createControl(onEvent: (event: RunEvent) => void = () => undefined): RunControl {
  const never = new AbortController().signal;
  return { onEvent, signal: { soft: never, hard: never, name: () => undefined } };
}

/**
 * Migrates within this process, from a project folder, by one worker unless more are asked for.
 * @param options as on the command line: `source`, `target`, `dir` and others, by setting name
 */
export async function migrateDirectly(
  options: Readonly<Record<string, unknown>>,
  control: RunControl = createControl(),
): Promise<MigrationReport> {
  return migrate(await loadSettings('migrate', { workers: '1', ...options }, {}, '/'), control);
}

/** A control that stops a run after so many chunks. */
export function stopAfter(chunks: number): RunControl {
  const soft = new AbortController();
  let left = chunks;
  const control = createControl((event) => {
    if (event.kind === 'chunk-committed' && --left === 0) soft.abort();
  });
  return {
    ...control,
    signal: {
      ...control.signal,
      soft: soft.signal,
      name: () => (soft.signal.aborted ? ('SIGINT' as const) : undefined),
    },
  };
}
