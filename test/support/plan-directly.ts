import { loadSettings } from '../../src/config/load-settings.ts';
import type { RunControl } from '../../src/pipeline/use-cases.ts';
import type { PlanReport } from '../../src/report/plan-report.ts';
import { plan } from '../../src/resources/plan.ts';
import { createControl } from './migrate-directly.ts';

/** Plans within this process. @param options as on the command line, by setting name */
export async function planDirectly(
  { sample, ...options }: Readonly<Record<string, unknown>> & { readonly sample?: number },
  control: RunControl = createControl(),
): Promise<PlanReport> {
  return plan(await loadSettings('plan', { workers: '1', ...options }, {}, '/'), control, { sample });
}
