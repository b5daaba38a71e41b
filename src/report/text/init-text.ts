import type { InitCollection, InitReport } from '../init-report.ts';
import { renderErrors } from './error-text.ts';
import { printable } from './printable.ts';
import { formatCount } from './quantities.ts';
import { joinSections, type NextStep, renderNextSteps } from './section.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { wrapWithMark } from './wrap.ts';

/** Decisions of one collection that are shown; all are in its file. */
const mostDecisions = 6;

/** What was proposed, and what to look at before it is used. */
export const renderInit = (style: Style, report: InitReport, next: readonly NextStep[]): string =>
  joinSections([
    headline(style, report),
    collectionTable(style, report.collections),
    ...report.collections.map((collection) => decisions(style, collection)),
    leftOut(style, report),
    renderErrors(style, report.errors),
    renderNextSteps(style, next),
  ]);

const headline = (style: Style, { database, files, kept, collections }: InitReport): string => {
  const mappings = `${formatCount(collections.length)} ${collections.length === 1 ? 'mapping' : 'mappings'}`;
  const lines = [`${style.good('✓')} ${style.bold(`${mappings} for the database ${printable(database)}`)}`];
  const others = files.filter((file) => !file.startsWith('mappings/'));
  if (others.length > 0) lines.push(style.dim(`  also ${others.map(printable).join(', ')}`));
  if (kept.length > 0) lines.push(style.dim(`  kept as it was: ${kept.map(printable).join(', ')}`));
  return lines.join('\n');
};

const collectionTable = (style: Style, collections: readonly InitCollection[]): string | undefined =>
  collections.length === 0
    ? undefined
    : renderTable(
        style,
        [
          { title: 'Collection', narrowest: 16 },
          { title: 'Documents', align: 'right' },
          { title: 'Tables', narrowest: 16 },
          { title: 'Columns', align: 'right' },
          { title: 'File', narrowest: 20, dispensable: 1 },
        ],
        collections.map(({ collection, documents, isSample, tables, columns, file }) => [
          collection,
          `${formatCount(documents)}${isSample ? ' (sample)' : ''}`,
          { text: tables },
          formatCount(columns),
          file,
        ]),
      );

const decisions = (style: Style, collection: InitCollection): string | undefined => {
  const { decisions: all, table: root, file } = collection;
  if (all.length === 0) return undefined;
  const lines = all.slice(0, mostDecisions).map(({ table, column, text }) => {
    const place = [...(table === root ? [] : [table]), ...(column === undefined ? [] : [column])].join('.');
    const sentence = `${place === '' ? '' : `${place}: `}${text}`;
    return wrapWithMark('-', printable(sentence), style.width);
  });
  if (all.length > mostDecisions) {
    lines.push(
      style.dim(`  and ${formatCount(all.length - mostDecisions)} more, at the top of ${printable(file)}`),
    );
  }
  return [`${style.warning('Look at')} ${style.name(printable(collection.collection))}`, ...lines].join('\n');
};

const leftOut = (style: Style, report: InitReport): string | undefined =>
  report.leftOut.length === 0
    ? undefined
    : [
        style.bold('No mapping'),
        ...report.leftOut.map(({ collection, reason }) =>
          wrapWithMark('-', printable(`${collection}: ${reason}`), style.width),
        ),
      ].join('\n');
