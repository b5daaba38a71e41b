import { cutText } from '../cut-text.ts';
import type { RunReport } from '../run-report.ts';
import { formatCount } from '../text/quantities.ts';
import type { ColumnAggregates, SideAggregates } from '../validation-report.ts';
import { type Html, type HtmlContent, html } from './html.ts';
import { htmlTable } from './html-table.ts';

/** So many columns are in the page; those that differ come first. */
const shownColumns = 1000;
const shownCharacters = 80;

/** Figures of each column on both sides, for those who want to see them beside each other. */
export const columnsPart = ({ validation, masked }: RunReport): Html | undefined => {
  const all = (validation?.collections ?? []).flatMap(({ aggregates = [] }) => aggregates);
  if (all.length === 0) return undefined;
  const differing = all.filter(({ isEqual }) => !isEqual);
  const shown = [...differing, ...all.filter(({ isEqual }) => isEqual)].slice(0, shownColumns);
  const words =
    differing.length === 0 ? 'all agree' : `${formatCount(differing.length)} of them differ, and come first`;
  return html`<section aria-labelledby="columns">
<h2 id="columns">Columns side by side</h2>
<p class="lead">${formatCount(all.length)} columns: ${words}. Where one figure stands, both sides have it${
    masked && ', and where a value is hidden, one as long'
  }.</p>
<details${differing.length > 0 && html` open`}><summary>Figures of each column</summary>
${htmlTable({
  id: 'columns-table',
  caption: 'Expected from the source, and found in the target',
  columns: [
    { title: 'Column' },
    { title: 'Type' },
    { title: 'Agree' },
    { title: 'Rows' },
    { title: 'NULLs' },
    { title: 'Distinct' },
    { title: 'Lowest', kind: 'value' },
    { title: 'Highest', kind: 'value' },
    { title: 'Sum', kind: 'value' },
    { title: 'Average length' },
  ],
  rows: shown.map(row),
})}
${all.length > shown.length && html`<p class="quiet">And ${formatCount(all.length - shown.length)} more that agree.</p>`}
</details>
</section>`;
};

const row = (column: ColumnAggregates): readonly HtmlContent[] => {
  const both = (of: (side: SideAggregates) => string | undefined): HtmlContent => {
    const [expected, actual] = [of(column.expected), of(column.actual)];
    if (expected === actual) return expected ?? '–';
    return html`<div>${expected ?? '–'} <span class="quiet">expected</span></div><div>${actual ?? '–'} <span class="quiet">found</span></div>`;
  };
  const count = (of: (side: SideAggregates) => number | undefined): HtmlContent =>
    both((side) => {
      const value = of(side);
      return value === undefined ? undefined : formatCount(value);
    });
  const text = (of: (side: SideAggregates) => string | undefined): HtmlContent =>
    both((side) => {
      const value = of(side);
      return value === undefined ? undefined : cutText(value, shownCharacters);
    });
  return [
    `${column.table}.${column.column}`,
    column.type,
    html`<span class="mark ${column.isEqual ? 'good' : 'bad'}">${column.isEqual ? 'yes' : 'no'}</span>`,
    count(({ rows }) => rows),
    count(({ nulls }) => nulls),
    both(({ distinct, isDistinctExact }) =>
      distinct === undefined
        ? undefined
        : `${isDistinctExact === false ? 'about ' : ''}${formatCount(distinct)}`,
    ),
    text(({ min }) => min),
    text(({ max }) => max),
    text(({ sum }) => sum),
    both(({ averageLength }) => averageLength?.toFixed(1)),
  ];
};
