import { levelClaims } from '../level-claims.ts';
import type { RunCheck } from '../run-checks.ts';
import type { RunReport } from '../run-report.ts';
import { formatCount, formatDuration } from '../text/quantities.ts';
import type { CollectionComparison } from '../validation-report.ts';
import { type Html, html } from './html.ts';
import { htmlTable } from './html-table.ts';

/** What the comparison of both sides proves and cannot see, and each check with its outcome. */
export const proofPart = (report: RunReport): Html => html`<section aria-labelledby="proof">
<h2 id="proof">What this proves</h2>
${claims(report)}
${notCovered(report)}
${checks(report.checks)}
</section>`;

const claims = ({ validation }: RunReport): Html => {
  const reached = validation?.collections ?? [];
  if (reached.length === 0) {
    return html`<p class="lead">The two sides were not compared. docrow validate does that, and the report says then what it shows.</p>`;
  }
  const boxes = levelClaims
    .map((claim) => ({ ...claim, collections: reached.filter(({ level }) => level === claim.level) }))
    .filter(({ level, collections }) => level === 'counts' || collections.length > 0);
  return html`<div class="boxes">${boxes.map(
    ({ level, title, shows, cannotSee, collections }) => html`<div class="box">
<h3>${title}</h3>
<p class="quiet">${level === 'counts' ? 'Looked at for every collection that was compared' : whichOf(collections, reached)}</p>
<p>${shows}</p>
<p><strong>Cannot see:</strong> ${cannotSee}</p>
</div>`,
  )}</div>`;
};

const whichOf = (
  collections: readonly CollectionComparison[],
  all: readonly CollectionComparison[],
): string =>
  collections.length === all.length
    ? 'Reached for every collection that was compared'
    : `Reached for ${collections.map(({ collection }) => collection).join(', ')}`;

const notCovered = ({ validation }: RunReport): Html | false => {
  const lines = (validation?.collections ?? []).flatMap(({ collection, notCovered }) =>
    notCovered.map((sentence) => html`<li><strong>${collection}</strong>: ${sentence}</li>`),
  );
  return lines.length > 0 && html`<h3>Not looked at</h3><ul>${lines}</ul>`;
};

const outcomes: Readonly<Record<RunCheck['outcome'], readonly [tone: string, text: string]>> = {
  passed: ['good', 'passed'],
  failed: ['bad', 'failed'],
  skipped: ['plain', 'not settled'],
};

const shownLines = 5;
const shownChecks = 1000;

const checks = (all: readonly RunCheck[]): Html => {
  const failed = all.filter(({ outcome }) => outcome === 'failed');
  const passed = all.filter(({ outcome }) => outcome === 'passed');
  const summary = `${formatCount(all.length)} checks: ${formatCount(passed.length)} passed, ${formatCount(failed.length)} failed, ${formatCount(all.length - passed.length - failed.length)} not settled`;
  return html`<details${failed.length > 0 && html` open`}><summary>${summary}</summary>
${htmlTable({
  id: 'checks-table',
  caption: 'Each check and its outcome, those that failed first',
  columns: [
    { title: 'Collection' },
    { title: 'Check', kind: 'long' },
    { title: 'Outcome' },
    { title: 'Details', kind: 'long' },
  ],
  rows: [...failed, ...all.filter(({ outcome }) => outcome !== 'failed')]
    .slice(0, shownChecks)
    .map(({ name, collection, outcome, details }) => [
      collection,
      name,
      html`<span class="mark ${outcomes[outcome][0]}">${outcomes[outcome][1]}</span>`,
      [
        ...details.slice(0, shownLines).map((line) => html`<div>${line}</div>`),
        details.length > shownLines && html`<div>… and ${details.length - shownLines} more</div>`,
      ],
    ]),
})}
${all.length > shownChecks && html`<p class="quiet">And ${formatCount(all.length - shownChecks)} more.</p>`}
</details>`;
};

/** How long each collection was compared, and how many of its documents came back. */
export const comparisonRows = ({ validation }: RunReport): Html | undefined => {
  const collections = validation?.collections ?? [];
  if (!collections.some(({ roundTrip }) => roundTrip !== undefined)) return undefined;
  return htmlTable({
    id: 'round-trip-table',
    caption: 'Documents that were made again from their rows, and compared with the originals',
    columns: [
      { title: 'Collection' },
      { title: 'As they were', kind: 'number' },
      { title: 'With declared losses alone', kind: 'number' },
      { title: 'Otherwise', kind: 'number' },
      { title: 'Time', kind: 'number' },
    ],
    rows: collections.flatMap(({ collection, roundTrip, seconds }) =>
      roundTrip === undefined
        ? []
        : [
            [
              collection,
              formatCount(roundTrip.equal),
              formatCount(roundTrip.declared),
              formatCount(roundTrip.undeclared),
              formatDuration(seconds),
            ],
          ],
    ),
  });
};
