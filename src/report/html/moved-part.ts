import type { RunCollection, RunReport } from '../run-report.ts';
import {
  formatByteRate,
  formatBytes,
  formatCount,
  formatDuration,
  rowsPerTable,
} from '../text/quantities.ts';
import { type BarPart, bar } from './bar.ts';
import { type Html, html } from './html.ts';
import { type HtmlColumn, htmlTable } from './html-table.ts';

/** What became of the documents of each collection. */
export const movedPart = ({ collections, totals }: RunReport): Html => {
  const hasFiltered = totals.filtered > 0;
  const columns: readonly HtmlColumn[] = [
    { title: 'Collection' },
    { title: 'Share', kind: 'chart' },
    { title: 'Read', kind: 'number' },
    { title: 'Loaded', kind: 'number' },
    { title: 'Set aside', kind: 'number' },
    ...(hasFiltered ? [{ title: 'Filtered', kind: 'number' } as const] : []),
    { title: 'Rows, by table', kind: 'words' },
    { title: 'State' },
    { title: 'Size', kind: 'number' },
    { title: 'Time', kind: 'number' },
    { title: 'Speed', kind: 'number' },
  ];
  const numbers = (line: typeof totals | RunCollection) => [
    formatCount(line.read),
    formatCount(line.loaded),
    formatCount(line.rejected),
    ...(hasFiltered ? [formatCount(line.filtered)] : []),
  ];
  const measures = (line: typeof totals | RunCollection) => [
    formatBytes(line.bytes),
    formatDuration(line.seconds),
    formatByteRate(line.bytes, line.seconds),
  ];
  return html`<section aria-labelledby="moved">
<h2 id="moved">What moved</h2>
<p class="lead">Of every document that was read it is known what became of it: loaded, set aside with a reason${
    hasFiltered && ', or left out by a filter of the mapping'
  }.</p>
<ul class="legend">
${legend('loaded', 'loaded')}${legend('rejected', 'set aside')}${hasFiltered && legend('filtered', 'filtered')}
</ul>
${htmlTable({
  id: 'moved-table',
  caption: 'Documents and rows of each collection, over all attempts',
  columns,
  rows: collections.map((line) => [
    line.collection,
    bar(parts(line), line.read),
    ...numbers(line),
    rowsPerTable(line.rows).map((text) => html`<div>${text}</div>`),
    stateMark(line),
    ...measures(line),
  ]),
  ...(collections.length > 1
    ? {
        total: [
          'Total',
          bar(parts(totals), totals.read),
          ...numbers(totals),
          formatCount(totals.rows),
          '',
          ...measures(totals),
        ],
      }
    : {}),
})}
</section>`;
};

const parts = (line: Pick<RunCollection, 'loaded' | 'rejected' | 'filtered'>): readonly BarPart[] => [
  { kind: 'loaded', amount: line.loaded },
  { kind: 'rejected', amount: line.rejected },
  { kind: 'filtered', amount: line.filtered },
];

const legend = (kind: BarPart['kind'], text: string): Html =>
  html`<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="fill-${kind}" width="10" height="10" rx="2"/></svg>${text}</li>`;

const stateWords: Readonly<Record<RunCollection['state'], readonly [tone: string, text: string]>> = {
  done: ['good', 'complete'],
  loaded: ['attention', 'loaded, keys not complete'],
  loading: ['attention', 'not read to its end'],
  stopped: ['bad', 'stopped'],
};

const stateMark = ({ state }: RunCollection): Html => {
  const [tone, text] = stateWords[state];
  return html`<span class="mark ${tone}">${text}</span>`;
};
