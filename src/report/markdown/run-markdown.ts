import { errorPolicies } from '../../errors/error-codes.ts';
import { adjustmentWords } from '../adjustment-words.ts';
import { cutText } from '../cut-text.ts';
import { differenceWords, keyText, sideText, stateWords } from '../difference-text.ts';
import type { RunReport } from '../run-report.ts';
import { stopSentences, syncSentences, syncStateWord } from '../sync-words.ts';
import { formatBytes, formatCount, formatDuration, formatTime, rowsPerTable } from '../text/quantities.ts';
import { markdownTable, markdownText } from './markdown-table.ts';

const shownDifferences = 100;
const shownGroups = 50;
const shownCharacters = 200;

/** The report of a run for an issue, a pull request or a wiki. */
export const renderRunMarkdown = (report: RunReport): string =>
  [
    head(report),
    collections(report),
    keptInStep(report),
    checks(report),
    differences(report),
    rejections(report),
    losses(report),
    adjustments(report),
    environment(report),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')
    .concat('\n');

const marks = { good: '✅', attention: '⚠️', bad: '❌' } as const;

const head = ({ verdict, source, target, number, startedAt, masked }: RunReport): string =>
  [
    `# ${marks[verdict.tone]} ${markdownText(verdict.title)}`,
    `Migration of ${markdownText(source.database)} into PostgreSQL, schema ${markdownText(target.schema)}; run ${number}, ${formatTime(startedAt)}`,
    ...verdict.sentences.map(markdownText),
    ...(masked ? ['Values of documents are hidden.'] : []),
  ].join('\n\n');

const collections = ({ collections: all, totals }: RunReport): string => {
  const row = (name: string, line: typeof totals, rows: string) => [
    name,
    formatCount(line.read),
    formatCount(line.loaded),
    formatCount(line.rejected),
    formatCount(line.filtered),
    rows,
    formatBytes(line.bytes),
    formatDuration(line.seconds),
  ];
  return section(
    'What moved',
    markdownTable(
      [
        { title: 'Collection' },
        { title: 'Read', kind: 'number' },
        { title: 'Loaded', kind: 'number' },
        { title: 'Set aside', kind: 'number' },
        { title: 'Filtered', kind: 'number' },
        { title: 'Rows' },
        { title: 'Size', kind: 'number' },
        { title: 'Time', kind: 'number' },
      ],
      [
        ...all.map(({ rows, ...line }) =>
          row(line.collection, { ...line, rows: 0 }, rowsPerTable(rows).join(', ')),
        ),
        ...(all.length > 1 ? [row('Total', totals, formatCount(totals.rows))] : []),
      ],
    ),
  );
};

const keptInStep = ({ sync, cutOverAt }: RunReport): string | undefined => {
  if (sync === undefined) return undefined;
  const sentences = [...syncSentences(sync, cutOverAt), ...stopSentences(sync)];
  const table = markdownTable(
    [
      { title: 'Collection' },
      { title: 'State' },
      { title: 'Events', kind: 'number' },
      { title: 'Changed', kind: 'number' },
      { title: 'Deleted', kind: 'number' },
      { title: 'Unchanged', kind: 'number' },
      { title: 'Set aside now', kind: 'number' },
    ],
    sync.collections.map((line) => [
      line.collection,
      syncStateWord(line, sync),
      formatCount(line.events),
      formatCount(line.changed),
      formatCount(line.deleted),
      formatCount(line.unchanged),
      formatCount(line.setAsideNow),
    ]),
  );
  const lines = sentences.map((sentence) => `${markdownText(sentence)}.`);
  return section('Kept in step', [...lines, ...(sync.collections.length > 0 ? [table] : [])].join('\n\n'));
};

const outcomes = { passed: '✅ passed', failed: '❌ failed', skipped: '➖ not settled' } as const;

const checks = ({ checks: all }: RunReport): string | undefined => {
  if (all.length === 0) return undefined;
  const open = all.filter(({ outcome }) => outcome !== 'passed');
  const passed = `${formatCount(all.length - open.length)} of ${formatCount(all.length)} checks passed.`;
  if (open.length === 0) return section('Checks', passed);
  const table = markdownTable(
    [{ title: 'Collection' }, { title: 'Check' }, { title: 'Outcome' }, { title: 'Why' }],
    open.map(({ collection, name, outcome, details }) => [
      collection,
      name,
      outcomes[outcome],
      cutText(details.slice(0, 2).join('; '), shownCharacters * 2),
    ]),
  );
  return section('Checks', `${passed}\n\n${table}`);
};

const differences = ({ validation }: RunReport): string | undefined => {
  const all = validation?.differences ?? [];
  if (all.length === 0) return undefined;
  const shown = all.slice(0, shownDifferences);
  const cell = (text: string | undefined): string => cutText(text ?? '', shownCharacters);
  const table = markdownTable(
    [
      { title: 'Table' },
      { title: 'What' },
      { title: 'Key', kind: 'value' },
      { title: 'Column' },
      { title: 'Expected', kind: 'value' },
      { title: 'Found', kind: 'value' },
      { title: 'State' },
    ],
    shown.map((difference) => [
      difference.table,
      differenceWords[difference.kind],
      cell(keyText(difference)),
      difference.column ?? '',
      cell(sideText(difference, 'expected')),
      cell(sideText(difference, 'actual')),
      stateWords[difference.state],
    ]),
  );
  return section('Differences', `${table}${more(all.length - shown.length, 'differences')}`);
};

const rejections = ({ rejections: all }: RunReport): string | undefined => {
  if (all.length === 0) return undefined;
  const sorted = all.toSorted((a, b) => b.documents - a.documents);
  const shown = sorted.slice(0, shownGroups);
  const table = markdownTable(
    [{ title: 'Documents', kind: 'number' }, { title: 'Collection' }, { title: 'Field' }, { title: 'Why' }],
    shown.map(({ documents, collection, path, code, reason }) => [
      formatCount(documents),
      collection,
      path === '' ? 'the document' : path,
      `${reason === '' ? errorPolicies[code].cause : reason} (${code})`,
    ]),
  );
  return section('Set aside', `${table}${more(sorted.length - shown.length, 'kinds')}`);
};

const losses = ({ validation }: RunReport): string | undefined => {
  const all = (validation?.collections ?? []).flatMap(({ collection, declaredLosses }) =>
    declaredLosses.map(({ path, kind, documents }) => [collection, path, kind, formatCount(documents)]),
  );
  if (all.length === 0) return undefined;
  const table = markdownTable(
    [{ title: 'Collection' }, { title: 'Field' }, { title: 'Loss' }, { title: 'Documents', kind: 'number' }],
    all.slice(0, shownGroups),
  );
  return section('Declared losses', `${table}${more(all.length - shownGroups, 'losses')}`);
};

const adjustments = ({ adjustments: all }: RunReport): string | undefined => {
  if (all.length === 0) return undefined;
  const table = markdownTable(
    [{ title: 'Column' }, { title: 'How' }, { title: 'Field' }, { title: 'Documents', kind: 'number' }],
    all
      .slice(0, shownGroups)
      .map(({ table: name, column, kind, path, documents }) => [
        `${name}.${column}`,
        adjustmentWords[kind],
        path ?? '',
        formatCount(documents),
      ]),
  );
  return section('Adjustments', `${table}${more(all.length - shownGroups, 'adjustments')}`);
};

const environment = (report: RunReport): string => {
  const attempt = report.attempts.at(-1);
  const rows = [
    ['Run', `${report.number}, ${report.runId}`],
    ['Source', `${report.source.kind}, database ${report.source.database}`],
    ['Target', `PostgreSQL ${report.target.postgres}, schema ${report.target.schema}`],
    ['Started', formatTime(report.startedAt)],
    ['Finished', report.finishedAt === undefined ? 'not yet' : formatTime(report.finishedAt)],
    ...(attempt === undefined
      ? []
      : [
          ['Loaded by', `docrow ${attempt.version}, Node.js ${attempt.node}, ${attempt.workers} workers`],
          ['System', `${attempt.system}, ${attempt.cores} cores, ${formatBytes(attempt.memoryBytes)}`],
        ]),
    ...report.collections.map(({ collection, fingerprint }) => [`Mapping of ${collection}`, fingerprint]),
    ...report.notes.map((note) => ['Note', note]),
    ['Report', `docrow ${report.product.version}, ${formatTime(report.madeAt)}`],
  ];
  return section('How it was done', markdownTable([{ title: '' }, { title: '' }], rows));
};

const section = (title: string, content: string): string => `## ${title}\n\n${content}`;

const more = (count: number, what: string): string =>
  count > 0 ? `\n\n… and ${formatCount(count)} more ${what}` : '';
