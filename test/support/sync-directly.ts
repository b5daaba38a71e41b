import { loadSettings } from '../../src/config/load-settings.ts';
import type { RunEvent } from '../../src/pipeline/run-event.ts';
import type { RunControl, SyncOptions } from '../../src/pipeline/use-cases.ts';
import type { SyncReport } from '../../src/report/sync-report.ts';
import type { ValidationReport } from '../../src/report/validation-report.ts';
import { sync } from '../../src/resources/sync.ts';
import { validate } from '../../src/resources/validate.ts';
import { createControl } from './migrate-directly.ts';

export const byField = (
  field: string,
  more: { readonly overlapSeconds?: number; readonly findDeletes?: boolean } = {},
): SyncOptions['by'] => ({ kind: 'cursor', field, overlapSeconds: 0, findDeletes: false, ...more });

/**
 * Brings tables in step within this process, by one worker unless more are asked for, up to now.
 * @param options as on the command line: `source`, `target`, `dir` and others, by setting name
 */
export async function syncDirectly(
  options: Readonly<Record<string, unknown>>,
  by: SyncOptions['by'] = { kind: 'stream' },
  control: RunControl = createControl(),
): Promise<SyncReport> {
  const settings = await loadSettings('sync', { workers: '1', insecureArgv: true, ...options }, {}, '/');
  return sync(settings, { how: 'once', by }, control);
}

/** Compares both sides within this process. */
export async function validateRunDirectly(
  options: Readonly<Record<string, unknown>>,
): Promise<ValidationReport> {
  const settings = await loadSettings('validate', { workers: '1', insecureArgv: true, ...options }, {}, '/');
  return validate(settings, { aggregates: false }, createControl());
}

/** A control that collects what is told to a person. */
export function noticesOf(): { readonly control: RunControl; readonly notices: string[] } {
  const notices: string[] = [];
  const control = createControl((event: RunEvent) => {
    if (event.kind === 'notice') notices.push(event.message);
  });
  return { control, notices };
}
