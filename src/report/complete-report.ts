import { redactDeep } from '../config/redact.ts';
import { exitCodes } from '../errors/error-codes.ts';
import { maskFacts } from './mask-values.ts';
import { runChecks } from './run-checks.ts';
import type { RunFacts, RunReport } from './run-report.ts';
import { runVerdict } from './run-verdict.ts';

export interface ReportMaker {
  /** Of docrow. */
  readonly version: string;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly showValues: boolean;
}

/**
 * The report of a run from what is known of it: with the verdict and the checks that follow from the facts, and without
 * values and passwords unless values are wanted, exactly as they are.
 */
export const completeReport = (facts: RunFacts, maker: ReportMaker): RunReport => {
  const shown = maker.showValues ? facts : (redactDeep(maskFacts(facts)) as RunFacts);
  return {
    command: 'report',
    exitCode: exitCodes.done,
    product: { name: 'docrow', version: maker.version },
    madeAt: maker.madeAt,
    masked: !maker.showValues,
    verdict: runVerdict(shown),
    checks: runChecks(shown),
    ...shown,
  };
};
