import { differenceWords } from '../difference-text.ts';
import type { ValidationReport } from '../validation-report.ts';
import { renderErrors } from './error-text.ts';
import { formatCount } from './quantities.ts';
import { joinSections, titleWith } from './section.ts';
import type { Style } from './style.ts';
import { renderTable, type TableCell } from './table.ts';

/** The comparison of both sides for people. */
export const renderValidation = (style: Style, report: ValidationReport): string =>
  joinSections([
    headline(style, report),
    report.collections.length === 0 ? undefined : comparisonTable(style, report),
    differencesTable(style, report),
    lossesTable(style, report),
    renderErrors(style, report.errors),
  ]);

const headline = (style: Style, { verdict, collections }: ValidationReport): string => {
  const level = collections[0] === undefined ? '' : `  ${style.dim(`compared by ${collections[0].level}`)}`;
  switch (verdict) {
    case 'match':
      return `${style.good('✓')} ${style.bold('Both sides agree')}${level}`;
    case 'mismatch':
      return `${style.bad('✗')} ${style.bold('The two sides differ')}${level}`;
    case 'incomplete':
      return `${style.warning('!')} ${style.bold('The comparison could not be completed')}${level}`;
  }
};

const comparisonTable = (style: Style, { collections }: ValidationReport): string => {
  const fault = (count: number): TableCell => ({
    text: formatCount(count),
    paint: count > 0 ? style.bad : style.dim,
  });
  return renderTable(
    style,
    [
      { title: 'Collection', narrowest: 16 },
      { title: 'Documents', align: 'right' },
      { title: 'Set aside', align: 'right', dispensable: 2 },
      { title: 'Filtered', align: 'right', dispensable: 3 },
      { title: 'Table', narrowest: 12 },
      { title: 'Expected', align: 'right' },
      { title: 'Found', align: 'right' },
      { title: 'Missing', align: 'right' },
      { title: 'Extra', align: 'right' },
      { title: 'Changed', align: 'right', dispensable: 1 },
    ],
    collections.flatMap(({ collection, documents, rejected, filtered, tables }) =>
      tables.map((line, index) => [
        // Said once per collection, in the line of its first table.
        ...(index === 0
          ? [collection, formatCount(documents), formatCount(rejected), formatCount(filtered)]
          : ['', '', '', '']),
        line.table,
        formatCount(line.expectedRows),
        formatCount(line.actualRows),
        fault(line.missing),
        fault(line.extra),
        fault(line.changed),
      ]),
    ),
  );
};

const shownDifferences = 20;

const differencesTable = (style: Style, report: ValidationReport): string | undefined => {
  const { differences, differencesTruncated } = report;
  if (differences.length === 0) return undefined;
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
    differences.slice(0, shownDifferences).map(({ table: name, kind, key, column, expected, actual }) => [
      name,
      { text: differenceWords[kind], paint: style.bad },
      Object.entries(key)
        .map(([part, value]) => `${part}=${value}`)
        .join(' '),
      column ?? '',
      expected ?? '',
      actual ?? '',
    ]),
  );
  const hidden = differences.length - shownDifferences;
  const more =
    hidden > 0
      ? `… and ${formatCount(hidden)} more${differencesTruncated ? ' at least' : ''}; --json has them`
      : '';
  return [style.bold('Differences'), table, style.dim(more)].filter((part) => part !== '').join('\n');
};

const lossesTable = (style: Style, { collections }: ValidationReport): string | undefined => {
  const losses = collections.flatMap(({ collection, declaredLosses }) =>
    declaredLosses.map(({ path, kind, documents }) => [collection, path, kind, formatCount(documents)]),
  );
  if (losses.length === 0) return undefined;
  const total = losses.length === 1 ? '1 kind' : `${losses.length} kinds`;
  return [
    titleWith(style, 'Declared losses', `${total}, which the mapping implies`),
    renderTable(
      style,
      [
        { title: 'Collection', narrowest: 16 },
        { title: 'Field', narrowest: 16 },
        { title: 'Loss', narrowest: 16 },
        { title: 'Documents', align: 'right' },
      ],
      losses,
    ),
  ].join('\n');
};
