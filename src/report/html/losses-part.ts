import { adjustmentWords } from '../adjustment-words.ts';
import type { RunReport } from '../run-report.ts';
import { formatCount } from '../text/quantities.ts';
import { type Html, html } from './html.ts';
import { htmlTable } from './html-table.ts';
import { comparisonRows } from './proof-part.ts';

const shownRows = 500;

/** What is lost because the mapping says so, and what its policies changed: nothing of it is silent. */
export const lossesPart = (report: RunReport): Html | undefined => {
  const roundTrip = comparisonRows(report);
  const tables = [roundTrip, declared(report), adjusted(report)].filter((table) => table !== undefined);
  if (tables.length === 0) return undefined;
  return html`<section aria-labelledby="losses">
<h2 id="losses">Declared losses and adjustments</h2>
<p class="lead">What the mapping implies is lost, and what its policies changed or kept elsewhere. Whatever else differs is a difference.</p>
${tables}
</section>`;
};

const declared = ({ validation }: RunReport): Html | undefined => {
  const losses = (validation?.collections ?? []).flatMap(({ collection, declaredLosses }) =>
    declaredLosses.map((loss) => ({ collection, ...loss })),
  );
  if (losses.length === 0) return undefined;
  return html`${htmlTable({
    id: 'losses-table',
    caption: 'Declared losses',
    columns: [
      { title: 'Field' },
      { title: 'Loss', kind: 'long' },
      { title: 'Documents', kind: 'number' },
      { title: 'Collection' },
    ],
    rows: losses
      .slice(0, shownRows)
      .map(({ path, kind, documents, collection }) => [path, kind, formatCount(documents), collection]),
  })}${more(losses.length)}`;
};

const adjusted = ({ adjustments }: RunReport): Html | undefined => {
  if (adjustments.length === 0) return undefined;
  const sorted = adjustments.toSorted((a, b) => b.documents - a.documents);
  return html`${htmlTable({
    id: 'adjustments-table',
    caption: 'Adjustments: loaded, and changed or kept elsewhere as the mapping says',
    columns: [
      { title: 'Column' },
      { title: 'How', kind: 'long' },
      { title: 'Field' },
      { title: 'Documents', kind: 'number' },
      { title: 'Collection' },
    ],
    rows: sorted
      .slice(0, shownRows)
      .map(({ table, column, kind, path, documents, collection }) => [
        `${table}.${column}`,
        adjustmentWords[kind],
        path === '*' ? 'further fields' : path,
        formatCount(documents),
        collection,
      ]),
  })}${more(adjustments.length)}`;
};

const more = (count: number): Html | false =>
  count > shownRows && html`<p class="quiet">And ${formatCount(count - shownRows)} more.</p>`;
