import type { CollectionRepair, RepairedRow, RepairReport } from '../repair-report.ts';
import { formatCount, formatDocuments, formatTime } from './quantities.ts';
import { joinSections, type NextStep, renderNextSteps } from './section.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { wrapWithMark } from './wrap.ts';

/** Rows that are listed one by one for a person. */
const listed = 50;

/** What a repair did, or would do. */
export const renderRepair = (style: Style, report: RepairReport): string =>
  joinSections([
    verdict(style, report),
    tables(style, report.collections),
    rows(style, report),
    rejections(style, report),
    remarks(style, report),
    renderNextSteps(style, nextSteps(report)),
  ]);

const changesOf = (collections: readonly CollectionRepair[]): number =>
  collections
    .flatMap((repair) => repair.tables)
    .reduce((sum, { inserted, updated, deleted }) => sum + inserted + updated + deleted, 0);

const rowsText = (count: number): string => `${formatCount(count)} ${count === 1 ? 'row' : 'rows'}`;

const verdict = (style: Style, report: RepairReport): string => {
  const { status, collections, remaining, validation } = report;
  const changes = rowsText(changesOf(collections));
  const when = `the comparison of ${formatTime(validation.at)} (level ${validation.level})`;
  switch (status) {
    case 'nothing':
      return `${style.good('✓')} ${style.bold('Nothing to repair')}: ${when} left no difference`;
    case 'planned':
      return `${style.warning('!')} ${style.bold(`${changes} would be changed`)}, after ${when}; nothing was touched`;
    case 'clean':
      return `${style.good('✓')} ${style.bold(`Repaired: ${changes} changed`)}; compared again, these documents are equal`;
    case 'interrupted':
      return `${style.warning('■')} ${style.bold(`Stopped after ${changes}`)}; the same command goes on from here`;
    case 'differences':
      if (remaining.length === 0)
        return `${style.warning('!')} ${style.bold('Not all of it could be repaired')}: ${changes} changed`;
      return `${style.bad('✗')} ${style.bold(`${formatCount(remaining.length)} differences are left`)}; ${changes} changed`;
  }
};

const tables = (style: Style, collections: readonly CollectionRepair[]): string | undefined => {
  const lines = collections.flatMap((repair) =>
    repair.tables
      .filter(({ inserted, updated, deleted }) => inserted + updated + deleted > 0)
      .map(({ table, inserted, updated, deleted }) => [
        repair.collection,
        table,
        ...[inserted, updated, deleted].map((count) =>
          count === 0 ? { text: '0', paint: style.dim } : formatCount(count),
        ),
      ]),
  );
  if (lines.length === 0) return undefined;
  return renderTable(
    style,
    [
      { title: 'Collection', narrowest: 12 },
      { title: 'Table', narrowest: 12 },
      { title: 'Insert', align: 'right' },
      { title: 'Update', align: 'right' },
      { title: 'Delete', align: 'right' },
    ],
    lines,
  );
};

const rows = (style: Style, { rows: all, rowsTruncated }: RepairReport): string | undefined => {
  if (all.length === 0) return undefined;
  const table = renderTable(
    style,
    [
      { title: 'Change' },
      { title: 'Table', narrowest: 12 },
      { title: 'Key', narrowest: 20 },
      { title: 'Columns', narrowest: 12 },
    ],
    all.slice(0, listed).map((row) => [row.kind, row.table, keyText(row), row.columns.join(', ')]),
  );
  if (all.length <= listed && !rowsTruncated) return table;
  const more = rowsTruncated ? 'more' : `${formatCount(all.length - listed)} more`;
  return `${table}\n${style.dim(`… and ${more}; --json lists up to 1,000`)}`;
};

const keyText = ({ key }: RepairedRow): string =>
  Object.entries(key)
    .map(([column, value]) => `${column}=${value}`)
    .join(' ');

const rejections = (style: Style, { rejections: all }: RepairReport): string | undefined => {
  if (all.length === 0) return undefined;
  const table = renderTable(
    style,
    [{ title: 'Set aside', narrowest: 20 }, { title: 'Reason', narrowest: 20 }, { title: 'Path' }],
    all.slice(0, listed).map(({ id, code, path }) => [id, code, path]),
  );
  return all.length <= listed
    ? table
    : `${table}\n${style.dim(`… and ${formatCount(all.length - listed)} more`)}`;
};

const remarks = (style: Style, report: RepairReport): string | undefined => {
  const { validation, left, unreadable, collections } = report;
  const followers = collections.reduce((sum, repair) => sum + repair.followers, 0);
  const lines = [
    validation.isTruncated
      ? 'The last comparison found more differences than it kept: compare again after this, and repair the rest'
      : undefined,
    validation.level === 'counts' && validation.verdict === 'mismatch'
      ? 'The last comparison was by counts, which name no rows'
      : undefined,
    left > 0 ? `${formatCount(left)} more were left out by --limit` : undefined,
    unreadable > 0
      ? `${formatDocuments(unreadable)} cannot be named by the text of the _id: load the collection anew`
      : undefined,
    followers > 0
      ? `${formatDocuments(followers)} referred to rows that are gone: set aside, or the reference set to NULL, as the mapping says`
      : undefined,
  ].filter((line) => line !== undefined);
  if (lines.length === 0) return undefined;
  return lines.map((line) => wrapWithMark(style.dim('→'), line, style.width)).join('\n');
};

const nextSteps = ({ status, validation }: RepairReport): readonly NextStep[] => {
  if (status === 'planned') return [{ command: 'docrow repair --apply', purpose: 'make these changes' }];
  if (status === 'nothing' || status === 'interrupted') return [];
  const level = validation.level === 'counts' ? ' --level digests' : '';
  return [{ command: `docrow validate${level}`, purpose: 'compare both sides again' }];
};
