import type { CutoverCheck, CutoverReport } from '../cutover-report.ts';
import { renderErrors } from './error-text.ts';
import { formatLag, formatTime } from './quantities.ts';
import { joinSections, type NextStep, renderNextSteps } from './section.ts';
import type { Style } from './style.ts';
import { renderTable, type TableCell } from './table.ts';
import { wrapWithMark } from './wrap.ts';

/** What has to be true before the application is switched over, and whether it is. */
export const renderCutover = (style: Style, report: CutoverReport): string =>
  joinSections([
    headline(style, report),
    report.checks.length === 0 ? undefined : checksTable(style, report.checks),
    remedies(style, report.checks),
    renderErrors(style, report.errors),
    renderNextSteps(style, nextSteps(report)),
  ]);

const failedOf = (checks: readonly CutoverCheck[]): readonly CutoverCheck[] =>
  checks.filter(({ state }) => state === 'failed');

const headline = (style: Style, report: CutoverReport): string => {
  const lines = [verdict(style, report)];
  const { position, validation, finishedAt } = report;
  if (position !== undefined) {
    const { sourceTime, reachedBy } = position;
    const behind =
      reachedBy === undefined ? 0 : Math.max(0, (Date.parse(reachedBy) - Date.parse(sourceTime)) / 1000);
    const lag = reachedBy === undefined ? '' : `, ${formatLag(behind)} behind the source`;
    const text = `Every change up to ${formatTime(sourceTime)} is in the tables${lag}`;
    lines.push(wrapWithMark(' ', text, style.width));
  }
  if (validation !== undefined) {
    const text = `Compared by ${validation.level} on ${formatTime(validation.at)}: ${verdictWords(validation.verdict)}`;
    lines.push(wrapWithMark(' ', text, style.width));
  }
  if (finishedAt !== undefined) lines.push(`  Recorded on ${formatTime(finishedAt)}`);
  return lines.join('\n');
};

const verdict = (style: Style, { verdict: word, mode, checks }: CutoverReport): string => {
  switch (word) {
    case 'done':
      return `${style.good('✓')} ${style.bold('Both sides are the same: the application can be switched to PostgreSQL')}`;
    case 'ready':
      return `${style.good('✓')} ${style.bold('Ready for the switch')}; nothing was recorded`;
    case 'not-ready': {
      const failed = failedOf(checks).length;
      const what = failed === 1 ? '1 line below is not so yet' : `${failed} lines below are not so yet`;
      const title = mode === 'check' ? 'Not ready for the switch' : 'Not switched';
      return `${style.bad('✗')} ${style.bold(title)}${failed === 0 ? '' : `: ${what}`}`;
    }
  }
};

const verdictWords = (word: string): string =>
  word === 'match' ? 'both sides agree' : word === 'mismatch' ? 'the two sides differ' : 'not completed';

const checksTable = (style: Style, checks: readonly CutoverCheck[]): string =>
  renderTable(
    style,
    [{ title: '' }, { title: 'What must be true', narrowest: 26 }, { title: 'What is', narrowest: 20 }],
    checks.map(({ title, state, detail }) => [
      stateCell(style, state),
      title,
      { text: detail, ...(state === 'ok' ? { paint: style.dim } : {}) },
    ]),
  );

const stateCell = (style: Style, state: CutoverCheck['state']): TableCell => {
  switch (state) {
    case 'ok':
      return { text: '✓', paint: style.good };
    case 'failed':
      return { text: '✗', paint: style.bad };
    case 'unknown':
      return { text: '?', paint: style.warning };
  }
};

/** What to do about each line that is not so, in the order of the table. */
const remedies = (style: Style, checks: readonly CutoverCheck[]): string | undefined => {
  const lines = failedOf(checks).flatMap(({ title, remedy }) =>
    remedy === undefined ? [] : [wrapWithMark(style.dim('→'), `${title}: ${remedy}`, style.width)],
  );
  return lines.length === 0 ? undefined : [style.bold('What to do'), ...lines].join('\n');
};

const nextSteps = ({ verdict: word, mode }: CutoverReport): readonly NextStep[] => {
  switch (word) {
    case 'done':
      return [{ command: 'docrow report --out switch.html', purpose: 'keep the report of the run' }];
    case 'ready':
      return [
        {
          command: 'docrow cutover',
          purpose: 'once the application writes to MongoDB no more: record the switch',
        },
      ];
    case 'not-ready':
      return [
        {
          command: mode === 'check' ? 'docrow cutover --check' : 'docrow cutover',
          purpose: 'look again, once that is done',
        },
      ];
  }
};
