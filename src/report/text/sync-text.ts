import type { SyncCollectionReport, SyncPositionReport, SyncReport } from '../sync-report.ts';
import { renderErrors } from './error-text.ts';
import { printable } from './printable.ts';
import { formatCount, formatDuration, formatLag, formatTime, rowsPerTable } from './quantities.ts';
import { renderRejectionGroups } from './rejections-text.ts';
import { joinSections, type NextStep, renderNextSteps } from './section.ts';
import type { Style } from './style.ts';
import { renderTable, type TableCell } from './table.ts';
import { wrapWithMark } from './wrap.ts';

/** What a process did to bring the tables in step with the source. */
export const renderSync = (style: Style, report: SyncReport): string =>
  joinSections([
    headline(style, report),
    collectionsTable(style, report),
    gapText(style, report),
    stopsText(style, report),
    foreignWrites(style, report),
    renderRejectionGroups(style, report.rejections),
    renderErrors(style, otherErrors(report)),
    renderNextSteps(style, nextSteps(report)),
  ]);

const headline = (style: Style, report: SyncReport): string => {
  const lines = [verdict(style, report)];
  if (report.position !== undefined) {
    lines.push(wrapWithMark(' ', positionText(report.position), style.width));
  }
  lines.push(`  ${style.dim(`${modeWords[report.mode]}, ${formatDuration(report.totals.seconds)}`)}`);
  return lines.join('\n');
};

const verdict = (style: Style, report: SyncReport): string => {
  const { status, gap } = report;
  const done = style.bold(workText(report));
  switch (status) {
    case 'done':
      return `${style.good('✓')} ${done}`;
    case 'rejected':
      return `${style.warning('!')} ${done}, ${style.bold(`${formatCount(report.totals.rejected)} set aside`)}`;
    case 'interrupted':
      return `${style.warning('■')} ${style.bold('Stopped')}${soFar(report)}; the same command goes on from here`;
    case 'failed':
      if (gap !== undefined) {
        return `${style.bad('✗')} ${style.bold('The source has lost changes that are not in the tables yet')}`;
      }
      return stopsOf(report).length > 0 && otherErrors(report).length === 0
        ? `${style.bad('✗')} ${style.bold('Not all collections are kept in step')}${soFar(report)}`
        : `${style.bad('✗')} ${style.bold('Not brought in step')}${soFar(report)}`;
  }
};

const modeWords: Readonly<Record<SyncReport['mode'], string>> = {
  stream: 'by change events',
  cursor: 'by a field of the documents',
  full: 'by comparing everything',
  recover: 'by comparing everything, then by change events',
};

/** `12 documents changed, 3 deleted` */
const workText = ({ totals: { changed, deleted } }: SyncReport): string => {
  if (changed === 0 && deleted === 0) return 'Nothing had to be changed';
  const documents = `${formatCount(changed)} ${changed === 1 ? 'document' : 'documents'} changed`;
  return deleted === 0 ? documents : `${documents}, ${formatCount(deleted)} deleted`;
};

/** What was done before it ended; nothing where that is nothing. */
const soFar = (report: SyncReport): string =>
  report.totals.changed + report.totals.deleted === 0 ? '' : `: ${workText(report)}`;

const positionText = ({ sourceTime, reachedBy }: SyncPositionReport): string => {
  const time = formatTime(sourceTime);
  if (reachedBy === undefined) return `Every change up to ${time} is in the tables`;
  const behind = Math.max(0, (Date.parse(reachedBy) - Date.parse(sourceTime)) / 1000);
  return behind < 1
    ? `In step with the source as of ${time}, 0 s behind`
    : `Every change up to ${time} is in the tables, ${formatLag(behind)} behind the source`;
};

const collectionsTable = (style: Style, { collections, totals, mode }: SyncReport): string | undefined => {
  if (collections.length === 0) return undefined;
  const hasEvents = mode === 'stream' || mode === 'recover';
  const hasFiltered = totals.filtered > 0;
  const count = (value: number): TableCell => ({
    text: formatCount(value),
    ...(value === 0 ? { paint: style.dim } : {}),
  });
  const cells = (line: SyncReport['totals'] | SyncCollectionReport): readonly TableCell[] => [
    count(hasEvents ? line.events : line.read),
    count(line.changed),
    count(line.deleted),
    count(line.unchanged),
    { text: formatCount(line.rejected), paint: line.rejected > 0 ? style.warning : style.dim },
    ...(hasFiltered ? [count(line.filtered)] : []),
  ];
  return renderTable(
    style,
    [
      { title: 'Collection', narrowest: 16 },
      { title: hasEvents ? 'Events' : 'Read', align: 'right' },
      { title: 'Changed', align: 'right' },
      { title: 'Deleted', align: 'right' },
      { title: 'Unchanged', align: 'right', dispensable: 1 },
      { title: 'Set aside', align: 'right' },
      ...(hasFiltered ? ([{ title: 'Filtered', align: 'right' }] as const) : []),
      { title: 'Rows written', narrowest: 12, dispensable: 2 },
    ],
    collections.map((line) => [line.collection, ...cells(line), { text: rowsPerTable(line.rows) }]),
    collections.length > 1
      ? [{ text: 'Total', paint: style.bold }, ...cells(totals), formatCount(totals.rows)]
      : undefined,
  );
};

const gapText = (style: Style, { gap }: SyncReport): string | undefined => {
  if (gap === undefined) return undefined;
  const { from, to } = gap;
  const text =
    to === undefined
      ? `Changes after ${formatTime(from)} are not in the tables, and the source cannot tell them any more`
      : `Changes from ${formatTime(from)} to ${formatTime(to)} (${formatDuration(Math.max(0, Date.parse(to) - Date.parse(from)) / 1000)}) are not in the tables, and the source cannot tell them any more`;
  return [style.bold('The gap'), wrapWithMark(style.bad('✗'), text, style.width)].join('\n');
};

type StoppedCollection = SyncCollectionReport & Required<Pick<SyncCollectionReport, 'stopped'>>;

const stopsOf = ({ collections }: SyncReport): readonly StoppedCollection[] =>
  collections.filter((line): line is StoppedCollection => line.stopped !== undefined);

const stopsText = (style: Style, report: SyncReport): string | undefined => {
  const stops = stopsOf(report);
  if (stops.length === 0) return undefined;
  const lines = stops.map(({ collection, stopped: { reason, code, at } }) => {
    const when = at === undefined ? '' : ` since ${formatTime(at)}`;
    const text = `${printable(collection)}${when}: ${printable(reason)} [${code}]`;
    return wrapWithMark(style.bad('✗'), text, style.width);
  });
  return [style.bold('Followed no more; the rows are as they were'), ...lines].join('\n');
};

const foreignWrites = (style: Style, { collections }: SyncReport): string | undefined => {
  const lines = collections
    .filter(({ foreignWrites: rows = 0 }) => rows > 0)
    .map(({ collection, foreignWrites: rows = 0 }) => {
      const words = rows === 1 ? '1 row was' : `${formatCount(rows)} rows were`;
      const text = `${printable(collection)}: ${words} written by somebody else; docrow.foreign_write names them`;
      return wrapWithMark(style.warning('!'), text, style.width);
    });
  return lines.length === 0 ? undefined : lines.join('\n');
};

/** What is not said by the list of collections that are followed no more. */
const otherErrors = (report: SyncReport): SyncReport['errors'] => {
  const stopped = new Map(stopsOf(report).map(({ collection, stopped: { code } }) => [collection, code]));
  return report.errors.filter(
    ({ code, location }) => location === undefined || stopped.get(location) !== code,
  );
};

const nextSteps = (report: SyncReport): readonly NextStep[] => {
  const steps: NextStep[] = [];
  if (report.gap !== undefined || stopsOf(report).length > 0) {
    steps.push({
      command: 'docrow sync --once --recover',
      purpose: 'compare everything, write what differs, and follow the changes again',
    });
  }
  if (report.rejections.length > 0 && report.status !== 'interrupted') {
    steps.push({
      command: 'docrow rejects list',
      purpose: 'every document that is set aside, with its reason',
    });
  }
  if (report.status === 'failed') {
    steps.push({ command: 'docrow status', purpose: 'where every collection stands' });
  } else if (report.status !== 'interrupted' && report.totals.changed + report.totals.deleted > 0) {
    steps.push({ command: 'docrow validate', purpose: 'compare both sides' });
  }
  return steps;
};
