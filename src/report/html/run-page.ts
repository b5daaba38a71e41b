import { createHash } from 'node:crypto';
import type { RunReport } from '../run-report.ts';
import { formatByteRate, formatBytes, formatCount, formatDuration, formatTime } from '../text/quantities.ts';
import { columnsPart } from './columns-part.ts';
import { differencesPart } from './differences-part.ts';
import { environmentPart } from './environment-part.ts';
import { type Html, html, verbatimHtml } from './html.ts';
import { lossesPart } from './losses-part.ts';
import { movedPart } from './moved-part.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { proofPart } from './proof-part.ts';
import { setAsidePart } from './set-aside-part.ts';
import { speedPart } from './speed-part.ts';
import { syncPart } from './sync-part.ts';

/** The report of a run as one file for a browser. It loads nothing, and reads the same without its script. */
export const renderRunPage = (report: RunReport): string => {
  const parts: readonly (readonly [id: string, title: string, part: Html | undefined])[] = [
    ['differences', 'Differences', differencesPart(report)],
    ['moved', 'What moved', movedPart(report)],
    ['kept-in-step', 'Kept in step', syncPart(report)],
    ['proof', 'What this proves', proofPart(report)],
    ['set-aside', 'Set aside', setAsidePart(report)],
    ['losses', 'Losses and adjustments', lossesPart(report)],
    ['columns', 'Columns', columnsPart(report)],
    ['speed', 'Speed', speedPart(report)],
    ['environment', 'How it was done', environmentPart(report)],
  ];
  const shown = parts.filter(([, , part]) => part !== undefined);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${report.verdict.title}: run ${report.number} of ${report.source.database}</title>
<style>${verbatimHtml(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<div class="page">
${header(report)}
<nav aria-label="Parts of this report"><ul>${shown.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main id="content" tabindex="-1">
${report.errors.length > 0 && errors(report)}
${shown.map(([, , part]) => part)}
</main>
<footer>Made by docrow ${report.product.version} on ${formatTime(report.madeAt)}. ${
    report.masked
      ? 'Values of documents are hidden; keys and _ids are shown.'
      : 'This page shows values of documents.'
  }</footer>
</div>
<script>${verbatimHtml(pageScript)}</script>
</body>
</html>
`;
  return page.markup;
};

const hashOf = (content: string): string =>
  `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

/** Nothing is loaded from anywhere, and no style or script runs but the page's own. */
const policy = `default-src 'none'; style-src ${hashOf(pageStyle)}; script-src ${hashOf(pageScript)}; base-uri 'none'; form-action 'none'`;

const toneWords = { good: 'Good', attention: 'Needs attention', bad: 'Differs' } as const;

const header = (report: RunReport): Html => {
  const { verdict, totals, source, target } = report;
  const speed = totals.seconds > 0 ? formatByteRate(totals.bytes, wallSeconds(report)) : '–';
  const figures: readonly (readonly [string, string])[] = [
    ['documents read', formatCount(totals.read)],
    ['loaded', formatCount(totals.loaded)],
    ['set aside', formatCount(totals.rejected)],
    ...(totals.filtered > 0 ? [['filtered', formatCount(totals.filtered)] as const] : []),
    ['rows', formatCount(totals.rows)],
    ['of BSON', formatBytes(totals.bytes)],
    ['of loading', formatDuration(wallSeconds(report))],
    ['on average', speed],
  ];
  return html`<header class="top">
<p class="product">docrow · migration of ${source.database} into PostgreSQL, schema ${target.schema} · run ${report.number}, ${formatTime(report.startedAt)}</p>
<div class="verdict ${verdict.tone}">
<span class="mark ${verdict.tone}">${toneWords[verdict.tone]}</span>
<h1>${verdict.title}</h1>
${verdict.sentences.map((sentence) => html`<p>${sentence}</p>`)}
</div>
<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
};

/** Time in which documents were committed, over all attempts; collections load side by side. */
const wallSeconds = ({ throughput, totals }: RunReport): number =>
  throughput.length === 0
    ? totals.seconds
    : throughput.reduce((sum, { spanSeconds, spans }) => sum + spanSeconds * spans.length, 0);

const errors = ({ errors: all }: RunReport): Html => html`<section aria-labelledby="errors">
<h2 id="errors">What stopped it</h2>
<ul>${all.map(
  ({ location, message, hint, code }) =>
    html`<li>${location !== undefined && html`<strong>${location}</strong>: `}${message} <span class="quiet">${code}</span><br>${hint}</li>`,
)}</ul>
</section>`;
