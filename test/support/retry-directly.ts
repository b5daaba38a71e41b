import { loadSettings } from '../../src/config/load-settings.ts';
import type { RetryOptions, RunControl } from '../../src/pipeline/use-cases.ts';
import type { RetryReport } from '../../src/report/retry-report.ts';
import { rejectsRetry } from '../../src/resources/retry-rejects.ts';
import { createControl } from './migrate-directly.ts';

/**
 * Tries rejections again within this process.
 * @param settings as on the command line: `target`, `dir` and others, by setting name
 */
export async function retryDirectly(
  settings: Readonly<Record<string, unknown>>,
  options: RetryOptions = {},
  control: RunControl = createControl(),
): Promise<RetryReport> {
  return rejectsRetry(await loadSettings('rejects retry', settings, {}, '/'), options, control);
}
