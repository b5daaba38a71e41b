import type { CollectionReport, MigrationReport } from '../migration-report.ts';
import { renderErrors } from './error-text.ts';
import {
  formatByteRate,
  formatBytes,
  formatCount,
  formatDocuments,
  formatDuration,
  rowsPerTable,
} from './quantities.ts';
import { renderAdjustments, renderRejectionGroups, renderUnmappedFields } from './rejections-text.ts';
import { joinSections, type NextStep, renderNextSteps } from './section.ts';
import type { Style } from './style.ts';
import { renderTable, type TableCell, type TableRow } from './table.ts';

/** The summary of a migration for people. */
export const renderMigration = (
  style: Style,
  report: MigrationReport,
  next: readonly NextStep[] = [],
): string =>
  joinSections([
    headline(style, report),
    report.collections.length === 0 ? undefined : collectionsTable(style, report),
    renderRejectionGroups(style, report.rejections),
    renderAdjustments(style, report.adjustments),
    renderUnmappedFields(style, report.adjustments),
    validationLine(style, report),
    renderErrors(style, report.errors),
    renderNextSteps(style, next),
  ]);

const headline = (style: Style, report: MigrationReport): string => {
  const { totals, runId } = report;
  const details = [
    `${formatCount(totals.rows)} rows`,
    `${formatBytes(totals.bytes)} in ${formatDuration(totals.seconds)}`,
  ];
  if (runId !== undefined) details.push(`run ${runId}`);
  return `${verdict(style, report)}\n  ${style.dim(details.join(' · '))}`;
};

const verdict = (style: Style, { status, totals, nothingToDo }: MigrationReport): string => {
  if (nothingToDo) return `${style.good('✓')} ${style.bold('Nothing to do: this run is finished')}`;
  const loaded = `${formatCount(totals.loaded)} of ${formatDocuments(totals.read - totals.filtered)}`;
  switch (status) {
    case 'done': {
      const setAside = totals.rejected > 0 ? `, ${formatCount(totals.rejected)} set aside` : '';
      return `${style.good('✓')} ${style.bold(`Migrated ${loaded}${setAside}`)}`;
    }
    case 'rejected':
      return `${style.warning('!')} ${style.bold(`Migrated ${loaded}, ${formatCount(totals.rejected)} set aside`)}`;
    case 'interrupted':
      return `${style.warning('■')} ${style.bold(`Stopped; ${formatDocuments(totals.loaded)} loaded so far`)}; the same command goes on from here`;
    case 'failed':
      return `${style.bad('✗')} ${style.bold(`Not complete; ${formatDocuments(totals.loaded)} loaded`)}`;
  }
};

const collectionsTable = (style: Style, { collections, totals }: MigrationReport): string => {
  const hasFiltered = totals.filtered > 0;
  const setAside = (count: number): TableCell =>
    count > 0 ? { text: formatCount(count), paint: style.warning } : { text: '0', paint: style.dim };
  const counts = (line: Pick<CollectionReport, 'read' | 'loaded' | 'rejected' | 'filtered'>): TableRow => [
    formatCount(line.read),
    formatCount(line.loaded),
    setAside(line.rejected),
    ...(hasFiltered ? [formatCount(line.filtered)] : []),
  ];
  const rows = collections.map((line) => [
    line.collection,
    ...counts(line),
    formatCount(Object.values(line.rows).reduce((sum, count) => sum + count, 0)),
    formatDuration(line.seconds),
    formatByteRate(line.bytes, line.seconds),
    tablesOf(line),
  ]);
  const totalRow = [
    { text: 'Total', paint: style.bold },
    ...counts(totals),
    formatCount(totals.rows),
    formatDuration(totals.seconds),
    formatByteRate(totals.bytes, totals.seconds),
    '',
  ];
  return renderTable(
    style,
    [
      { title: 'Collection', narrowest: 16 },
      { title: 'Read', align: 'right' },
      { title: 'Loaded', align: 'right' },
      { title: 'Set aside', align: 'right' },
      ...(hasFiltered ? ([{ title: 'Filtered', align: 'right' }] as const) : []),
      { title: 'Rows', align: 'right' },
      { title: 'Time', align: 'right', dispensable: 2 },
      { title: 'Speed', align: 'right', dispensable: 1 },
      { title: 'Into', narrowest: 14 },
    ],
    rows,
    collections.length > 1 ? totalRow : undefined,
  );
};

const tablesOf = ({ rows }: CollectionReport): TableCell => {
  const tables = Object.keys(rows);
  return { text: tables.length === 1 ? tables[0]! : rowsPerTable(rows) };
};

const validationLine = (style: Style, { validation, nothingToDo }: MigrationReport): string | undefined => {
  const level = validation.level === undefined ? '' : ` ${style.dim(`(${validation.level})`)}`;
  switch (validation.verdict) {
    case 'match':
      return `${style.good('✓')} ${style.bold('Validated')}: both sides agree${level}`;
    case 'mismatch':
      return `${style.bad('✗')} ${style.bold('Validated')}: the two sides differ${level}`;
    case 'incomplete':
      if (validation.outstanding !== undefined) {
        const changes = `${formatCount(validation.outstanding)} changes since the copy began`;
        return `${style.good('✓')} ${style.bold('Validated')}: both sides agree but for ${changes} in the source${level}`;
      }
      return `${style.warning('!')} ${style.bold('Validation')} could not be completed${level}`;
    case 'skipped':
      return nothingToDo ? undefined : style.dim('Not validated');
  }
};
