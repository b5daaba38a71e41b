import { loadSettings } from '../../src/config/load-settings.ts';
import type { RepairOptions } from '../../src/pipeline/repair.ts';
import type { RunControl } from '../../src/pipeline/use-cases.ts';
import type { RepairReport } from '../../src/report/repair-report.ts';
import type { Difference, ValidationReport } from '../../src/report/validation-report.ts';
import { repair } from '../../src/resources/repair.ts';
import { createControl } from './migrate-directly.ts';
import { queryTarget } from './target-content.ts';

/**
 * Repairs within this process, and applies what it finds unless told otherwise.
 * @param settings as on the command line: `source`, `target`, `dir` and others, by setting name
 */
export async function repairDirectly(
  settings: Readonly<Record<string, unknown>>,
  options: Partial<RepairOptions> = {},
  control: RunControl = createControl(),
): Promise<RepairReport> {
  const all = { apply: true, limit: Number.MAX_SAFE_INTEGER, ...options };
  return repair(await loadSettings('repair', settings, {}, '/'), all, control);
}

export type PlantedDifference = Pick<Difference, 'collection' | 'table'> & Partial<Difference>;

/** Stores a comparison of both sides that found these differences. */
export async function storeValidation(
  uri: string,
  differences: readonly PlantedDifference[],
  more: Partial<ValidationReport> = {},
): Promise<void> {
  const report: ValidationReport = {
    command: 'validate',
    verdict: 'mismatch',
    exitCode: 3,
    collections: [],
    differences: differences.map((difference) => ({
      kind: 'changed-value',
      key: {},
      state: 'standing',
      firstSeenAt: '2026-03-01T08:15:30.123Z',
      ...difference,
    })),
    differencesTruncated: false,
    errors: [],
    ...more,
  };
  await queryTarget(
    uri,
    `insert into docrow.validation (run_id, level, verdict, report)
    select run_id, 'rows', $1, $2 from docrow.run order by run_number desc limit 1`,
    [report.verdict, JSON.stringify(report)],
  );
}
