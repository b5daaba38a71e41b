import type { RunReport, RunThroughput } from '../run-report.ts';
import { formatByteRate, formatCount, formatDuration, formatTime } from '../text/quantities.ts';
import { type Html, html } from './html.ts';
import { htmlTable } from './html-table.ts';

/** Charts of so many attempts at most, the last ones. */
const shownAttempts = 6;

const width = 960;
const height = 200;

/** How fast documents were committed, attempt by attempt. */
export const speedPart = ({ throughput }: RunReport): Html | undefined => {
  if (throughput.length === 0) return undefined;
  const shown = throughput.slice(-shownAttempts);
  const hidden = throughput.length - shown.length;
  return html`<section aria-labelledby="speed">
<h2 id="speed">Speed</h2>
<p class="lead">BSON that was committed in PostgreSQL, second by second: rows, rejections and checkpoint together.${
    hidden > 0 && ` The last ${shown.length} of ${throughput.length} attempts.`
  }</p>
${shown.map((attempt) => attemptChart(attempt, throughput.length > 1))}
</section>`;
};

const attemptChart = (attempt: RunThroughput, isOneOfMany: boolean): Html => {
  const { spans, spanSeconds, startedAt } = attempt;
  const rates = spans.map(({ bytes }) => bytes / spanSeconds);
  const highest = Math.max(...rates, 1);
  const seconds = spanSeconds * spans.length;
  const total = spans.reduce((sum, { bytes }) => sum + bytes, 0);
  const y = (rate: number): number => Math.round((height - (rate / highest) * (height - 10)) * 10) / 10;
  const x = (index: number): number => Math.round((index / spans.length) * width * 10) / 10;
  // Steps, since each span has one rate.
  const line = rates.map((rate, index) => `L${x(index)} ${y(rate)}L${x(index + 1)} ${y(rate)}`).join('');
  const id = `speed-${attempt.attempt}`;
  const words = `At most ${formatByteRate(highest, 1)}, ${formatByteRate(total, seconds)} on average, over ${formatDuration(seconds)}`;
  return html`<figure>
<figcaption>${isOneOfMany ? `Attempt ${attempt.attempt}, from ${formatTime(startedAt)}` : `From ${formatTime(startedAt)}`}</figcaption>
<p class="quiet">${words}</p>
<div class="axis"><span>${formatByteRate(highest, 1)}</span></div>
<svg class="plot" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${words}; the table below has the numbers">
<path class="grid" d="M0 10H${width}M0 105H${width}"/>
<path class="area" d="M0 ${height}${line}L${width} ${height}Z"/><path class="line" d="M0 ${y(rates[0] ?? 0)}${line}"/>
</svg>
<div class="axis"><span>start</span><span>${formatDuration(seconds / 2)}</span><span>${formatDuration(seconds)}</span></div>
<details><summary>Numbers of this chart</summary>
${htmlTable({
  id,
  caption: `Attempt ${attempt.attempt}: what was committed in each ${formatDuration(spanSeconds)}`,
  columns: [
    { title: 'After' },
    { title: 'Documents', kind: 'number' },
    { title: 'Per second', kind: 'number' },
    { title: 'Speed', kind: 'number' },
  ],
  rows: spans.map(({ documents, bytes }, index) => [
    formatDuration(index * spanSeconds),
    formatCount(documents),
    formatCount(documents / spanSeconds),
    formatByteRate(bytes, spanSeconds),
  ]),
})}
</details>
</figure>`;
};
