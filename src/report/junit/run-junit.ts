import { cutText } from '../cut-text.ts';
import type { RunCheck } from '../run-checks.ts';
import type { RunReport } from '../run-report.ts';
import { xmlText } from './xml-text.ts';

const shownCharacters = 2000;

/**
 * The checks of a run as JUnit XML, in the form that test reporters agree on: a suite for each collection, a test case
 * for each check. What differs is in the text of the failure; a check that was not made is skipped.
 */
export const renderRunJunit = (report: RunReport): string => {
  const suites = report.collections.map(({ collection, seconds }) => {
    const checks = report.checks.filter((check) => check.collection === collection);
    const attributes = `name="${xmlText(collection)}" ${counts(checks)} time="${seconds.toFixed(3)}" timestamp="${report.startedAt.slice(0, 19)}"`;
    return `<testsuite ${attributes}>\n${properties(report)}\n${checks.map(testCase).join('\n')}\n</testsuite>`;
  });
  const name = `docrow run ${report.number} of ${report.source.database}: ${report.verdict.title}`;
  const time = report.totals.seconds.toFixed(3);
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${xmlText(name)}" ${counts(report.checks)} time="${time}">
${suites.join('\n')}
</testsuites>
`;
};

const counts = (checks: readonly RunCheck[]): string => {
  const of = (outcome: RunCheck['outcome']): number =>
    checks.filter((check) => check.outcome === outcome).length;
  return `tests="${checks.length}" failures="${of('failed')}" errors="0" skipped="${of('skipped')}"`;
};

const properties = ({ runId, product, target, verdict }: RunReport): string => {
  const list = {
    'docrow.version': product.version,
    'docrow.run': runId,
    'postgresql.version': target.postgres,
    verdict: verdict.title,
  };
  const lines = Object.entries(list).map(
    ([key, value]) => `<property name="${key}" value="${xmlText(value)}"/>`,
  );
  return `<properties>\n${lines.join('\n')}\n</properties>`;
};

const testCase = ({ collection, name, outcome, details }: RunCheck): string => {
  const start = `<testcase classname="docrow.${xmlText(collection)}" name="${xmlText(name)}" time="0"`;
  const lines = details.map((line) => cutText(line, shownCharacters));
  const message = xmlText(lines[0] ?? name);
  // Each detail is escaped for itself, so that the line ends between them stay.
  const text = lines.map(xmlText).join('\n');
  if (outcome === 'passed') return `${start}/>`;
  if (outcome === 'skipped') return `${start}>\n<skipped message="${message}"/>\n</testcase>`;
  return `${start}>\n<failure message="${message}" type="difference">${text}</failure>\n</testcase>`;
};
