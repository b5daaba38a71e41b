import { loadSettings } from '../../src/config/load-settings.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { RunEvent } from '../../src/pipeline/run-event.ts';
import type { RunControl } from '../../src/pipeline/use-cases.ts';
import type { MigrationReport } from '../../src/report/migration-report.ts';
import { migrate } from '../../src/resources/migrate.ts';

/** A control that nobody ever stops. */
export function createControl(onEvent: (event: RunEvent) => void = () => undefined): RunControl {
  const never = new AbortController().signal;
  return { onEvent, signal: { soft: never, hard: never, name: () => undefined } };
}

/** Settings of `migrate` with their defaults, one worker and no environment. */
export const settingsFor = (
  options: Readonly<Record<string, unknown>>,
  command: 'migrate' | 'validate' = 'migrate',
): Promise<Settings> =>
  loadSettings(command, { ...(command === 'migrate' ? { workers: '1' } : {}), ...options }, {}, '/');

/**
 * Migrates within this process, from a project folder.
 * @param options as on the command line: `source`, `target`, `dir` and others, by setting name
 */
export async function migrateDirectly(
  options: Readonly<Record<string, unknown>>,
  control: RunControl = createControl(),
): Promise<MigrationReport> {
  return migrate(await settingsFor(options), control);
}
