import type { PlannedCollection, PlanReport } from '../plan-report.ts';
import { renderErrors } from './error-text.ts';
import { renderChangeHistory, renderCosts, renderPrivileges, renderTables } from './plan-cost-text.ts';
import { renderLosses } from './plan-loss-text.ts';
import { printable } from './printable.ts';
import { formatBytes, formatCount, formatDocuments, formatDuration, rowsPerTable } from './quantities.ts';
import { renderAdjustments, renderRejectionGroups } from './rejections-text.ts';
import { joinSections, type NextStep, renderNextSteps, titleWith } from './section.ts';
import type { Style } from './style.ts';
import { renderTable, type TableCell } from './table.ts';
import { wrapWithMark } from './wrap.ts';

export interface PlanTextOptions {
  /** Print the DDL as well. */
  readonly ddl: boolean;
  readonly next: readonly NextStep[];
}

/** A plan for people: the verdict first, then what becomes of the documents, then what it costs. */
export const renderPlan = (style: Style, report: PlanReport, { ddl, next }: PlanTextOptions): string =>
  joinSections([
    headline(style, report),
    renderErrors(style, report.errors),
    report.collections.length === 0 ? undefined : collectionsTable(style, report),
    renderRejectionGroups(style, ofAll(report, 'rejections'), 'for these reasons'),
    renderLosses(style, report),
    renderAdjustments(style, ofAll(report, 'adjustments')),
    newFields(style, report),
    afterLoad(style, report),
    renderCosts(style, report),
    renderTables(style, report),
    renderPrivileges(style, report),
    renderChangeHistory(style, report),
    notes(style, report.notes),
    ddl ? `${style.bold('DDL')}\n${report.ddl.trimEnd()}` : undefined,
    renderNextSteps(style, next),
  ]);

/** The groups of all collections, with the collection's name. */
const ofAll = <K extends 'rejections' | 'adjustments'>(
  { collections }: PlanReport,
  key: K,
): readonly (PlannedCollection[K][number] & { readonly collection: string })[] =>
  collections.flatMap(({ collection, [key]: groups }) =>
    (groups as readonly PlannedCollection[K][number][]).map((group) => ({ collection, ...group })),
  );

const headline = (style: Style, report: PlanReport): string => {
  const { verdict, reasons, totals, time, isSample } = report;
  const mark = { ready: style.good('✓'), 'ready, with losses declared': style.good('✓') }[verdict as 'ready'];
  const words = verdict === 'not ready' ? `not ready: ${reasons.map(decapitalised).join('; ')}` : verdict;
  const details = [
    `${isSample ? 'about ' : ''}${formatDocuments(totals.read)}`,
    `${formatCount(totals.rows)} rows`,
    formatBytes(totals.bytes),
    `about ${formatDuration(time.seconds)}`,
  ];
  const line = wrapWithMark(mark ?? style.bad('✗'), printable(capitalised(words)), style.width);
  return `${line}\n  ${style.dim(details.join(' · '))}`;
};

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const decapitalised = (text: string): string =>
  /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

const collectionsTable = (style: Style, { collections, totals, isSample }: PlanReport): string => {
  const hasFiltered = totals.filtered > 0;
  const setAside = (count: number): TableCell =>
    count > 0 ? { text: formatCount(count), paint: style.warning } : { text: '0', paint: style.dim };
  const rows = collections.map((line) => [
    line.collection,
    formatCount(line.read),
    ...(isSample ? [formatCount(line.examined)] : []),
    formatCount(line.loaded),
    setAside(line.rejected),
    ...(hasFiltered ? [formatCount(line.filtered)] : []),
    formatBytes(line.bytes),
    { text: rowsPerTable(line.rows) },
  ]);
  const total = [
    { text: 'Total', paint: style.bold },
    formatCount(totals.read),
    ...(isSample ? [''] : []),
    formatCount(totals.loaded),
    setAside(totals.rejected),
    ...(hasFiltered ? [formatCount(totals.filtered)] : []),
    formatBytes(totals.bytes),
    `${formatCount(totals.rows)} rows`,
  ];
  const table = renderTable(
    style,
    [
      { title: 'Collection', narrowest: 16 },
      { title: 'Documents', align: 'right' },
      ...(isSample ? ([{ title: 'Looked at', align: 'right' }] as const) : []),
      { title: 'Loaded', align: 'right' },
      { title: 'Set aside', align: 'right' },
      ...(hasFiltered ? ([{ title: 'Filtered', align: 'right' }] as const) : []),
      { title: 'BSON', align: 'right', dispensable: 1 },
      { title: 'Rows', narrowest: 14 },
    ],
    rows,
    collections.length > 1 ? total : undefined,
  );
  if (!isSample) return table;
  return `${table}\n${style.dim('A part of the documents was looked at; all counts are projected from it')}`;
};

const newFields = (style: Style, { collections }: PlanReport): string | undefined => {
  const fields = collections.flatMap((collection) => collection.newFields);
  if (fields.length === 0) return undefined;
  const lines = fields.map(({ table, path, documents, alter, mapping }) => {
    const what = `${printable(table)}: ${path === '*' ? 'further fields' : printable(path)} in ${formatDocuments(documents)}`;
    if (alter === undefined || mapping === undefined) {
      return `  ${what} ${style.dim('(no one type holds all of its values)')}`;
    }
    return `  ${what}\n    ${style.name(printable(alter))}\n    ${style.dim(`in the mapping: ${printable(mapping)}`)}`;
  });
  return [
    titleWith(
      style,
      'New fields',
      'in the rest column, since no column takes them; what would take them is below each',
    ),
    ...lines,
  ].join('\n');
};

const afterLoad = (style: Style, { collections }: PlanReport): string | undefined => {
  const sentences = collections.flatMap((collection) => collection.afterLoad);
  if (sentences.length === 0) return undefined;
  return [
    titleWith(style, 'Seen only after loading', 'not counted above'),
    ...sentences.map((sentence) => wrapWithMark(style.dim('→'), printable(sentence), style.width)),
  ].join('\n');
};

const notes = (style: Style, sentences: readonly string[]): string | undefined =>
  sentences.length === 0
    ? undefined
    : sentences
        .map((sentence) => wrapWithMark(style.warning('!'), printable(sentence), style.width))
        .join('\n');
