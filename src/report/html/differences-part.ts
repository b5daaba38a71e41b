import { cutText } from '../cut-text.ts';
import { differenceWords, keyText, sideText, stateWords } from '../difference-text.ts';
import type { RunReport } from '../run-report.ts';
import { formatCount, formatTime } from '../text/quantities.ts';
import type { Difference } from '../validation-report.ts';
import { type Html, html } from './html.ts';
import { type HtmlColumn, htmlCells, scrollingTable } from './html-table.ts';

/** So many are in the page, so that it opens at once; all are counted. */
const shownDifferences = 1000;
const shownCharacters = 600;

const always: readonly HtmlColumn[] = [
  { title: 'Table' },
  { title: 'What', kind: 'words' },
  { title: 'Key', kind: 'value' },
  { title: 'Column' },
  { title: 'Expected', kind: 'value' },
  { title: 'Found', kind: 'value' },
];
/** Where some are on their way: of a source that stands still they would be the same in every row. */
const whileMoving: readonly HtmlColumn[] = [{ title: 'State' }, { title: 'First seen', kind: 'time' }];

/** What differs between the two sides, as a table that can be filtered. */
export const differencesPart = ({ validation, masked }: RunReport): Html | undefined => {
  if (validation === undefined) return undefined;
  const { differences } = validation;
  const known = Math.max(differences.length, countOf(validation));
  if (known === 0) return undefined;
  const shown = differences.slice(0, shownDifferences);
  const isMoving = differences.some(({ state }) => state === 'moving');
  return html`<section aria-labelledby="differences">
<h2 id="differences">Differences</h2>
<p class="lead">${formatCount(known)} in all${shown.length < known && `, ${formatCount(shown.length)} of them here`}. ${
    masked
      ? 'Values are hidden; docrow report --show-values shows them.'
      : 'Values are those of PostgreSQL, as text.'
  }${!isMoving && differences.length > 0 && ` All stood still when they were looked at, on ${formatTime(firstSeen(differences))}.`} docrow repair brings the target in step with the source.</p>
${shown.length > 0 && html`${filter(shown)}${table(shown, isMoving)}`}
</section>`;
};

/** Missing, extra and changed rows are counted also where they are not listed. */
const countOf = ({ collections }: NonNullable<RunReport['validation']>): number =>
  collections
    .flatMap(({ tables }) => tables)
    .reduce((sum, { missing, extra, changed }) => sum + missing + extra + changed, 0);

const firstSeen = (differences: readonly Difference[]): string =>
  differences.reduce(
    (first, { firstSeenAt }) => (firstSeenAt < first ? firstSeenAt : first),
    differences[0]!.firstSeenAt,
  );

const filter = (differences: readonly Difference[]): Html => {
  const collections = [...new Set(differences.map(({ collection }) => collection))];
  const kinds = [...new Set(differences.map(({ kind }) => kind))];
  return html`<form id="filter" class="filter" role="search" aria-label="Filter the differences" hidden>
<label class="wide">Words in any column <input type="search" name="text" autocomplete="off"></label>
<label>Collection <select name="collection"><option value="">all</option>${collections.map(
    (name) => html`<option value="${name}">${name}</option>`,
  )}</select></label>
<label>What <select name="kind"><option value="">all</option>${kinds.map(
    (kind) => html`<option value="${kind}">${differenceWords[kind]}</option>`,
  )}</select></label>
<output id="filter-count"></output>
</form>`;
};

const table = (differences: readonly Difference[], isMoving: boolean): Html => {
  const columns = isMoving ? [...always, ...whileMoving] : always;
  return scrollingTable(
    'differences-table',
    'Rows and values that differ',
    columns,
    html`<tbody id="difference-rows">${differences.map(
      (difference) =>
        html`<tr data-collection="${difference.collection}" data-kind="${difference.kind}">${htmlCells(columns, cells(difference, isMoving))}</tr>`,
    )}</tbody>`,
  );
};

/** The row's key, and the document that it belongs to. */
const keyCell = (difference: Difference): Html => {
  const { id, key } = difference;
  const hasBoth = id !== undefined && Object.keys(key).length > 0;
  return html`${cutText(keyText(difference), shownCharacters)}${
    hasBoth && html`<div class="quiet">_id ${cutText(id, shownCharacters)}</div>`
  }`;
};

const cells = (difference: Difference, isMoving: boolean) => {
  const { kind, column, state, firstSeenAt } = difference;
  const value = (side: 'expected' | 'actual') => {
    const text = cutText(sideText(difference, side) ?? '', shownCharacters);
    return difference[side] === undefined ? html`<span class="quiet">${text}</span>` : text;
  };
  return [
    difference.table,
    differenceWords[kind],
    keyCell(difference),
    column ?? '',
    value('expected'),
    value('actual'),
    ...(isMoving
      ? [
          html`<span class="mark ${state === 'standing' ? 'bad' : 'attention'}">${stateWords[state]}</span>`,
          formatTime(firstSeenAt),
        ]
      : []),
  ];
};
