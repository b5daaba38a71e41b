import { redact } from '../../config/redact.ts';
import type { CollectionStatus, RunStatus, StatusReport } from '../status-report.ts';
import { renderErrors } from './error-text.ts';
import { printable } from './printable.ts';
import { formatCount, formatTime, rowsPerTable } from './quantities.ts';
import { joinSections } from './section.ts';
import type { Style } from './style.ts';
import { renderSyncState } from './sync-state-text.ts';
import { renderTable, type TableCell } from './table.ts';

/** Where every collection stands, newest run first. */
export const renderStatus = (style: Style, report: StatusReport): string =>
  joinSections([
    ...report.runs.flatMap((run) => [
      runHeadline(style, run),
      runTable(style, run),
      openSteps(style, run),
      renderSyncState(style, run),
    ]),
    renderErrors(style, report.errors),
  ]);

const runWords: Readonly<Record<RunStatus['state'], string>> = {
  running: 'is running',
  interrupted: 'was interrupted; the same command goes on from here',
  finished: 'is finished',
  failed: 'stopped; the same command goes on from here',
};

const waitingWords =
  'is finished, but for foreign keys that lead to collections not loaded yet; docrow migrate loads these and builds the keys';

const hasWaiting = ({ collections }: RunStatus): boolean =>
  collections.some(({ state }) => state === 'waiting');

const runHeadline = (style: Style, run: RunStatus): string => {
  const words = hasWaiting(run) ? waitingWords : runWords[run.state];
  const isDone = run.state === 'finished' && !hasWaiting(run);
  const mark = isDone ? style.good('✓') : run.state === 'failed' ? style.bad('✗') : style.warning('■');
  const times = [`started ${formatTime(run.startedAt)}`];
  if (run.finishedAt !== undefined) times.push(`finished ${formatTime(run.finishedAt)}`);
  const lines = [
    `${mark} ${style.bold(`Run ${run.runId}`)} ${words}`,
    `  ${style.dim(`from ${printable(redact(run.source))}`)}`,
    `  ${style.dim(times.join(' · '))}`,
  ];
  if (run.changePosition !== undefined)
    lines.push(`  ${style.dim(`changes from ${printable(run.changePosition)}`)}`);
  if (run.cutOverAt !== undefined) {
    lines.push(`  ${style.dim(`the switch to PostgreSQL was recorded ${formatTime(run.cutOverAt)}`)}`);
  }
  return lines.join('\n');
};

const runTable = (style: Style, { collections }: RunStatus): string | undefined => {
  if (collections.length === 0) return undefined;
  const hasFiltered = collections.some(({ filtered }) => filtered > 0);
  return renderTable(
    style,
    [
      { title: 'Collection', narrowest: 16 },
      { title: 'State' },
      { title: 'Read', align: 'right' },
      { title: 'Loaded', align: 'right' },
      { title: 'Set aside', align: 'right' },
      ...(hasFiltered ? ([{ title: 'Filtered', align: 'right' }] as const) : []),
      { title: 'Rows', narrowest: 12, dispensable: 3 },
      { title: 'Ranges', align: 'right' },
      { title: 'Steps', align: 'right', dispensable: 2 },
      { title: 'Stands at', narrowest: 24, dispensable: 1 },
    ],
    collections.map((line) => [
      line.collection,
      stateCell(style, line),
      formatCount(line.read),
      formatCount(line.loaded),
      { text: formatCount(line.rejected), paint: line.rejected > 0 ? style.warning : style.dim },
      ...(hasFiltered ? [formatCount(line.filtered)] : []),
      { text: rowsPerTable(line.rows) },
      `${line.ranges.done}/${line.ranges.total}`,
      line.steps.length === 0
        ? '–'
        : `${line.steps.filter(({ state }) => state === 'done').length}/${line.steps.length}`,
      line.lastPosition ?? '–',
    ]),
  );
};

const stateCell = (style: Style, { state }: CollectionStatus): TableCell => {
  if (state === 'waiting') return { text: state, paint: style.warning };
  if (state === 'done') return { text: state, paint: style.good };
  return state === 'stopped' ? { text: state, paint: style.bad } : { text: state };
};

/** Steps that a re-run will take up, where some are done and some are not. */
const openSteps = (style: Style, { collections }: RunStatus): string | undefined => {
  const open = collections
    .flatMap(({ steps }) => steps)
    .filter(({ state }) => state === 'running' || state === 'failed')
    .map(({ table, step, state }) => {
      const mark = state === 'failed' ? style.bad('✗') : style.warning('■');
      return `${mark} ${printable(table)}: ${printable(step)} ${state === 'failed' ? 'failed' : 'is running'}`;
    });
  return open.length === 0 ? undefined : open.join('\n');
};
