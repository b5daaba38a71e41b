import type { RunReport } from '../run-report.ts';
import type { SyncedCollectionState, SyncState } from '../sync-state.ts';
import { stopSentences, syncSentences, syncStateWord } from '../sync-words.ts';
import { formatCount, formatTime, rowsPerTable } from '../text/quantities.ts';
import { type Html, html } from './html.ts';
import { htmlTable } from './html-table.ts';

/** How the tables were kept in step with the source after the load; nothing where they never were. */
export const syncPart = ({ sync, cutOverAt }: RunReport): Html | undefined => {
  if (sync === undefined) return undefined;
  const stops = stopSentences(sync);
  return html`<section aria-labelledby="kept-in-step">
<h2 id="kept-in-step">Kept in step</h2>
<p class="lead">${syncSentences(sync, cutOverAt).map((sentence) => html`${sentence}. `)}</p>
${
  stops.length > 0 &&
  html`<ul>${stops.map((sentence) => html`<li><span class="mark bad">stopped</span> ${sentence}</li>`)}</ul>
<p>docrow sync --recover compares these as a whole and goes on.</p>`
}
${
  sync.collections.length > 0 &&
  htmlTable({
    id: 'sync-table',
    caption: 'What following the changes did, over all processes',
    columns: [
      { title: 'Collection' },
      { title: 'State', kind: 'words' },
      { title: 'Events', kind: 'number' },
      { title: 'Changed', kind: 'number' },
      { title: 'Deleted', kind: 'number' },
      { title: 'Unchanged', kind: 'number' },
      { title: 'Set aside now', kind: 'number' },
      { title: 'Rows written, by table', kind: 'words' },
      { title: 'Last change', kind: 'time' },
    ],
    rows: sync.collections.map((line) => [
      line.collection,
      stateMark(line, sync),
      formatCount(line.events),
      formatCount(line.changed),
      formatCount(line.deleted),
      formatCount(line.unchanged),
      formatCount(line.setAsideNow),
      rowsPerTable(line.rows).map((text) => html`<div>${text}</div>`),
      line.changedAt === undefined ? '–' : formatTime(line.changedAt),
    ]),
  })
}
</section>`;
};

const stateMark = (line: SyncedCollectionState, sync: SyncState): Html => {
  const tone = line.stopped === undefined ? (sync.isFollowed ? 'good' : 'attention') : 'bad';
  return html`<span class="mark ${tone}">${syncStateWord(line, sync)}</span>`;
};
