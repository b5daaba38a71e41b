import { cutText } from '../cut-text.ts';
import { differenceWords, keyText, sideText } from '../difference-text.ts';
import type { RunCheck } from '../run-checks.ts';
import type { RunListReport, RunReport } from '../run-report.ts';
import { renderErrors } from './error-text.ts';
import { printable } from './printable.ts';
import {
  formatByteRate,
  formatBytes,
  formatCount,
  formatDuration,
  formatTime,
  rowsPerTable,
} from './quantities.ts';
import { renderAdjustments, renderRejectionGroups, renderUnmappedFields } from './rejections-text.ts';
import { joinSections } from './section.ts';
import type { Style } from './style.ts';
import { renderSyncState } from './sync-state-text.ts';
import { renderTable } from './table.ts';
import { wrapWithMark } from './wrap.ts';

const shownDifferences = 20;
const shownCharacters = 200;

/** The report of a run for a terminal. */
export const renderRun = (style: Style, report: RunReport): string =>
  joinSections([
    headline(style, report),
    collectionsTable(style, report),
    renderSyncState(style, report),
    checksText(style, report),
    differencesTable(style, report),
    renderRejectionGroups(style, report.rejections),
    renderAdjustments(style, report.adjustments),
    renderUnmappedFields(style, report.adjustments),
    environment(style, report),
    renderErrors(style, report.errors),
  ]);

const headline = (style: Style, { verdict, number, runId, source, target, startedAt }: RunReport): string => {
  const mark = { good: style.good('✓'), attention: style.warning('!'), bad: style.bad('✗') }[verdict.tone];
  const from = `${source.kind}, database ${printable(source.database)}, into schema ${printable(target.schema)}`;
  return [
    `${mark} ${style.bold(verdict.title)}`,
    `  ${style.dim(`run ${number} (${runId}) · ${from} · ${formatTime(startedAt)}`)}`,
    ...verdict.sentences.map((sentence) => wrapWithMark(' ', printable(sentence), style.width)),
  ].join('\n');
};

const collectionsTable = (style: Style, { collections }: RunReport): string | undefined =>
  collections.length === 0
    ? undefined
    : renderTable(
        style,
        [
          { title: 'Collection', narrowest: 16 },
          { title: 'Read', align: 'right' },
          { title: 'Loaded', align: 'right' },
          { title: 'Set aside', align: 'right' },
          { title: 'Filtered', align: 'right' },
          { title: 'Rows', narrowest: 12 },
          { title: 'Size', align: 'right', dispensable: 3 },
          { title: 'Time', align: 'right', dispensable: 1 },
          { title: 'Speed', align: 'right', dispensable: 2 },
        ],
        collections.map((line) => [
          line.collection,
          formatCount(line.read),
          formatCount(line.loaded),
          { text: formatCount(line.rejected), paint: line.rejected > 0 ? style.warning : style.dim },
          formatCount(line.filtered),
          { text: rowsPerTable(line.rows) },
          formatBytes(line.bytes),
          formatDuration(line.seconds),
          formatByteRate(line.bytes, line.seconds),
        ]),
      );

const checksText = (style: Style, { checks }: RunReport): string | undefined => {
  if (checks.length === 0) return undefined;
  const of = (outcome: RunCheck['outcome']): readonly RunCheck[] =>
    checks.filter((check) => check.outcome === outcome);
  const failed = of('failed');
  const lines = failed.map(({ collection, name, details }) => {
    const why = details.slice(0, 1).map((line) => ` (${line})`);
    return wrapWithMark(style.bad('✗'), printable(`${collection}: not so: ${name}${why}`), style.width);
  });
  const counts = [`${formatCount(of('passed').length)} passed`, `${formatCount(failed.length)} failed`];
  counts.push(`${formatCount(of('skipped').length)} not settled`);
  return [`${style.bold('Checks')} ${style.dim(counts.join(', '))}`, ...lines].join('\n');
};

const differencesTable = (style: Style, { validation }: RunReport): string | undefined => {
  const all = validation?.differences ?? [];
  if (all.length === 0) return undefined;
  const table = renderTable(
    style,
    [
      { title: 'Table', narrowest: 12 },
      { title: 'What' },
      { title: 'Key', narrowest: 16 },
      { title: 'Column' },
      { title: 'Expected', narrowest: 12 },
      { title: 'Found', narrowest: 12 },
    ],
    all
      .slice(0, shownDifferences)
      .map((difference) => [
        difference.table,
        { text: differenceWords[difference.kind], paint: style.bad },
        cutText(keyText(difference), shownCharacters),
        difference.column ?? '',
        cutText(sideText(difference, 'expected') ?? '', shownCharacters),
        cutText(sideText(difference, 'actual') ?? '', shownCharacters),
      ]),
  );
  const hidden = all.length - shownDifferences;
  const more =
    hidden > 0 ? [style.dim(`… and ${formatCount(hidden)} more; --format html or json has them`)] : [];
  return [style.bold('Differences'), table, ...more].join('\n');
};

const environment = (style: Style, report: RunReport): string => {
  const attempt = report.attempts.at(-1);
  const lines = [
    `PostgreSQL ${report.target.postgres}`,
    ...(attempt === undefined
      ? []
      : [
          `docrow ${attempt.version}, Node.js ${attempt.node}, ${attempt.workers} workers on ${attempt.cores} cores (${attempt.system})`,
        ]),
    ...report.collections.map(
      ({ collection, fingerprint }) => `mapping of ${collection}: ${fingerprint.slice(0, 16)}…`,
    ),
    ...report.notes,
  ];
  return [
    style.bold('How it was done'),
    ...lines.map((line) => wrapWithMark(' ', printable(line), style.width)),
  ].join('\n');
};

/** All runs of a target, the newest first. */
export const renderRunList = (style: Style, { runs }: RunListReport): string =>
  joinSections([
    renderTable(
      style,
      [
        { title: 'Run', align: 'right' },
        { title: 'Started' },
        { title: 'State' },
        { title: 'Source', narrowest: 20 },
        { title: 'Collections', align: 'right', dispensable: 2 },
        { title: 'Last comparison' },
        { title: 'Id', dispensable: 1 },
      ],
      runs.map(({ number, startedAt, state, source, collections, validation, runId }) => [
        String(number),
        formatTime(startedAt),
        state,
        source,
        formatCount(collections),
        validation === undefined ? 'none' : `${validation.verdict} (${validation.level})`,
        runId,
      ]),
    ),
    style.dim('docrow report --run N reopens one of them'),
  ]);
