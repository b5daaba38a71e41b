import { exitCodes } from '../errors/error-codes.ts';
import type { Difference, ValidationReport } from '../report/validation-report.ts';
import type { Outstanding } from './look-ahead.ts';

/**
 * Takes differences of documents that changed in the source, and whose change is not in the tables yet, for what they
 * are: on their way. What else differs still differs. With nothing else the verdict is `incomplete`: of those documents
 * nothing can be said before they were brought in step.
 * @param outstanding looked for after the comparison, from where the tables stood before it
 */
export function setOutstandingApart(report: ValidationReport, outstanding: Outstanding): ValidationReport {
  const isCovered = report.collections.every(({ notCovered }) => notCovered.length === 0);
  if (report.verdict === 'match' || outstanding.events === 0 || !isCovered) return report;
  const { documents, events, since, isWhole } = outstanding;
  const differences = report.differences.map((difference): Difference => {
    const { collection, id } = difference;
    const isOnItsWay = !isWhole || (id !== undefined && documents.get(collection)?.has(id) === true);
    return isOnItsWay ? { ...difference, state: 'moving' } : difference;
  });
  const isCounted = report.collections.some(({ level }) => level === 'counts');
  const isExplained = differences.length > 0 || isCounted;
  if (!isExplained || differences.some(({ state }) => state === 'standing'))
    return { ...report, differences };
  return {
    ...report,
    differences,
    verdict: 'incomplete',
    exitCode: exitCodes.differences,
    outstanding: { changes: events, since: since!.toISOString() },
  };
}
