import { errorPolicies } from '../../errors/error-codes.ts';
import type { RejectionGroup } from '../migration-report.ts';
import type { RunReport } from '../run-report.ts';
import { formatCount, formatDocuments } from '../text/quantities.ts';
import { bar } from './bar.ts';
import { type Html, html } from './html.ts';
import { htmlTable } from './html-table.ts';

const shownGroups = 300;

/** Why documents were set aside, the most frequent kinds first, and what can be done. */
export const setAsidePart = ({ rejections, totals }: RunReport): Html | undefined => {
  if (rejections.length === 0) return undefined;
  const sorted = rejections.toSorted((a, b) => b.documents - a.documents);
  const shown = sorted.slice(0, shownGroups);
  const hidden = sorted.length - shown.length;
  return html`<section aria-labelledby="set-aside">
<h2 id="set-aside">Set aside</h2>
<p class="lead">${formatDocuments(totals.rejected)} could not be loaded exactly, and nothing was bent until it fitted. Each is kept whole in docrow.rejection; docrow rejects retry loads them again.</p>
${htmlTable({
  id: 'reasons-table',
  caption: 'Reasons, the most frequent first',
  columns: [
    { title: 'Reason', kind: 'long' },
    { title: 'Share', kind: 'chart' },
    { title: 'Documents', kind: 'number' },
    { title: 'Collection' },
    { title: 'Field' },
    { title: 'What can be done', kind: 'long' },
  ],
  rows: shown.map((group) => [
    reasonOf(group),
    bar([{ kind: 'rejected', amount: group.documents }], sorted[0]!.documents),
    formatCount(group.documents),
    group.collection,
    group.path === '' ? 'the document' : group.path,
    errorPolicies[group.code].remedy,
  ]),
})}
${hidden > 0 && html`<p class="quiet">And ${formatCount(hidden)} more kinds; docrow rejects list has them.</p>`}
</section>`;
};

const reasonOf = ({ reason, code }: RejectionGroup): Html =>
  html`${reason === '' ? errorPolicies[code].cause : reason} <span class="quiet">${code}</span>`;
