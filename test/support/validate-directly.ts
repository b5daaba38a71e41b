import { loadSettings } from '../../src/config/load-settings.ts';
import type { ValidationReport } from '../../src/report/validation-report.ts';
import { openProject } from '../../src/resources/open-project.ts';
import { requireRun, withTarget } from '../../src/resources/open-target.ts';
import { withSource } from '../../src/resources/with-source.ts';
import { compareCounts } from '../../src/validation/compare-counts.ts';

/**
 * Compares counts within this process, with the counts of the newest run.
 * @param options as on the command line: `source`, `target`, `dir`, by setting name
 */
export async function validateDirectly(
  options: Readonly<Record<string, unknown>>,
): Promise<ValidationReport> {
  const settings = await loadSettings('validate', options, {}, '/');
  const { mapping } = await openProject(settings);
  return withSource(settings, (source) =>
    withTarget(settings, async (target) => {
      const { runId } = await requireRun(target);
      const { store, schema } = target;
      return compareCounts({ store, source, schema, runId, collections: mapping.collections });
    }),
  );
}
