import type { RunReport } from '../run-report.ts';
import { formatBytes, formatCount, formatTime } from '../text/quantities.ts';
import { type Html, type HtmlContent, html } from './html.ts';
import { htmlTable } from './html-table.ts';

/** By what, from where, into what and when: what somebody needs to do the same again. */
export const environmentPart = (report: RunReport): Html => html`<section aria-labelledby="environment">
<h2 id="environment">How it was done</h2>
<dl class="pairs">${pairs(report)}</dl>
${report.notes.length > 0 && html`<ul>${report.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${fingerprints(report)}
${attempts(report)}
${retries(report)}
${steps(report)}
</section>`;

const sourceKinds = {
  mongo: 'MongoDB server',
  dump: 'dump, as mongodump writes it',
  export: 'export, as mongoexport writes it',
} as const;

const pairs = (report: RunReport): readonly Html[] => {
  const { source, target, validation } = report;
  const list: readonly (readonly [string, string | undefined])[] = [
    ['Run', `${report.number}, ${report.runId}`],
    ['Begun by', `docrow ${report.version}`],
    ['Source', `${sourceKinds[source.kind]}, database ${source.database}`],
    ['Changes known from', source.changePosition],
    ['Target', `PostgreSQL ${target.postgres}, schema ${target.schema}`],
    ['Started', formatTime(report.startedAt)],
    ['Finished', report.finishedAt === undefined ? 'not yet' : formatTime(report.finishedAt)],
    ['Last compared', validation === undefined ? 'never' : formatTime(validation.validatedAt)],
    ['$runTime of mappings', report.runTime],
  ];
  return list.map(([name, value]) => html`${value !== undefined && html`<dt>${name}</dt><dd>${value}</dd>`}`);
};

const fingerprints = ({ collections }: RunReport): Html =>
  htmlTable({
    id: 'fingerprints-table',
    caption: 'Mappings that the rows were made by: SHA-256 of what each means',
    columns: [{ title: 'Collection' }, { title: 'Fingerprint', kind: 'value' }],
    rows: collections.map(({ collection, fingerprint }) => [collection, fingerprint]),
  });

const attempts = ({ attempts: all }: RunReport): Html | false =>
  all.length > 0 &&
  htmlTable({
    id: 'attempts-table',
    caption: 'Processes that loaded',
    columns: [
      { title: 'Attempt' },
      { title: 'Started', kind: 'time' },
      { title: 'docrow' },
      { title: 'Node.js' },
      { title: 'System' },
      { title: 'Cores', kind: 'number' },
      { title: 'Memory', kind: 'number' },
      { title: 'Workers', kind: 'number' },
    ],
    rows: all.map(({ number, startedAt, version, node, system, cores, memoryBytes, workers }) => [
      number,
      formatTime(startedAt),
      version,
      node,
      system,
      cores,
      formatBytes(memoryBytes),
      workers,
    ]),
  });

const retries = ({ retries: all }: RunReport): Html | false =>
  all.length > 0 &&
  htmlTable({
    id: 'retries-table',
    caption: 'Rejections that were tried again',
    columns: [
      { title: 'Collection' },
      { title: 'Started', kind: 'time' },
      { title: 'Loaded', kind: 'number' },
      { title: 'Changes of the mapping', kind: 'long' },
    ],
    rows: all.map(({ collection, startedAt, loaded, changes }): readonly HtmlContent[] => [
      collection,
      formatTime(startedAt),
      formatCount(loaded),
      changes.length === 0 ? 'none' : changes.map((change) => html`<div>${change}</div>`),
    ]),
  });

const steps = ({ collections }: RunReport): Html | false => {
  const all = collections.flatMap(({ steps: own }) => own);
  if (all.length === 0) return false;
  const done = all.filter(({ isDone }) => isDone).length;
  return html`<details><summary>Keys, indexes and constraints: ${formatCount(done)} of ${formatCount(all.length)} built</summary>
${htmlTable({
  id: 'steps-table',
  caption: 'What was built after the load',
  columns: [{ title: 'Table' }, { title: 'What' }, { title: 'Built' }],
  rows: all.map(({ table, step, isDone }) => [table, step, isDone ? 'yes' : 'not yet']),
})}
</details>`;
};
